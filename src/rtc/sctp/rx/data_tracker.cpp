#include "rtc/sctp/rx/data_tracker.hpp"

#include <algorithm>
#include <span>

#include "base/assert.hpp"

namespace pigeon::sctp {

namespace {

/// A gap block names a TSN by its distance, in 16 bits.
constexpr Tsn distance_max = 0xffff;

}  // namespace

DataTracker::DataTracker(WireTsn initial_tsn, DataTrackerOptions options)
    : options_(options), unwrapper_(initial_tsn), cumulative_(unwrapper_.peek(initial_tsn) - 1) {}

DataTracker::Arrival DataTracker::classify(Tsn tsn) const {
  if (tsn <= cumulative_) return Arrival::duplicate;
  if (tsn == cumulative_ + 1) return Arrival::fresh;
  if (tsn - cumulative_ > distance_max) return Arrival::out_of_bounds;
  const std::size_t at = first_range_not_before(tsn);
  if (at < ranges_.size() && ranges_[at].first <= tsn) return Arrival::duplicate;
  const bool joins = (at > 0 && ranges_[at - 1].last + 1 == tsn) ||
                     (at < ranges_.size() && ranges_[at].first == tsn + 1);
  if (!joins && ranges_.size() >= options_.range_count_max) return Arrival::out_of_bounds;
  return Arrival::fresh;
}

void DataTracker::add(Tsn tsn) {
  PIGEON_ASSERT(tsn > cumulative_);
  if (tsn == cumulative_ + 1) {
    advance(tsn);
  } else {
    add_beyond_gap(tsn);
  }
  // RFC 9260 section 6.7: as long as there is a gap, each packet is answered at once.
  if (!ranges_.empty()) sack_due_ = true;
}

void DataTracker::add_duplicate(Tsn tsn) {
  if (duplicates_.size() < options_.duplicate_count_max) {
    duplicates_.push_back(static_cast<WireTsn>(tsn));
  }
  sack_due_ = true;
}

bool DataTracker::forward(Tsn tsn) {
  // RFC 3758 section 3.6: an old one means that a SACK was lost.
  sack_due_ = true;
  if (tsn <= cumulative_) return false;
  advance(tsn);
  return true;
}

void DataTracker::end_packet(Now now) {
  if (sack_due_) return;
  if (delayed_until_ != Instant::max()) {
    sack_due_ = true;
  } else {
    delayed_until_ = now.monotonic + options_.sack_delay;
  }
}

void DataTracker::handle_timeout(Now now) {
  if (now.monotonic >= delayed_until_) {
    sack_due_ = true;
    delayed_until_ = Instant::max();
  }
}

bool DataTracker::write_sack(std::uint32_t window, PacketWriter& packet) {
  if (packet.room_left() < sack_size(0, 0)) return false;
  const std::size_t room = (packet.room_left() - sack_size(0, 0)) / 4;
  const std::size_t gap_count = std::min(room, ranges_.size());
  const std::size_t duplicate_count = std::min(room - gap_count, duplicates_.size());
  gap_blocks_.clear();
  for (const Range& range : std::span(ranges_).first(gap_count)) {
    gap_blocks_.push_back({.first = static_cast<std::uint16_t>(range.first - cumulative_),
                           .last = static_cast<std::uint16_t>(range.last - cumulative_)});
  }
  const SackChunk sack = {
      .cumulative_tsn = static_cast<WireTsn>(cumulative_),
      .window = window,
      .gaps = ItemList<GapBlock>(gap_blocks_),
      .duplicates = ItemList<WireTsn>(std::span(duplicates_).first(duplicate_count)),
  };
  const bool written = encode(sack, packet);
  PIGEON_ASSERT(written);
  duplicates_.clear();
  sack_due_ = false;
  delayed_until_ = Instant::max();
  return true;
}

/// Index of the first range that ends at `tsn` or later.
std::size_t DataTracker::first_range_not_before(Tsn tsn) const {
  if (ranges_.empty() || ranges_.back().last < tsn) return ranges_.size();
  const auto at =
      std::lower_bound(ranges_.begin(), ranges_.end(), tsn,
                       [](const Range& range, Tsn value) { return range.last < value; });
  return static_cast<std::size_t>(at - ranges_.begin());
}

void DataTracker::add_beyond_gap(Tsn tsn) {
  const std::size_t at = first_range_not_before(tsn);
  const auto here = ranges_.begin() + static_cast<std::ptrdiff_t>(at);
  const bool joins_before = at > 0 && ranges_[at - 1].last + 1 == tsn;
  const bool joins_after = at < ranges_.size() && here->first == tsn + 1;
  if (joins_before && joins_after) {
    ranges_[at - 1].last = here->last;
    ranges_.erase(here);
  } else if (joins_before) {
    ranges_[at - 1].last = tsn;
  } else if (joins_after) {
    here->first = tsn;
  } else {
    ranges_.insert(here, {.first = tsn, .last = tsn});
  }
}

/// Everything up to `tsn` has come or will not come.
void DataTracker::advance(Tsn tsn) {
  cumulative_ = tsn;
  auto range = ranges_.begin();
  for (; range != ranges_.end() && range->first <= cumulative_ + 1; ++range) {
    cumulative_ = std::max(cumulative_, range->last);
  }
  if (range != ranges_.begin()) ranges_.erase(ranges_.begin(), range);
  unwrapper_.unwrap(static_cast<WireTsn>(cumulative_));
}

}  // namespace pigeon::sctp
