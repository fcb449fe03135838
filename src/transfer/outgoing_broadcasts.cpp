#include "transfer/outgoing_broadcasts.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "transfer/stream_meta.hpp"
#include "wire/broadcast_part.hpp"

namespace pigeon::transfer {

namespace {

/// What a message counts for besides its bytes.
constexpr std::size_t message_cost = 8'192;
/// How far the rate may be exceeded for a moment.
constexpr Duration burst = 100ms;

wire::BroadcastMetadata metadata_of(const StreamMeta& meta) {
  return {meta.type, meta.filename, meta.mime_type, meta.total_size};
}

}  // namespace

Result<StreamKey, TransferError> OutgoingBroadcasts::open(StreamMeta meta, const PeerId& self,
                                                          Shared& shared, Now now) {
  if (!fits(meta)) return Unexpected(TransferError::too_large);
  if (streams_.size() >= options_.streams_max) return Unexpected(TransferError::too_many);
  meta.chunk_size = std::clamp(meta.chunk_size, std::min(chunk_size_min, options_.chunk_size_max),
                               options_.chunk_size_max);
  const StreamKey key = shared.keys.issue();
  Stream& stream = streams_
                       .emplace(key, Stream{.self = self,
                                            .id = make_stream_id('_', shared.random, now),
                                            .meta = std::move(meta),
                                            .timestamp = now.wall_ms})
                       .first->second;
  stream.credit = share();
  shared.effects.emplace_back(StreamTakes{self, key, stream.credit, 0});
  return key;
}

Result<void, TransferError> OutgoingBroadcasts::write(StreamKey key, BytesView data) {
  Stream& stream = streams_.at(key);
  if (stream.state != State::open) return Unexpected(TransferError::ended);
  if (stream.meta.total_size && data.size() > *stream.meta.total_size - stream.position) {
    return Unexpected(TransferError::too_large);
  }
  if (data.size() > stream.credit) return Unexpected(TransferError::over_window);
  const std::size_t chunk_size = stream.meta.chunk_size;
  const std::size_t count = (data.size() + chunk_size - 1) / chunk_size;
  if (queue_.size() + count > options_.parts_max) {
    stream.was_refused = true;
    return Unexpected(TransferError::over_window);
  }
  stream.credit -= data.size();
  stream.waiting += data.size();
  stream.position += data.size();
  while (!data.empty()) {
    const BytesView chunk = data.first(std::min(data.size(), chunk_size));
    queue_.push_back({key, Step::chunk, Bytes(chunk.begin(), chunk.end()), {}});
    data = data.subspan(chunk.size());
  }
  return {};
}

Result<void, TransferError> OutgoingBroadcasts::end(StreamKey key) {
  Stream& stream = streams_.at(key);
  if (stream.state != State::open) return Unexpected(TransferError::ended);
  if (stream.position < stream.meta.total_size.value_or(0)) {
    return Unexpected(TransferError::too_short);
  }
  // Peers of upstream know nothing of a stream without a chunk.
  if (stream.position == 0) queue_.push_back({key, Step::chunk, {}, {}});
  queue_.push_back({key, Step::end, {}, {}});
  stream.state = State::ending;
  return {};
}

void OutgoingBroadcasts::abort(StreamKey key, std::string_view reason, Shared& shared) {
  Stream& stream = streams_.at(key);
  std::erase_if(queue_, [key](const Waiting& waiting) { return waiting.stream == key; });
  const bool is_at_end =
      publishing_ && publishing_->stream == key && publishing_->step == Step::end;
  stream.state = State::aborting;
  if (stream.chunk_count == 0) {
    // Nobody has heard of it.
    erase(key, shared);
  } else if (!is_at_end) {
    queue_.push_back({key, Step::abort, {}, std::string(first_bytes(reason, reason_bytes_max))});
  }
  give_credit(shared);
}

void OutgoingBroadcasts::abort_all(std::string_view reason, Shared& shared) {
  while (!streams_.empty()) {
    const auto& [key, stream] = *streams_.begin();
    if (stream.state != State::aborting) {
      shared.effects.emplace_back(StreamBroken{stream.self, key, std::string(reason)});
    }
    erase(key, shared);
  }
  queue_.clear();
  publishing_.reset();
  undrained_.clear();
  retry_at_ = Instant::max();
}

bool OutgoingBroadcasts::contains(StreamKey key) const {
  const auto found = streams_.find(key);
  return found != streams_.end() && found->second.state != State::aborting;
}

std::optional<BroadcastPart> OutgoingBroadcasts::take_part(Shared& shared, Now now) {
  retry_at_ = Instant::max();
  if (publishing_ || queue_.empty()) return std::nullopt;
  const Instant held = held_until(now);
  if (held > now.monotonic) {
    retry_at_ = held;
    return std::nullopt;
  }
  const Waiting waiting = std::move(queue_.front());
  queue_.pop_front();
  const auto at = streams_.find(waiting.stream);
  BroadcastPart part = make_part(waiting, at->second);
  at->second.waiting -= waiting.data.size();
  give_credit(shared);
  return part;
}

BroadcastPart OutgoingBroadcasts::make_part(const Waiting& waiting, Stream& stream) {
  publishing_ = Publishing{++last_number_, waiting.stream, waiting.step};
  const wire::BroadcastMetadata metadata = metadata_of(stream.meta);
  if (waiting.step == Step::end) {
    const wire::BroadcastEnd end{stream.id, stream.chunk_count, stream.position, metadata};
    return {last_number_, wire::broadcast_control_subtype,
            wire::encode_content(end, stream.timestamp)};
  }
  if (waiting.step == Step::abort) {
    const wire::BroadcastAbort abort{stream.id, waiting.reason, metadata};
    return {last_number_, wire::broadcast_control_subtype,
            wire::encode_content(abort, stream.timestamp)};
  }
  wire::BroadcastChunk chunk{.stream = stream.id,
                             .index = stream.chunk_count++,
                             .data = waiting.data,
                             .total_size = stream.meta.total_size};
  if (chunk.index == 0) chunk.metadata = metadata;
  return {last_number_, wire::broadcast_chunk_subtype,
          wire::encode_content(chunk, stream.timestamp)};
}

void OutgoingBroadcasts::sent_to(const PeerId& neighbor, std::size_t bytes, Now now) {
  Undrained& undrained =
      undrained_.try_emplace(neighbor, Undrained{.begin = now.monotonic}).first->second;
  if (undrained.bytes == 0) undrained.since = now.monotonic;
  undrained.bytes += bytes;
}

void OutgoingBroadcasts::drained(const PeerId& neighbor, Now now) {
  const auto found = undrained_.find(neighbor);
  if (found == undrained_.end()) return;
  Undrained& undrained = found->second;
  if (now.monotonic - undrained.begin >= options_.stall_period) {
    undrained_.erase(found);
    return;
  }
  if (undrained.bytes > options_.channel_bytes_max) {
    undrained.held += now.monotonic - undrained.since;
  }
  undrained.bytes = 0;
}

void OutgoingBroadcasts::published(std::uint64_t number, std::size_t bytes, Shared& shared,
                                   Now now) {
  if (!publishing_ || publishing_->number != number) return;
  const Publishing done = *std::exchange(publishing_, std::nullopt);
  const auto cost = static_cast<std::int64_t>(bytes + message_cost);
  paid_at_ =
      std::max(paid_at_, now.monotonic) + Duration(cost * 1'000'000 / options_.bytes_per_second);
  const auto at = streams_.find(done.stream);
  if (at == streams_.end() || done.step == Step::chunk) return;
  const Stream& stream = at->second;
  if (stream.state == State::ending) {
    shared.effects.emplace_back(StreamEnded{stream.self, done.stream, stream.position});
  }
  erase(done.stream, shared);
}

void OutgoingBroadcasts::handle_timeout(Now now) {
  if (retry_at_ <= now.monotonic) retry_at_ = Instant::max();
}

std::size_t OutgoingBroadcasts::share() const {
  return std::max(chunk_size_min, options_.window / streams_.size());
}

Instant OutgoingBroadcasts::held_until(Now now) const {
  Instant until = paid_at_ - burst;
  for (const auto& [neighbor, undrained] : undrained_) {
    if (undrained.bytes <= options_.channel_bytes_max) continue;
    const Instant given_up = undrained.since + options_.stall_max - undrained.held;
    if (given_up > now.monotonic) until = std::max(until, given_up);
  }
  return until;
}

void OutgoingBroadcasts::give_credit(Shared& shared) {
  for (auto& [key, stream] : streams_) give_credit(key, stream, shared);
}

void OutgoingBroadcasts::give_credit(StreamKey key, Stream& stream, Shared& shared) const {
  if (stream.state != State::open) return;
  const std::size_t full = share();
  const std::size_t more = full - std::min(full, stream.credit + stream.waiting);
  const bool may_retry = stream.was_refused && queue_.size() <= options_.parts_max / 2;
  if (more < full / 2 && !may_retry) return;
  // What may be written already comes before.
  const std::uint64_t offset = stream.position + stream.credit;
  stream.credit += more;
  stream.was_refused = false;
  shared.effects.emplace_back(StreamTakes{stream.self, key, more, offset});
}

void OutgoingBroadcasts::erase(StreamKey key, Shared& shared) {
  shared.keys.retire(key);
  streams_.erase(key);
}

}  // namespace pigeon::transfer
