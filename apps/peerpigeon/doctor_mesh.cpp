#include <array>
#include <optional>

#include <fmt/format.h>

#include "apps/peerpigeon/doctor_parts.hpp"
#include "apps/peerpigeon/session.hpp"

namespace peerpigeon {

namespace {

using namespace std::chrono_literals;

constexpr auto step_time_max = 15s;

/// What one of the two peers has seen.
struct Witness {
  std::optional<pigeon::Node> node;
  pigeon::PeerId id;
  bool has_hub = false;
  bool has_discovered = false;
  bool is_linked = false;
  bool is_verified = false;
  bool is_delivered = false;
  std::string reason;

  void take(const pigeon::NodeEvent& event, const pigeon::PeerId& other) {
    if (const auto* hub = std::get_if<pigeon::HubStatusChanged>(&event)) {
      has_hub = hub->state == pigeon::HubStatusChanged::State::connected;
      if (!hub->reason.empty()) reason = hub->reason;
    } else if (const auto* found = std::get_if<pigeon::PeerDiscovered>(&event)) {
      has_discovered |= found->peer == other;
    } else if (const auto* linked = std::get_if<pigeon::PeerConnected>(&event)) {
      is_linked |= linked->peer == other;
      // Whoever is called has no need to be told of the caller.
      has_discovered |= is_linked;
    } else if (const auto* verified = std::get_if<pigeon::PeerVerified>(&event)) {
      is_verified |= verified->peer == other;
    } else if (const auto* failed = std::get_if<pigeon::ConnectFailed>(&event)) {
      reason = failed->reason;
    } else if (const auto* lost = std::get_if<pigeon::MessageUndelivered>(&event)) {
      reason = lost->reason;
    } else if (std::holds_alternative<pigeon::MessageDelivered>(event)) {
      is_delivered = true;
    }
  }
};

/// Two peers of this process and what becomes of them.
class Meeting {
 public:
  explicit Meeting(Console& console) : console_(console) {}

  /// Makes both; the error is a sentence.
  pigeon::Result<void, std::string> arrange(const Settings& settings);
  pigeon::Result<void, std::string> join(const std::string& url);
  /// Waits until both have seen it; the time that it took, or nothing.
  std::optional<std::chrono::milliseconds> wait_for(bool Witness::*what);
  /// A signal has ended a wait.
  bool is_interrupted() const { return is_interrupted_; }
  Witness& first() { return witnesses_[0]; }
  Witness& second() { return witnesses_[1]; }
  /// What either of them has complained of last.
  std::string reason() const {
    return witnesses_[0].reason.empty() ? witnesses_[1].reason : witnesses_[0].reason;
  }

 private:
  Console& console_;
  Inbox inbox_;
  apps::Signals signals_;
  std::array<Witness, 2> witnesses_;
  bool is_interrupted_ = false;
};

pigeon::Result<void, std::string> Meeting::arrange(const Settings& settings) {
  pigeon::NodeOptions options = node_options(settings);
  options.identity_file.clear();
  options.peer_id.clear();
  // Nobody else is disturbed, and nobody else answers in place of the other one.
  options.network = fmt::format("doctor-{}", Clock::now().time_since_epoch().count());
  options.allow_global_fallback = false;
  const auto loop = pigeon::NodeLoop::create(options.addresses);
  if (!loop) return pigeon::Unexpected(loop.error().message);
  for (std::size_t i = 0; i < witnesses_.size(); ++i) {
    auto node = pigeon::Node::create(*loop, options, [this, i](auto event) {
      inbox_.push({i, std::move(event), Clock::now()});
    });
    if (!node) return pigeon::Unexpected(node.error().message);
    witnesses_[i].id = node->peer_id();
    witnesses_[i].node.emplace(*std::move(node));
  }
  return {};
}

pigeon::Result<void, std::string> Meeting::join(const std::string& url) {
  for (Witness& witness : witnesses_) {
    if (const auto joined = witness.node->connect(url); !joined) {
      return pigeon::Unexpected(joined.error().message);
    }
  }
  return {};
}

std::optional<std::chrono::milliseconds> Meeting::wait_for(bool Witness::*what) {
  const auto begun_at = Clock::now();
  const auto have_both = [&] { return witnesses_[0].*what && witnesses_[1].*what; };
  if (!have_both()) {
    const Ending ending = peerpigeon::wait_for(
        inbox_, signals_, console_, begun_at + step_time_max, [&](Arrival& arrival) {
          witnesses_[arrival.node].take(arrival.event, witnesses_[1 - arrival.node].id);
          return have_both();
        });
    is_interrupted_ = ending == Ending::interrupted;
  }
  if (!have_both()) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_at);
}

/// One step of the meeting; false if it failed.
bool check_step(Meeting& meeting, Checkup& checkup, std::string_view what, bool Witness::*seen,
                std::string_view good, std::string_view bad, std::string_view next_step) {
  if (const auto took = meeting.wait_for(seen)) {
    checkup.pass(what, fmt::format("{}, after {} ms", good, took->count()));
    return true;
  }
  if (meeting.is_interrupted()) return false;
  const std::string reason = meeting.reason();
  checkup.fail(what, fmt::format("{}{}{}", bad, reason.empty() ? "" : ": ", reason), next_step);
  return false;
}

bool check_link(Meeting& meeting, Checkup& checkup) {
  return check_step(meeting, checkup, "hub", &Witness::has_hub, "the hub takes peers",
                    "the hub does not take peers",
                    "look at the hub's own log, and whether it is full") &&
         check_step(meeting, checkup, "announce", &Witness::has_discovered,
                    "two peers announced themselves and learned of each other",
                    "the hub does not introduce peers to each other",
                    "check that it is a PeerPigeon hub, and that it is not overloaded") &&
         check_step(
             meeting, checkup, "link", &Witness::is_linked,
             "the hub carries offer and answer, and a link came about",
             "no link came about, although the hub introduced the peers",
             "compare with ice and dtls above; if those are ok, the hub does not carry signals");
}

void check_message(Meeting& meeting, Checkup& checkup) {
  for (Witness* const from : {&meeting.first(), &meeting.second()}) {
    const Witness& to = from == &meeting.first() ? meeting.second() : meeting.first();
    const auto sent = from->node->send_direct_message(to.id, "doctor");
    if (sent) continue;
    checkup.fail("message", sent.error().message, "run it again, and report it if it stays");
    return;
  }
  check_step(meeting, checkup, "message", &Witness::is_delivered,
             "messages arrive and are confirmed, both ways", "a message was not confirmed",
             "run it again with less load on the machine, and report it if it stays");
}

}  // namespace

bool check_mesh(const Settings& settings, Checkup& checkup, Console& console) {
  Meeting meeting(console);
  auto ready = meeting.arrange(settings);
  if (ready) ready = meeting.join(settings.url);
  if (!ready) {
    checkup.fail("mesh", ready.error(), "repair the setting that the sentence names");
    return true;
  }
  if (!check_link(meeting, checkup)) return !meeting.is_interrupted();
  if (settings.node.enable_crypto) {
    check_step(meeting, checkup, "proof", &Witness::is_verified,
               "both have proven their ids to each other",
               "the peers cannot prove their ids to each other",
               "do not trust this hub: somebody may sit between the peers");
  } else {
    checkup.skip("proof", "crypto is off, so nobody proves who he is");
  }
  if (!meeting.is_interrupted()) check_message(meeting, checkup);
  return !meeting.is_interrupted();
}

}  // namespace peerpigeon
