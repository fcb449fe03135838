#include "transfer/resume_table.hpp"

#include <algorithm>
#include <utility>

namespace pigeon::transfer {

ResumeTable::ResumeTable(std::size_t count_max, Duration time_max)
    : count_max_(count_max),
      count_per_peer_max_(std::max<std::size_t>(count_max / 4, 1)),
      time_max_(time_max) {}

void ResumeTable::remember(Name name, std::uint64_t offset, Instant now) {
  if (count_max_ == 0) return;
  take(name, now);
  make_room(name.peer);
  entries_.push_back({std::move(name), offset, now});
}

std::uint64_t ResumeTable::take(const Name& name, Instant now) {
  expire(now);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  if (found == entries_.end()) return 0;
  const std::uint64_t offset = found->offset;
  entries_.erase(found);
  return offset;
}

void ResumeTable::expire(Instant now) {
  std::erase_if(entries_, [&](const Entry& entry) { return now - entry.remembered >= time_max_; });
}

void ResumeTable::make_room(const PeerId& peer) {
  const auto is_of_peer = [&](const Entry& entry) { return entry.name.peer == peer; };
  const auto count = std::count_if(entries_.begin(), entries_.end(), is_of_peer);
  if (std::cmp_greater_equal(count, count_per_peer_max_)) {
    entries_.erase(std::find_if(entries_.begin(), entries_.end(), is_of_peer));
  } else if (entries_.size() >= count_max_) {
    entries_.erase(entries_.begin());
  }
}

}  // namespace pigeon::transfer
