#pragma once

#include <set>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "rtc/connection_router.hpp"

namespace pigeon::runtime {

/// The deadlines of connections, one each. A deadline that moves takes its memory along.
class TimerSet {
  using Entries = std::set<std::pair<Instant, rtc::ConnectionId>>;

 public:
  /// A connection's place. Has no deadline at first; `set` it to none before the connection goes.
  class Timer {
   public:
    Instant at() const { return at_; }

   private:
    friend class TimerSet;
    Instant at_ = Instant::max();
    Entries::iterator entry_{};
    Entries::node_type unused_;
  };

  /// `Instant::max()` for none.
  void set(Timer& timer, rtc::ConnectionId id, Instant at) {
    if (at == timer.at_) return;
    if (timer.at_ != Instant::max()) timer.unused_ = entries_.extract(timer.entry_);
    timer.at_ = at;
    if (at == Instant::max()) return;
    if (timer.unused_) {
      timer.unused_.value() = {at, id};
      timer.entry_ = entries_.insert(std::move(timer.unused_)).position;
    } else {
      timer.entry_ = entries_.emplace(at, id).first;
    }
  }

  /// `Instant::max()` if there is none.
  Instant next() const { return entries_.empty() ? Instant::max() : entries_.begin()->first; }

  /// Appends those whose deadline has come, the earliest first. They stay until they are set anew.
  void find_due(Instant now, std::vector<rtc::ConnectionId>& due) const {
    for (const auto& [at, id] : entries_) {
      if (at > now) return;
      due.push_back(id);
    }
  }

 private:
  Entries entries_;
};

}  // namespace pigeon::runtime
