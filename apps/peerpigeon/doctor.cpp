#include <array>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include <unistd.h>

#include <fmt/format.h>

#include "apps/peerpigeon/commands.hpp"
#include "apps/peerpigeon/doctor_parts.hpp"
#include "apps/peerpigeon/identity_password.hpp"
#include "apps/peerpigeon/session.hpp"
#include "runtime/hub_probe.hpp"
#include "runtime/open_identity.hpp"

namespace peerpigeon {

namespace {

using pigeon::runtime::HubProbe;
using pigeon::runtime::HubStage;

struct StageText {
  HubStage stage{};
  std::string_view what;
  /// What it means that it was reached.
  std::string_view reached;
  /// What to do if it was not.
  std::string_view next_step;
};

constexpr auto stage_texts = std::to_array<StageText>({
    {HubStage::name_found, "name", "the name has an address",
     "check how the host is spelled, and the DNS of this machine"},
    {HubStage::connected, "connection", "a server takes TCP connections",
     "start a hub there (peerpigeon server), or check port and firewalls"},
    {HubStage::secured, "tls", "the certificate is trusted, and the connection secure",
     "if the hub has no certificate, write ws in place of wss; if it is yours and has one, name it "
     "with --trusted-certificates-file"},
    {HubStage::opened, "websocket", "the server speaks WebSocket",
     "check path and port: something listens there, but not as a hub at this URL"},
});

/// An id that is nobody's: the peers of this process have their own.
pigeon::PeerId make_id() {
  std::array<std::uint8_t, pigeon::PeerId::byte_count> bytes{};
  // Cannot fail for so few; and an id of zeros would do.
  [[maybe_unused]] const int filled = ::getentropy(bytes.data(), bytes.size());
  return pigeon::PeerId(bytes);
}

void tell_steps(const HubProbe& probe, Checkup& checkup) {
  auto step = probe.steps.begin();
  for (const StageText& text : stage_texts) {
    if (text.stage == HubStage::secured && !probe.is_secure) {
      checkup.skip(text.what, "the URL says ws: others on the way can read and change what passes");
    } else if (step != probe.steps.end()) {
      checkup.pass(text.what, fmt::format("{}, after {} ms", text.reached, step->after.count()));
      ++step;
    } else {
      checkup.fail(text.what, probe.failure, text.next_step);
      return;
    }
  }
  if (probe.failure.empty()) return;
  checkup.fail("hub", probe.failure, "look at the hub's own log, and whether it is full");
}

/// The key file, if one is named. Nothing is made: that a file is missing is no failure.
void check_identity(const Settings& settings, Checkup& checkup) {
  const std::string& path = settings.node.identity_file;
  auto password = read_identity_password(settings);
  if (!password) {
    checkup.fail("identity", password.error(), "repair it, or name another file");
    return;
  }
  const pigeon::Wiper wiper(*password);
  std::error_code failure;
  if (path.empty()) {
    checkup.skip("identity", "no key file is named, so the peer has a new id each time");
  } else if (!std::filesystem::exists(std::filesystem::symlink_status(path, failure))) {
    checkup.skip("identity", fmt::format("{} does not exist yet; whoever joins makes it", path));
  } else if (const auto keys = pigeon::runtime::open_identity(path, *password); !keys) {
    checkup.fail("identity", keys.error(),
                 "repair it, or name another --identity-file or --identity-password-file");
  } else {
    checkup.pass("identity", fmt::format("the keys in {} can be used", path));
  }
}

}  // namespace

bool check_hub(const Settings& settings, Checkup& checkup) {
  const HubProbe probe =
      pigeon::runtime::probe_hub(settings.url, make_id(), settings.node.trusted_certificates_file);
  if (!probe.is_url_good) {
    checkup.fail("url", probe.failure, "write it as ws://localhost:3000 or wss://hub.example.org");
    return false;
  }
  checkup.pass("url", fmt::format("{} leads to {}, port {}", settings.url, probe.host, probe.port));
  tell_steps(probe, checkup);
  return probe.failure.empty();
}

int run_doctor(const Invocation& invocation, Console& console) {
  Checkup checkup(console);
  check_identity(invocation.settings, checkup);
  const bool has_hub = check_hub(invocation.settings, checkup);
  check_addresses(invocation.settings, checkup);
  check_webrtc(invocation.settings, checkup);
  if (has_hub) {
    if (!check_mesh(invocation.settings, checkup, console)) return exit_interrupted;
  } else {
    checkup.skip("mesh", "without a hub no peers can be found");
  }
  const std::size_t failures = checkup.failures();
  console.answer(
      {Verbosity::info,
       "diagnosis",
       failures == 0 ? "Everything works." : fmt::format("{} of the checks failed.", failures),
       {{"failures", failures}}});
  return failures == 0 ? exit_good : exit_failed;
}

}  // namespace peerpigeon
