#pragma once

#include <functional>
#include <memory>
#include <string>

#include "apps/peerpigeon/session.hpp"

namespace peerpigeon {

/// What commands that end by themselves have in common: they join, wait for one thing after
/// another, and have a time for all of it.
class Errand {
 public:
  using Look = std::function<void(pigeon::NodeEvent&)>;

  Errand(const Invocation& invocation, Console& console);

  /// Joins the hub; false if there is nothing to go on with, and the user has been told.
  bool begin();
  Session& session() { return *session_; }

  enum class Waited {
    done,
    /// Nothing came in time; the caller says what was missing.
    in_vain,
    /// The hub cannot be reached, or the user has had enough; the user has been told.
    ended,
  };
  /// Waits until `done`, which is asked after each event and ten times a second. `look` sees the
  /// events.
  Waited wait(const std::function<bool()>& done, const Look& look = {});
  /// The same, but not longer than `longest`.
  Waited wait(std::chrono::milliseconds longest, const std::function<bool()>& done,
              const Look& look = {});

  /// Finds the peer that `prefix` names, waiting until it is known; tells the user if it fails.
  std::optional<pigeon::PeerId> find(const std::string& prefix);
  /// Waits for a link with a peer.
  Waited link(const pigeon::PeerId& peer, std::chrono::milliseconds longest);
  bool is_linked(const pigeon::PeerId& peer);
  /// Whether it is linked and has said that it is of this project.
  bool is_capable(const pigeon::PeerId& peer);

  /// The exit status after `begin` or `wait` has failed.
  int status() const { return status_; }
  /// Says goodbye.
  void end() { session_->end(); }

 private:
  bool look_at_hub(const pigeon::HubStatusChanged& hub);
  Waited wait_until(Clock::time_point until, const std::function<bool()>& done, const Look& look);

  Invocation invocation_;
  Console& console_;
  std::unique_ptr<Session> session_;
  Clock::time_point deadline_;
  bool has_been_connected_ = false;
  int status_ = exit_failed;
};

}  // namespace peerpigeon
