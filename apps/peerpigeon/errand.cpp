#include "apps/peerpigeon/errand.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "apps/peerpigeon/peer_names.hpp"

namespace peerpigeon {

using namespace std::chrono_literals;
using pigeon::HubStatusChanged;
using pigeon::PeerId;

namespace {
constexpr auto look_again = 100ms;
}  // namespace

Errand::Errand(const Invocation& invocation, Console& console)
    : invocation_(invocation),
      console_(console),
      deadline_(Clock::now() + invocation.settings.timeout) {
  // What is meant for a namespace must not be said in another one.
  invocation_.settings.node.allow_global_fallback = false;
}

bool Errand::begin() {
  auto session = Session::create(invocation_, console_);
  if (!session) {
    console_.complain(session.error());
    return false;
  }
  session_ = std::move(*session);
  session_->be_quiet();
  const auto joined = session_->join(invocation_.settings.url);
  if (!joined) console_.complain(joined.error());
  return joined.has_value();
}

Errand::Waited Errand::wait(const std::function<bool()>& done, const Look& look) {
  return wait_until(deadline_, done, look);
}

Errand::Waited Errand::wait(std::chrono::milliseconds longest, const std::function<bool()>& done,
                            const Look& look) {
  return wait_until(std::min(deadline_, Clock::now() + longest), done, look);
}

Errand::Waited Errand::wait_until(Clock::time_point until, const std::function<bool()>& done,
                                  const Look& look) {
  bool has_no_hub = false;
  for (;;) {
    if (done()) return Waited::done;
    const auto now = Clock::now();
    if (now >= until) return Waited::in_vain;
    const Ending ending =
        session_->run(std::min(until, now + look_again), [&](pigeon::NodeEvent& event) {
          if (look) look(event);
          if (const auto* hub = std::get_if<HubStatusChanged>(&event)) {
            has_no_hub = !look_at_hub(*hub);
          }
          return true;
        });
    if (has_no_hub) {
      console_.show(
          fmt::format("Find out more with: peerpigeon doctor {}", invocation_.settings.url));
      return Waited::ended;
    }
    if (ending == Ending::interrupted) {
      status_ = exit_interrupted;
      return Waited::ended;
    }
  }
}

/// False if the hub cannot be reached at all: then the user has been told.
bool Errand::look_at_hub(const HubStatusChanged& hub) {
  has_been_connected_ |= hub.state == HubStatusChanged::State::connected;
  if (hub.state == HubStatusChanged::State::disconnected && !has_been_connected_) {
    console_.complain(fmt::format("no connection to the hub {}: {}", hub.url, hub.reason));
    return false;
  }
  HubStatusChanged told = hub;
  // An attempt that this command does not live to see.
  if (Clock::now() + std::chrono::milliseconds(hub.retry_in_ms) >= deadline_) told.retry_in_ms = 0;
  const auto report = describe(told, session_->id());
  // A connection that is made, and will be ended soon, is what was asked for.
  if (report && (report->level == Verbosity::warn || console_.level() >= Verbosity::debug)) {
    console_.tell(*report);
  }
  return true;
}

std::optional<PeerId> Errand::find(const std::string& prefix) {
  // A short prefix may fit a peer that has not been heard of yet.
  constexpr std::size_t sure_length = 8;
  if (prefix.size() < sure_length) {
    const auto heard = wait(5s, [&] { return !session_->known_peers().empty(); });
    if (heard == Waited::ended || wait(1s, [] { return false; }) == Waited::ended) {
      return std::nullopt;
    }
  }
  pigeon::Result<PeerId, std::string> found = pigeon::Unexpected(std::string());
  const auto waited = wait([&] {
    found = find_peer(prefix, session_->known_peers());
    return found.has_value() || (prefix.size() < sure_length && !session_->known_peers().empty());
  });
  if (found) return *found;
  if (waited != Waited::ended) {
    console_.complain(fmt::format("{}; peerpigeon peers lists who is there", found.error()));
  }
  return std::nullopt;
}

bool Errand::is_linked(const PeerId& peer) {
  const auto peers = session_->node().peers();
  return std::ranges::any_of(peers, [&](const pigeon::PeerStatus& status) {
    return status.peer == peer && status.state == pigeon::PeerState::connected;
  });
}

bool Errand::is_capable(const PeerId& peer) {
  const auto peers = session_->node().peers();
  return std::ranges::any_of(peers, [&](const pigeon::PeerStatus& status) {
    return status.peer == peer && status.is_capable;
  });
}

Errand::Waited Errand::link(const PeerId& peer, std::chrono::milliseconds longest) {
  bool has_called = false;
  return wait(longest, [&] {
    if (is_linked(peer)) return true;
    // It may be full for whoever does not ask.
    if (!has_called) has_called = session_->node().connect_to_peer(peer).has_value();
    return false;
  });
}

}  // namespace peerpigeon
