#pragma once

#include <cstddef>
#include <limits>
#include <mutex>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "hub/hub.hpp"
#include "hub/input.hpp"
#include "hub/output.hpp"
#include "runtime/refusals.hpp"

namespace pigeon::runtime {

struct MailLimits {
  std::size_t loop_count = 1;
  /// Bytes of texts and answers that may wait for a loop which is busy; the connection that one
  /// more is for is closed with 1013 instead. Default: no limit.
  std::size_t mailbox_bytes_max = std::numeric_limits<std::size_t>::max();
};

/// The one hub core, shared by all loops. A loop gives it inputs in turns, under a lock; outputs go
/// to the mailbox of the loop that owns their connection, under the same lock, and each loop
/// carries out its mailbox from front to back. So the outputs for one connection happen in the
/// core's order, on the connection's thread. Events and `Drained` go to the first loop.
class HubMonitor {
 public:
  HubMonitor(hub::Hub core, const MailLimits& limits, RefusalCounts& refusals);

  /// What a loop gets out of a turn.
  struct Handover {
    /// To be carried out now, in this order.
    std::vector<hub::Output> outputs;
    /// Other loops have something to do, too: `call_others` is wanted, if not at once.
    bool others_have_work = false;
    /// Set at the first loop when the core wants its `Timeout` earlier than it has asked so far.
    std::optional<Instant> timeout;
  };

  /// One loop's access to the core. Holds the lock from the first input to `finish`.
  class Turn {
   public:
    Turn(HubMonitor& monitor, std::size_t loop) : monitor_(monitor), loop_(loop) {}

    /// `now`: when the loop's turn began. Loops begin their turns in another order than they get
    /// the lock in; for the core time never goes back.
    void handle(const hub::Input& input, Now now);
    /// The time that the first loop was told has come.
    void handle_timeout(Now now);
    /// Whether the lock is held.
    bool has_begun() const { return lock_.owns_lock(); }
    /// Distributes the outputs and takes the loop's mailbox into `handover`, whose memory is used
    /// again. `woken`: the loop does so because it was told to.
    void finish(Handover& handover, bool woken);

   private:
    void begin();

    HubMonitor& monitor_;
    std::size_t loop_;
    std::unique_lock<std::mutex> lock_;
  };

  /// The other loops that have something to do and have not been told yet: to be told to take a
  /// turn. Best asked for many turns at once, since a loop that is busy finds its work by itself
  /// meanwhile.
  std::vector<std::size_t> call_others(std::size_t loop);

  HubStats stats(Now now) const;
  std::vector<HubPeer> peers() const;

 private:
  struct Mailbox {
    std::vector<hub::Output> outputs;
    // Of texts and answers among them.
    std::size_t bytes = 0;
    // The loop has been told and has not come yet.
    bool is_called = false;
  };

  void handle(const hub::Input& input, Now now);
  void distribute(std::size_t taker);
  bool has_uncalled_work(std::size_t loop) const;

  const MailLimits limits_;
  RefusalCounts& refusals_;
  mutable std::mutex mutex_;
  hub::Hub core_;
  // The latest time that the core was told.
  Instant latest_{};
  std::vector<Mailbox> mailboxes_;
  // The `Timeout` that the first loop waits for.
  Instant timeout_ = Instant::max();
};

}  // namespace pigeon::runtime
