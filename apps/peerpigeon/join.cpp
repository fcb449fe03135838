#include <fmt/format.h>

#include "apps/peerpigeon/commands.hpp"
#include "apps/peerpigeon/config_file.hpp"
#include "apps/peerpigeon/downloads.hpp"
#include "apps/peerpigeon/session.hpp"
#include "apps/support/quote.hpp"

namespace peerpigeon {

int run_init(const Invocation& invocation, Console& console) {
  Settings settings = invocation.settings;
  if (settings.node.identity_file.empty()) {
    settings.node.identity_file = (invocation.home / "identity.pem").native();
  }
  const auto path = invocation.home / "config.json";
  // The folder comes first, and the key file before the file that names it.
  if (const auto written = write_config_file(path, settings); !written) {
    console.complain(written.error().message);
    return exit_failed;
  }
  Invocation kept = invocation;
  kept.settings = settings;
  const auto session = Session::create(kept, console);
  if (!session) {
    console.complain(session.error());
    return exit_failed;
  }
  const std::string id = (*session)->id().to_text();
  console.answer({Verbosity::info,
                  "initialized",
                  fmt::format("{} is written. This peer is {}.\nNext: peerpigeon interactive",
                              apps::quote(path.native(), 4096), id),
                  {{"config", path.native()}, {"peer", id}, {"url", settings.url}}});
  return exit_good;
}

int run_join(const Invocation& invocation, Console& console) {
  auto made = Session::create(invocation, console);
  if (!made) {
    console.complain(made.error());
    return exit_failed;
  }
  Session& session = **made;
  Downloads downloads(download_folder(invocation), invocation.settings.file_bytes_max);
  console.answer({Verbosity::info,
                  "joining",
                  fmt::format("this peer is {}; Ctrl+C leaves", session.id().to_text()),
                  {{"peer", session.id().to_text()}}});
  if (const auto joined = session.join(invocation.settings.url); !joined) {
    console.complain(joined.error());
    return exit_failed;
  }
  (void)session.run(std::nullopt, [&](pigeon::NodeEvent& event) {
    downloads.take(session.node(), event, console);
    return console.has_failed();
  });
  session.end();
  console.tell({Verbosity::info, "left", "left", {}});
  return console.has_failed() ? exit_failed : exit_good;
}

}  // namespace peerpigeon
