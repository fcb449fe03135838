#include <fmt/format.h>

#include "apps/peerpigeon/commands.hpp"
#include "apps/peerpigeon/config_file.hpp"
#include "apps/peerpigeon/downloads.hpp"
#include "apps/peerpigeon/session.hpp"
#include "apps/support/quote.hpp"
#include "pigeon/safe_text.hpp"

namespace peerpigeon {

int run_init(const Invocation& invocation, Console& console) {
  Invocation kept = invocation;
  Settings& settings = kept.settings;
  if (settings.node.identity_file.empty()) {
    settings.node.identity_file = (kept.home / "identity").native();
  }
  const auto path = kept.home / "config.json";
  // The key file comes before the file that names it: its peer is the one that is told.
  auto session = Session::create(kept, console, Session::IfInUse::refuse);
  if (!session) {
    console.complain(session.error());
    return exit_failed;
  }
  if (const auto written = write_config_file(path, settings); !written) {
    console.complain(written.error().message);
    return exit_failed;
  }
  const std::string id = (*session)->id().to_text();
  const std::string next_step =
      kept.stays_interactive ? "" : "\nNext: " + kept.program + " interactive";
  console.answer(
      {Verbosity::info,
       "initialized",
       fmt::format("{} is written. This peer is {}.{}", apps::quote(path.native(), 4096), id,
                   next_step),
       {{"config", pigeon::valid_utf8(path.native())}, {"peer", id}, {"url", settings.url}}});
  if (!kept.stays_interactive) return exit_good;
  session->reset();
  return run_interactive(kept, console);
}

int run_join(const Invocation& invocation, Console& console) {
  auto made = Session::create(invocation, console);
  if (!made) {
    console.complain(made.error());
    return exit_failed;
  }
  Session& session = **made;
  Downloads downloads(download_folder(invocation),
                      {.file_bytes_max = invocation.settings.file_bytes_max}, console,
                      session.stream_breaker());
  console.answer({Verbosity::info,
                  "joining",
                  fmt::format("this peer is {}; Ctrl+C leaves", session.id().to_text()),
                  {{"peer", session.id().to_text()}}});
  if (const auto joined = session.join(invocation.settings.url); !joined) {
    console.complain(joined.error());
    return exit_failed;
  }
  (void)session.show([&](pigeon::NodeEvent& event) {
    downloads.take(event);
    return console.has_failed();
  });
  session.end();
  console.tell({Verbosity::info, "left", "left", {}});
  return console.has_failed() ? exit_failed : exit_good;
}

}  // namespace peerpigeon
