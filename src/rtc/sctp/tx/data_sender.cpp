#include "rtc/sctp/tx/data_sender.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.hpp"
#include "rtc/sctp/packet/data_chunk.hpp"
#include "rtc/sctp/packet/forward_tsn_chunk.hpp"
#include "rtc/sctp/packet/tlv.hpp"

namespace pigeon::sctp {

namespace {

/// Streams in one FORWARD-TSN; the rest follows in the next.
constexpr std::size_t skipped_streams_max = 64;
/// Until the same FORWARD-TSN may be said again before the timer asks for it.
constexpr Duration forward_interval_max = 200ms;
/// Fragments that may be unacknowledged: a SACK names one by its distance from the cumulative TSN,
/// in 16 bits (RFC 9260 section 3.3.4).
constexpr std::size_t outstanding_max = 0xffff;
/// A window of so few packets may have its last acknowledgement delayed to no purpose.
constexpr std::size_t small_window_packets = 4;

/// The number that has these low bits, next to `near`.
Tsn unwrap_near(Tsn near, WireTsn low) {
  const auto step = static_cast<std::int32_t>(low - static_cast<WireTsn>(near));
  return near + static_cast<Tsn>(static_cast<std::int64_t>(step));
}

}  // namespace

DataSender::DataSender(DataSenderOptions options, Tsn first, std::size_t packet_max)
    : options_(options),
      outstanding_(first, data_header_size),
      congestion_(options.congestion, packet_max - packet_header_size),
      rtt_(options.rto),
      packet_max_(packet_max) {
  outstanding_.set_packet_size(packet_max);
}

bool DataSender::has_room(std::size_t size) const {
  const std::size_t used = store_.byte_count();
  return used < options_.buffer_max && size + sizeof(OutgoingMessage) <= options_.buffer_max - used;
}

void DataSender::push(OutgoingMessage message) {
  queue_.push(store_, store_.add(std::move(message)));
}

void DataSender::set_features(DataSenderFeatures features) {
  features_ = features;
  queue_.set_interleaving(features.interleaving);
  outstanding_.set_header_size(header_size());
  outstanding_.set_partial_reliability(features.partial_reliability);
}

void DataSender::set_peer_window(std::size_t bytes) {
  peer_window_ = bytes;
  // The other half is for what is whole and waits to be read.
  queue_.set_begun_bytes_max(bytes / 2);
}

void DataSender::set_packet_max(std::size_t size) {
  packet_max_ = size;
  outstanding_.set_packet_size(size);
  congestion_.set_packet_size(size - packet_header_size);
}

std::size_t DataSender::header_size() const {
  return features_.interleaving ? i_data_header_size : data_header_size;
}

void DataSender::write(PacketWriter& packet, Instant now) {
  if (forward_tsn_due_) write_forward_tsn(packet, now);
  if (outstanding_.has_lost()) write_lost(packet, now);
  if (!outstanding_.has_lost()) write_new(packet, now);
  // What was found to be expired on the way is to be skipped.
  if (outstanding_.abandoned_count() != abandoned_noted_) {
    abandoned_noted_ = outstanding_.abandoned_count();
    write_forward_tsn(packet, now);
  }
}

bool DataSender::may_write() const {
  if (forward_tsn_due_) return true;
  if (!congestion_.may_send(outstanding_.flight()) && !fast_retransmit_due_) return false;
  if (outstanding_.has_lost()) return true;
  return !queue_.is_empty() && window_allows(header_size() + 1);
}

void DataSender::write_forward_tsn(PacketWriter& packet, Instant now) {
  const std::size_t item_size = features_.interleaving ? 8 : 4;
  constexpr std::size_t fixed_size = 8;
  forward_tsn_due_ = true;
  if (packet.room_left() < fixed_size + item_size) return;
  const std::size_t streams_max =
      std::min(skipped_streams_max, (packet.room_left() - fixed_size) / item_size);
  const Tsn point = outstanding_.advanced_point(store_, streams_max, abandoned_streams_);
  forward_tsn_due_ = false;
  if (point == outstanding_.cumulative()) return;
  // Every one is answered by a SACK: if each of these brought forth another, they would multiply.
  if (point <= forwarded_ && now < forward_again_at_) return;
  forwarded_ = point;
  forward_again_at_ =
      now + std::min(forward_interval_max, rtt_.smoothed().value_or(forward_interval_max));
  bool written = false;
  std::size_t count = 0;
  if (features_.interleaving) {
    std::array<SkippedMid, skipped_streams_max> skipped;
    for (const AbandonedStream& one : abandoned_streams_) {
      skipped[count++] = {one.stream, !one.ordered, one.number};
    }
    written =
        encode(IForwardTsnChunk{.cumulative_tsn = static_cast<WireTsn>(point),
                                .skipped = std::span<const SkippedMid>(skipped.data(), count)},
               packet);
  } else {
    std::array<SkippedSsn, skipped_streams_max> skipped;
    for (const AbandonedStream& one : abandoned_streams_) {
      // Unordered messages have no number (RFC 3758 section 3.2).
      if (one.ordered) skipped[count++] = {one.stream, static_cast<Ssn>(one.number)};
    }
    written = encode(ForwardTsnChunk{.cumulative_tsn = static_cast<WireTsn>(point),
                                     .skipped = std::span<const SkippedSsn>(skipped.data(), count)},
                     packet);
  }
  PIGEON_ASSERT(written);
}

std::size_t DataSender::oversized_packet(Instant now) {
  if (!outstanding_.has_lost()) return 0;
  const auto tsn = outstanding_.next_lost(store_, queue_, now);
  if (!tsn) return 0;
  const std::size_t size =
      packet_header_size + header_size() + padded(outstanding_.record(*tsn).size);
  return size > packet_max_ ? size : 0;
}

void DataSender::write_lost(PacketWriter& packet, Instant now) {
  const bool ignores_window = std::exchange(fast_retransmit_due_, false);
  while (const auto tsn = outstanding_.next_lost(store_, queue_, now)) {
    if (!ignores_window && !congestion_.may_send(outstanding_.flight())) break;
    // The timer runs anew if what the peer waits for is sent again (RFC 9260 section 7.2.4, 4).
    const bool is_first = *tsn == outstanding_.cumulative() + 1;
    if (!append_chunk(packet, *tsn, should_ask_for_sack())) {
      fast_retransmit_due_ = ignores_window && packet.empty();
      break;
    }
    probe_.sent_again(*tsn);
    outstanding_.resend(*tsn);
    ++counters_.chunks_resent;
    if (is_first || retransmit_at_ == Instant::max()) restart_timer(now);
  }
}

void DataSender::write_new(PacketWriter& packet, Instant now) {
  if (queue_.is_empty()) return;
  if (outstanding_.flight() == 0 && last_sent_ != Instant::max() && now - last_sent_ > rtt_.rto()) {
    congestion_.was_idle();
  }
  congestion_.limit_burst(outstanding_.flight());
  while (congestion_.may_send(outstanding_.flight()) && queue_.prepare(store_, now)) {
    const OutgoingMessage& message = store_[queue_.current()];
    if (now >= message.expires && outstanding_.may_abandon()) {
      outstanding_.abandon(store_, queue_, queue_.current());
      if (retransmit_at_ == Instant::max()) restart_timer(now);
      continue;
    }
    if (packet.room_left() <= header_size()) break;
    if (outstanding_.size() >= outstanding_max) break;
    const std::size_t room = packet.room_left() - header_size();
    // Only what is left of a packet with other chunks is too little to cut a message for.
    if (message.remaining() > room && 2 * room < payload_max()) break;
    if (!window_allows(std::min(message.remaining(), room) + header_size())) break;
    if (!write_fragment(packet, room, now)) break;
  }
}

bool DataSender::write_fragment(PacketWriter& packet, std::size_t size_max, Instant now) {
  const Tsn tsn = outstanding_.add(store_, queue_.cut(store_, size_max));
  const bool written = append_chunk(packet, tsn, should_ask_for_sack());
  PIGEON_ASSERT(written);
  probe_.sent(tsn, now);
  ++counters_.chunks_sent;
  last_sent_ = now;
  if (retransmit_at_ == Instant::max()) restart_timer(now);
  return written;
}

bool DataSender::append_chunk(PacketWriter& packet, Tsn tsn, bool immediate) {
  const OutstandingData::Record& record = outstanding_.record(tsn);
  const OutgoingMessage& message = store_[record.message];
  return encode(
      DataChunk{.interleaved = features_.interleaving,
                .immediate = immediate,
                .unordered = !message.ordered,
                .beginning = record.is_first,
                .ending = record.is_last,
                .tsn = static_cast<WireTsn>(tsn),
                .stream = message.stream,
                .message = message.number,
                .fragment = record.fsn,
                .ppid = message.ppid,
                .payload = BytesView(message.payload).subspan(record.offset, record.size)},
      packet);
}

/// Whether the peer has room for a chunk. One may always be in flight: it probes a window that is
/// closed (RFC 9260 section 6.1, rule A).
bool DataSender::window_allows(std::size_t chunk_size) const {
  const std::size_t flight = outstanding_.flight();
  return flight == 0 || flight + chunk_size <= peer_window_;
}

/// RFC 7053 section 4: the sender can go on only with an acknowledgement, and what is in flight is
/// so little that the receiver might wait for a second packet.
bool DataSender::should_ask_for_sack() const {
  return congestion_.window() <= small_window_packets * packet_max_ &&
         !congestion_.may_send(outstanding_.flight());
}

DataSender::Progress DataSender::receive_sack(const SackChunk& sack, Instant now) {
  const Tsn cumulative = unwrap_near(outstanding_.cumulative(), sack.cumulative_tsn);
  Progress progress = take_in(cumulative, sack.gaps, now);
  if (progress.fault != SackFault::none) return progress;
  const bool was_closed = std::exchange(peer_window_, sack.window) == 0;
  if (was_closed && sack.window != 0) window_opened(now);
  // Its closed window is why it takes nothing, not its death.
  if (sack.window == 0) progress.is_alive = true;
  return progress;
}

void DataSender::window_opened(Instant now) {
  // More than a packet was sent before the window closed, and may still arrive.
  if (outstanding_.flight() > packet_max_) return;
  probe_.cancel();
  outstanding_.lose_all(store_, queue_, now);
  if (outstanding_.front_abandoned()) forward_tsn_due_ = true;
}

DataSender::Progress DataSender::receive_cumulative(WireTsn cumulative, Instant now) {
  return take_in(unwrap_near(outstanding_.cumulative(), cumulative), std::nullopt, now);
}

DataSender::Progress DataSender::take_in(Tsn cumulative,
                                         const std::optional<ItemList<GapBlock>>& gaps,
                                         Instant now) {
  const std::size_t flight_before = outstanding_.flight();
  const auto result = outstanding_.receive_sack(store_, queue_, cumulative, gaps,
                                                congestion_.in_fast_recovery(), probe_.tsn(), now);
  if (result.fault == SackFault::stale) ++counters_.stale_sacks;
  if (result.fault == SackFault::invalid) ++counters_.invalid_sacks;
  if (result.fault != SackFault::none) return {.fault = result.fault};
  if (result.watched_acked) rtt_.measure(probe_.finish(now));
  if (probe_.tsn() && *probe_.tsn() <= cumulative) probe_.cancel();
  congestion_.acked({.bytes = result.acked_bytes,
                     .flight_before = flight_before,
                     .advanced = result.advanced,
                     .cumulative = cumulative,
                     .all_acked = outstanding_.is_empty()});
  if (result.found_lost && congestion_.lost(outstanding_.next() - 1)) {
    ++counters_.fast_recoveries;
    fast_retransmit_due_ = true;
  }
  if (outstanding_.is_empty()) {
    retransmit_at_ = Instant::max();
  } else if (result.advanced || retransmit_at_ == Instant::max()) {
    restart_timer(now);
  }
  // RFC 3758 section 3.5, C3.
  if (outstanding_.front_abandoned()) forward_tsn_due_ = true;
  return {.is_alive = result.acked_bytes != 0 || result.advanced};
}

bool DataSender::handle_timeout(Instant now) {
  if (now < retransmit_at_) return false;
  ++counters_.timeouts;
  rtt_.back_off();
  congestion_.timed_out();
  probe_.cancel();
  outstanding_.lose_all(store_, queue_, now);
  if (outstanding_.front_abandoned()) forward_tsn_due_ = true;
  fast_retransmit_due_ = false;
  restart_timer(now);
  return true;
}

void DataSender::restart_timer(Instant now) { retransmit_at_ = now + rtt_.rto(); }

void DataSender::restart(Tsn first) {
  outstanding_.drop_all(store_, queue_);
  OutstandingData fresh(first, header_size());
  fresh.set_packet_size(packet_max_);
  fresh.set_partial_reliability(features_.partial_reliability);
  outstanding_ = std::move(fresh);
  congestion_ = CongestionControl(options_.congestion, packet_max_ - packet_header_size);
  rtt_ = RttEstimator(options_.rto);
  probe_.cancel();
  queue_.restart(store_);
  retransmit_at_ = last_sent_ = Instant::max();
  fast_retransmit_due_ = forward_tsn_due_ = false;
  forwarded_ = 0;
  abandoned_noted_ = 0;
}

void DataSender::release_memory() {
  outstanding_.release_memory();
  store_.release_memory();
}

}  // namespace pigeon::sctp
