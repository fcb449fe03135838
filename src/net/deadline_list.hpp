#pragma once

#include "base/assert.hpp"
#include "base/time.hpp"

namespace pigeon::net {

class DeadlineList;

/// What a deadline list holds; its owner derives from it. Leaves its list when destroyed.
class DeadlineEntry {
 public:
  DeadlineEntry() = default;
  DeadlineEntry(const DeadlineEntry&) = delete;
  DeadlineEntry& operator=(const DeadlineEntry&) = delete;
  ~DeadlineEntry() { leave(); }

  /// Whether it is in some list.
  bool waits() const { return next_ != nullptr; }
  Instant deadline() const { return deadline_; }

  /// Leaves its list, if it is in one.
  void leave() {
    if (!waits()) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }

 private:
  friend class DeadlineList;

  DeadlineEntry* previous_ = nullptr;
  DeadlineEntry* next_ = nullptr;
  Instant deadline_{};
};

/// Deadlines of one kind: all are the same time away when they are set, so first come is first due,
/// and setting, dropping and finding one is a matter of a few pointers.
class DeadlineList {
 public:
  explicit DeadlineList(Duration time) : time_(time) { end_.next_ = end_.previous_ = &end_; }
  DeadlineList(const DeadlineList&) = delete;
  DeadlineList& operator=(const DeadlineList&) = delete;
  ~DeadlineList() {
    while (end_.next_ != &end_) end_.next_->leave();
    end_.next_ = end_.previous_ = nullptr;
  }

  /// Sets the entry's deadline, `now` and the list's time, in place of any that it has. `now` never
  /// goes back.
  void add(DeadlineEntry& entry, Instant now) {
    entry.leave();
    entry.deadline_ = now + time_;
    PIGEON_ASSERT(end_.previous_ == &end_ || end_.previous_->deadline_ <= entry.deadline_);
    entry.previous_ = end_.previous_;
    entry.next_ = &end_;
    end_.previous_->next_ = &entry;
    end_.previous_ = &entry;
  }

  /// Takes out the first entry whose deadline has come; null if there is none.
  DeadlineEntry* pop_due(Instant now) {
    DeadlineEntry* first = end_.next_;
    if (first == &end_ || first->deadline_ > now) return nullptr;
    first->leave();
    return first;
  }

  /// The first deadline, `Instant::max()` if there is none.
  Instant next() const { return end_.next_ == &end_ ? Instant::max() : end_.next_->deadline_; }

 private:
  Duration time_;
  DeadlineEntry end_;
};

}  // namespace pigeon::net
