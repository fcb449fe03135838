#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/peerpigeon/console.hpp"
#include "apps/peerpigeon/inbox.hpp"
#include "apps/peerpigeon/invocation.hpp"
#include "apps/support/signals.hpp"
#include "pigeon/node.hpp"

namespace peerpigeon {

using Clock = std::chrono::steady_clock;

// The program's exit statuses; docs of the command line list them.
inline constexpr int exit_good = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_wrong_use = 2;
inline constexpr int exit_interrupted = 130;

/// How waiting has ended.
enum class Ending { finished, timed_out, interrupted };

/// Takes some of the events that wait, and tells how many were dropped. True once `step` has had
/// enough. No flood of events makes it take long.
bool take_some(Inbox& inbox, Console& console, const std::function<bool(Arrival&)>& step);

/// Waits for events of nodes until `step` has had enough, the time is over, or SIGINT, SIGTERM or
/// SIGHUP arrives. `step` runs on this thread.
Ending wait_for(Inbox& inbox, const apps::Signals& signals, Console& console,
                std::optional<Clock::time_point> until, const std::function<bool(Arrival&)>& step);

/// The same without an end, for commands that show things until somebody has seen enough: that
/// nobody reads any more ends it, too, and counts as interrupted.
Ending show_until(Inbox& inbox, const apps::Signals& signals, Console& console,
                  const std::function<bool(Arrival&)>& step);

/// Keeps a key file for one process: two peers with one id would throw each other out.
class IdentityLock {
 public:
  /// Tries to take it, making its folder if need be; without a file there is nothing to keep.
  explicit IdentityLock(const std::string& identity_file);
  IdentityLock(const IdentityLock&) = delete;
  IdentityLock& operator=(const IdentityLock&) = delete;
  ~IdentityLock();

  /// False: another process of this machine is this peer.
  bool is_ours() const { return is_ours_; }

 private:
  int descriptor_ = -1;
  bool is_ours_ = true;
};

/// One peer in the mesh, for as long as a command needs it.
class Session {
 public:
  using Step = std::function<bool(pigeon::NodeEvent&)>;

  /// What to do if another process is the peer of the identity file.
  enum class IfInUse { take_another_id, refuse };

  /// Makes the peer; the error is a sentence.
  static pigeon::Result<std::unique_ptr<Session>, std::string> create(
      const Invocation& invocation, Console& console, IfInUse if_in_use = IfInUse::take_another_id);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() = default;

  pigeon::Node& node() { return *node_; }
  const pigeon::PeerId& id() const { return id_; }
  Inbox& inbox() { return inbox_; }
  apps::Signals& signals() { return signals_; }

  /// Tells only what has gone wrong, unless the user wants to know everything; what becomes of hubs
  /// is for `step` to tell.
  void be_quiet() { is_quiet_ = true; }
  /// Adds the hub of the settings.
  pigeon::Result<void, std::string> join(const std::string& url);
  /// Tells events as they come, and gives each to `step` until it says that it has had enough.
  Ending run(std::optional<Clock::time_point> until, const Step& step);
  /// The same without an end, for as long as somebody reads.
  Ending show(const Step& step);
  /// The same for some of the events that wait already; true once `step` has had enough.
  bool look(const Step& step);
  /// Breaks off streams of the node.
  std::function<void(pigeon::StreamId stream, std::string_view reason)> stream_breaker();
  /// All peers that are known, linked or not.
  std::vector<pigeon::PeerId> known_peers();

  /// Says goodbye and waits until what was sent is on its way.
  void end() { node_.reset(); }

 private:
  Session(Console& console, const std::string& identity_file);
  bool take(Arrival& arrival, const Step& step);

  Console& console_;
  apps::Signals signals_;
  IdentityLock lock_;
  Inbox inbox_;
  std::optional<pigeon::Node> node_;
  pigeon::PeerId id_;
  bool is_quiet_ = false;
};

}  // namespace peerpigeon
