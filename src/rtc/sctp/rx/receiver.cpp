#include "rtc/sctp/rx/receiver.hpp"

#include <algorithm>
#include <utility>

namespace pigeon::sctp {

namespace {

/// What is still offered if the window is full of messages that are not whole, which only the rest
/// of them can free.
constexpr std::uint32_t trickle_bytes = 16'384;

}  // namespace

Receiver::Receiver(WireTsn initial_tsn, const ReceiverOptions& options)
    : options_(options),
      tracker_(initial_tsn, options.tracker),
      reassembly_(options.reassembly),
      offered_window_(options.window_bytes) {}

Receipt Receiver::receive(const DataChunk& chunk) {
  const Tsn tsn = tracker_.unwrap(chunk.tsn);
  const DataTracker::Arrival arrival = tracker_.classify(tsn);
  if (arrival == DataTracker::Arrival::duplicate) {
    tracker_.add_duplicate(tsn);
    ++counters_.duplicates;
    return Receipt::duplicate;
  }
  if (arrival == DataTracker::Arrival::out_of_bounds || !has_room(tsn)) {
    // RFC 9260 section 6.2: the sender hears at once that the window is closed.
    tracker_.request_sack();
    ++counters_.refused;
    return Receipt::no_room;
  }
  const Receipt receipt = reassembly_.receive(tsn, chunk);
  if (receipt != Receipt::taken && receipt != Receipt::invalid_stream) return receipt;
  tracker_.add(tsn);
  reassembly_.advance(tracker_.cumulative());
  if (chunk.immediate) tracker_.request_sack();
  ++counters_.fragments;
  if (pending_reset_) perform_reset_if_due();
  return receipt;
}

bool Receiver::forward(const ForwardTsnChunk& chunk) {
  if (options_.reassembly.interleaved) return false;
  const Tsn tsn = tracker_.unwrap(chunk.cumulative_tsn);
  if (!tracker_.forward(tsn)) return true;
  reassembly_.forward(tsn, chunk.skipped);
  reassembly_.advance(tracker_.cumulative());
  perform_reset_if_due();
  return true;
}

bool Receiver::forward(const IForwardTsnChunk& chunk) {
  if (!options_.reassembly.interleaved) return false;
  if (!tracker_.forward(tracker_.unwrap(chunk.cumulative_tsn))) return true;
  reassembly_.forward(chunk.skipped);
  perform_reset_if_due();
  return true;
}

ReconfigResult Receiver::reset_streams(const OutgoingResetRequest& request) {
  PendingReset reset = {.last_tsn = tracker_.unwrap(request.last_tsn), .streams = {}};
  reset.streams.reserve(request.streams.size());
  for (const StreamId stream : request.streams) reset.streams.push_back(stream);
  pending_reset_ = std::move(reset);
  perform_reset_if_due();
  return pending_reset_ ? ReconfigResult::in_progress : ReconfigResult::performed;
}

std::optional<std::vector<StreamId>> Receiver::take_reset() {
  return std::exchange(performed_reset_, std::nullopt);
}

bool Receiver::write_sack(PacketWriter& packet) {
  const std::uint32_t offered = window();
  if (!tracker_.write_sack(offered, packet)) return false;
  offered_window_ = offered;
  return true;
}

std::optional<ReceivedMessage> Receiver::pop() {
  std::optional<ReceivedMessage> message = reassembly_.pop();
  if (!message) return message;
  ++counters_.messages;
  if (has_window_opened()) tracker_.request_sack();
  return message;
}

std::uint32_t Receiver::window() const {
  const std::size_t used = reassembly_.buffered_bytes();
  const std::size_t all = options_.window_bytes;
  if (used < all) return static_cast<std::uint32_t>(all - used);
  if (reassembly_.has_message() || used >= 2 * all) return 0;
  return static_cast<std::uint32_t>(std::min<std::size_t>(trickle_bytes, 2 * all - used));
}

/// The further a fragment helps, the more is spent on it: what fills a gap makes others whole, and
/// what follows the cumulative TSN must come before anything else can.
bool Receiver::has_room(Tsn tsn) const {
  if (tsn > tracker_.highest()) return window() > 0;
  const std::size_t windows = tsn == tracker_.cumulative() + 1 ? 3 : 2;
  return reassembly_.buffered_bytes() < windows * options_.window_bytes;
}

/// Whether the other side should hear of the window before more data comes: it knows of so little
/// that it may have stopped.
bool Receiver::has_window_opened() const {
  const std::uint32_t now = window();
  if (now <= offered_window_) return false;
  const std::uint32_t gain = now - offered_window_;
  const std::uint32_t quarter = options_.window_bytes / 4;
  const std::uint32_t little = std::min(quarter, trickle_bytes);
  return (offered_window_ < quarter && gain >= quarter) ||
         (offered_window_ < little && gain >= little);
}

void Receiver::perform_reset_if_due() {
  if (!pending_reset_ || pending_reset_->last_tsn > tracker_.cumulative()) return;
  reassembly_.reset_streams(pending_reset_->streams);
  performed_reset_ = std::move(pending_reset_->streams);
  pending_reset_.reset();
}

}  // namespace pigeon::sctp
