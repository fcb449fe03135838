#include "rtc/sctp/tx/outstanding_data.hpp"

#include <algorithm>
#include <limits>

#include "base/assert.hpp"

namespace pigeon::sctp {

namespace {

constexpr std::size_t ring_size_min = 16;
// RFC 9260 section 7.2.4.
constexpr std::uint8_t misses_max = 3;
/// Stands in `misses` of what the SACK being taken in has acknowledged.
constexpr std::uint8_t just_acked = 0xFF;

/// Whether `tsn` is at or behind the TSN that had these low bits a short while ago.
bool is_at_or_behind(Tsn tsn, std::uint32_t low) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(tsn) - low) >= 0;
}

}  // namespace

Tsn OutstandingData::add(MessageStore& store, const Fragment& fragment) {
  if (count_ == ring_.size()) grow();
  const Tsn tsn = next();
  ++count_;
  Record& record = at(tsn);
  record = {.message = fragment.message,
            .offset = fragment.offset,
            .fsn = fragment.fsn,
            .size = fragment.size,
            .next_when_sent = static_cast<std::uint32_t>(tsn + 1),
            .is_first = fragment.is_first,
            .is_last = fragment.is_last};
  OutgoingMessage& message = store[fragment.message];
  if (message.outstanding_count++ == 0 && fragment.is_first) message.first_tsn = tsn;
  message.last_tsn = tsn;
  flight_ += chunk_size(record);
  return tsn;
}

void OutstandingData::grow() {
  std::vector<Record> larger(std::max(ring_size_min, 2 * ring_.size()));
  for (Tsn tsn = base_; tsn != next(); ++tsn) larger[tsn & (larger.size() - 1)] = at(tsn);
  ring_ = std::move(larger);
}

bool OutstandingData::are_sound(Tsn cumulative, const ItemList<GapBlock>& ranges) const {
  if (cumulative >= next()) return false;
  Tsn end = cumulative;
  for (const GapBlock range : ranges) {
    if (range.first > range.last) return false;
    if (cumulative + range.first <= end) return false;
    end = cumulative + range.last;
  }
  return end < next();
}

OutstandingData::SackResult OutstandingData::receive_sack(
    MessageStore& store, SendQueue& queue, Tsn cumulative,
    const std::optional<ItemList<GapBlock>>& reported, bool in_recovery, std::optional<Tsn> watched,
    Instant now) {
  SackResult result;
  const ItemList<GapBlock> ranges = reported.value_or(ItemList<GapBlock>());
  if (cumulative + 1 < base_) return {.fault = SackFault::stale};
  if (!are_sound(cumulative, ranges)) return {.fault = SackFault::invalid};
  const bool watches = watched && *watched >= base_ && *watched < next();
  const bool was_acked = watches && at(*watched).state == State::acked;

  result.advanced = cumulative >= base_;
  if (result.advanced) acknowledge_front(store, cumulative, result);
  Tsn highest_new = result.advanced ? cumulative : 0;
  if (reported && (!ranges.empty() || acked_count_ != 0)) {
    highest_new = std::max(highest_new, acknowledge_ranges(ranges, result));
  }
  result.watched_acked =
      watches && !was_acked && (*watched < base_ || at(*watched).state == State::acked);
  if (!ranges.empty() && result.acked_bytes != 0) {
    // Section 7.2.4: only what lies before the highest TSN that was newly acknowledged counts as
    // missing; all that is reported missing does if the SACK moves a fast recovery on.
    const bool count_all = in_recovery && result.advanced;
    const Tsn highest = cumulative + ranges[ranges.size() - 1].last;
    count_misses(store, queue, count_all ? highest : highest_new, count_all, now, result);
  }
  return result;
}

void OutstandingData::acknowledge_front(MessageStore& store, Tsn cumulative, SackResult& result) {
  for (; base_ <= cumulative; ++base_, --count_) {
    Record& record = at(base_);
    switch (record.state) {
      case State::in_flight:
        flight_ -= chunk_size(record);
        result.acked_bytes += chunk_size(record);
        break;
      case State::lost:
        --lost_count_;
        result.acked_bytes += chunk_size(record);
        break;
      case State::acked:
        --acked_count_;
        break;
      case State::abandoned:
        break;
    }
    OutgoingMessage& message = store[record.message];
    if (--message.outstanding_count == 0 && message.is_cut) store.remove(record.message);
  }
}

Tsn OutstandingData::acknowledge_ranges(const ItemList<GapBlock>& ranges, SackResult& result) {
  Tsn highest_new = 0;
  Tsn tsn = base_;
  for (const GapBlock range : ranges) {
    const Tsn first = cumulative() + range.first;
    const Tsn last = cumulative() + range.last;
    if (acked_count_ != 0) renege(tsn, first);
    for (tsn = first; tsn <= last; ++tsn) {
      Record& record = at(tsn);
      if (record.state == State::acked || record.state == State::abandoned) continue;
      if (record.state == State::in_flight) flight_ -= chunk_size(record);
      if (record.state == State::lost) --lost_count_;
      record.state = State::acked;
      record.misses = just_acked;
      ++acked_count_;
      result.acked_bytes += chunk_size(record);
      highest_new = tsn;
    }
  }
  if (acked_count_ != 0) renege(tsn, next());
  return highest_new;
}

/// What the peer had acknowledged by gap blocks and does not any more is in flight again: it may
/// have dropped it (RFC 9260 section 6.2.1, D iii).
void OutstandingData::renege(Tsn from, Tsn until) {
  for (Tsn tsn = from; tsn < until; ++tsn) {
    Record& record = at(tsn);
    if (record.state != State::acked) continue;
    record.state = State::in_flight;
    record.misses = 0;
    --acked_count_;
    flight_ += chunk_size(record);
  }
}

void OutstandingData::count_misses(MessageStore& store, SendQueue& queue, Tsn until, bool count_all,
                                   Instant now, SackResult& result) {
  // A receiver that takes packets in by batches says in one SACK what it would else have said in
  // several, so that a SACK counts for as many packets as it acknowledges behind the missing one.
  std::size_t acked_behind = 0;
  // A message that is given up may add a record; those are behind `until`.
  for (Tsn tsn = until; tsn >= base_; --tsn) {
    Record& record = at(tsn);
    if (record.state == State::acked && record.misses == just_acked) {
      record.misses = 0;
      acked_behind += chunk_size(record);
    }
    if (record.state != State::in_flight) continue;
    // What was sent again is missing again only if something sent after it has arrived. So its
    // second loss is noticed without the timer, while the SACKs of the first one do not count.
    const bool is_resent = record.retransmits != 0;
    if ((is_resent || !count_all) && !is_at_or_behind(until, record.next_when_sent)) continue;
    const std::size_t packets = is_resent ? 1 : (acked_behind + packet_size_ / 2) / packet_size_;
    const std::size_t misses = record.misses + std::max<std::size_t>(packets, 1);
    record.misses = static_cast<std::uint8_t>(std::min<std::size_t>(misses, misses_max));
    if (record.misses < misses_max) continue;
    result.found_lost = true;
    lose(store, queue, tsn, now);
  }
}

bool OutstandingData::is_worth_resending(const OutgoingMessage& message, const Record& record,
                                         Instant now) {
  return (!message.max_retransmits || record.retransmits < *message.max_retransmits) &&
         now < message.expires;
}

void OutstandingData::lose(MessageStore& store, SendQueue& queue, Tsn tsn, Instant now) {
  Record& record = at(tsn);
  flight_ -= chunk_size(record);
  record.state = State::lost;
  record.misses = 0;
  ++lost_count_;
  lost_hint_ = lost_count_ == 1 ? tsn : std::min(lost_hint_, tsn);
  const OutgoingMessage& message = store[record.message];
  if (!is_worth_resending(message, record, now)) abandon(store, queue, record.message);
}

void OutstandingData::lose_all(MessageStore& store, SendQueue& queue, Instant now) {
  for (Tsn tsn = base_; tsn < next(); ++tsn) {
    if (at(tsn).state == State::in_flight) lose(store, queue, tsn, now);
  }
}

void OutstandingData::abandon(MessageStore& store, SendQueue& queue, MessageIndex index) {
  OutgoingMessage& message = store[index];
  if (!may_abandon_ || message.is_abandoned) return;
  message.is_abandoned = true;
  ++abandoned_count_;
  for (Tsn tsn = std::max(base_, message.first_tsn); tsn <= message.last_tsn; ++tsn) {
    if (at(tsn).message == index) mark_abandoned(at(tsn));
  }
  if (message.is_cut) return;
  // The peer may have everything sent so far. It must see that the message ends before the next one
  // begins, so an end that is never sent gets a number of its own to be skipped.
  const std::uint32_t end = message.cut_size;
  const std::uint32_t fsn = message.fragment_count++;
  queue.discard_rest(store, index);
  const Tsn placeholder =
      add(store, {.message = index, .offset = end, .fsn = fsn, .size = 0, .is_last = true});
  mark_abandoned(at(placeholder));
}

void OutstandingData::mark_abandoned(Record& record) {
  if (record.state == State::in_flight) flight_ -= chunk_size(record);
  if (record.state == State::lost) --lost_count_;
  if (record.state == State::acked) --acked_count_;
  record.state = State::abandoned;
}

std::optional<Tsn> OutstandingData::next_lost(MessageStore& store, SendQueue& queue, Instant now) {
  for (Tsn tsn = std::max(lost_hint_, base_); lost_count_ != 0; ++tsn) {
    PIGEON_ASSERT(tsn < next());
    lost_hint_ = tsn;
    const Record& record = at(tsn);
    if (record.state != State::lost) continue;
    if (!may_abandon_ || now < store[record.message].expires) return tsn;
    abandon(store, queue, record.message);
  }
  return std::nullopt;
}

void OutstandingData::resend(Tsn tsn) {
  Record& record = at(tsn);
  PIGEON_ASSERT(record.state == State::lost);
  record.state = State::in_flight;
  record.misses = 0;
  if (record.retransmits != std::numeric_limits<std::uint16_t>::max()) ++record.retransmits;
  record.next_when_sent = static_cast<std::uint32_t>(next());
  --lost_count_;
  flight_ += chunk_size(record);
}

const OutstandingData::Record& OutstandingData::record(Tsn tsn) const {
  PIGEON_ASSERT(tsn >= base_);
  PIGEON_ASSERT(tsn < next());
  return at(tsn);
}

bool OutstandingData::front_abandoned() const {
  return count_ != 0 && at(base_).state == State::abandoned;
}

Tsn OutstandingData::advanced_point(const MessageStore& store, std::size_t streams_max,
                                    std::vector<AbandonedStream>& streams) const {
  streams.clear();
  MessageIndex last = no_message;
  Tsn tsn = base_;
  for (; tsn < next() && at(tsn).state == State::abandoned; ++tsn) {
    if (at(tsn).message == last) continue;
    last = at(tsn).message;
    const OutgoingMessage& message = store[last];
    const auto found = std::find_if(streams.begin(), streams.end(), [&](const auto& one) {
      return one.stream == message.stream && one.ordered == message.ordered;
    });
    if (found != streams.end()) {
      found->number = message.number;
    } else if (streams.size() == streams_max) {
      break;
    } else {
      streams.push_back({message.stream, message.ordered, message.number});
    }
  }
  return tsn - 1;
}

void OutstandingData::drop_all(MessageStore& store, SendQueue& queue) {
  for (; count_ != 0; ++base_, --count_) {
    const MessageIndex index = at(base_).message;
    queue.discard_rest(store, index);
    if (--store[index].outstanding_count == 0) store.remove(index);
  }
  flight_ = lost_count_ = acked_count_ = 0;
}

void OutstandingData::release_memory() {
  if (count_ == 0) ring_ = {};
}

}  // namespace pigeon::sctp
