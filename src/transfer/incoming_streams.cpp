#include "transfer/incoming_streams.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace pigeon::transfer {

namespace {

/// Tells the sender, unless it is one that does not read.
void send_abort(std::string_view id, std::string_view reason, Line& line, Shared& shared) {
  line.closed.insert(id, shared.hash);
  if (line.channel.waiting_bytes() >= shared.options.channel_bytes_max) return;
  line.channel.send_text(wire::encode(wire::StreamAbort{id, reason}), shared.effects);
}

/// Why a stream cannot be taken; empty if it can.
std::string_view refusal(const wire::StreamInit& init, std::size_t open_count, const Line& line,
                         const TransferOptions& options) {
  if (open_count >= options.streams_per_peer_max) return "too many streams";
  if (line.channel.waiting_bytes() >= options.channel_bytes_max) return "nobody reads the answers";
  const bool is_bounded = options.stream_bytes_max != 0;
  if (is_bounded && init.total_size.value_or(0) > options.stream_bytes_max) return "too large";
  return {};
}

StreamMeta meta_of(const wire::StreamInit& init) {
  return {.type = std::string(init.type),
          .filename = std::string(init.filename),
          .mime_type = std::string(init.mime_type),
          .total_size = init.total_size,
          .chunk_size = static_cast<std::size_t>(
              std::clamp<std::uint64_t>(init.chunk_size, chunk_size_min, chunk_size_max)),
          .resume_token = std::string(init.resume_token)};
}

}  // namespace

bool IncomingStreams::begin(const wire::StreamInit& init, Line& line, Shared& shared, Now now) {
  if (keys_.contains(init.stream)) return false;
  const std::string_view reason = refusal(init, streams_.size(), line, shared.options);
  if (!reason.empty()) {
    send_abort(init.stream, reason, line, shared);
    return false;
  }
  line.closed.erase(init.stream, shared.hash);
  const StreamKey key = shared.keys.issue(line.peer());
  Stream stream{.id = std::string(init.stream),
                .resume_token = std::string(init.resume_token),
                .total_size = init.total_size};
  if (!stream.resume_token.empty()) {
    stream.received =
        shared.resumable.take({line.peer(), stream.resume_token, init.total_size}, now.monotonic);
    stream.announced = stream.received;
    line.channel.send_text(wire::encode(wire::StreamResume{init.stream, stream.received}),
                           shared.effects);
  }
  shared.effects.emplace_back(StreamBegan{line.peer(), key, meta_of(init), stream.received});
  keys_.emplace(stream.id, key);
  streams_.emplace(key, std::move(stream));
  return true;
}

bool IncomingStreams::announce(const wire::StreamChunk& chunk, Line& line, Shared& shared) {
  const std::uint64_t size = chunk.is_binary ? chunk.size : chunk.data.size();
  const auto at = find(chunk.stream);
  if (at == streams_.end()) {
    if (chunk.is_binary) line.announced.push_unwanted();
    return line.closed.contains(chunk.stream, shared.hash);
  }
  Stream& stream = at->second;
  std::uint64_t room = std::numeric_limits<std::uint64_t>::max();
  if (stream.total_size) room = *stream.total_size;
  if (shared.options.stream_bytes_max != 0) room = std::min(room, shared.options.stream_bytes_max);
  std::string_view fault;
  if (chunk.index != stream.next_index) fault = "a chunk is missing";
  if (size > shared.options.binary_bytes_max) fault = "a chunk is too large";
  if (size > room - std::min(room, stream.announced)) fault = "more bytes than were stated";
  if (!chunk.is_binary && stream.frames_due > 0) fault = "a chunk before its turn";
  if (!fault.empty()) {
    if (chunk.is_binary) line.announced.push_unwanted();
    return violate(at, fault, line, shared);
  }
  ++stream.next_index;
  stream.announced += size;
  if (!chunk.is_binary) {
    deliver(at, chunk.data, line, shared);
    return true;
  }
  ++stream.frames_due;
  if (line.announced.push({AnnouncedFrame::Kind::chunk, at->first, size})) return true;
  return violate(at, "too many chunks announced", line, shared);
}

bool IncomingStreams::receive(const AnnouncedFrame& frame, BytesView data, Line& line,
                              Shared& shared) {
  const auto at = streams_.find(frame.stream);
  // It has ended since the header came, and that was told.
  if (at == streams_.end()) return true;
  --at->second.frames_due;
  if (data.size() != frame.size) return violate(at, "a chunk of another size", line, shared);
  deliver(at, data, line, shared);
  return true;
}

bool IncomingStreams::end(const wire::StreamEnd& message, Line& line, Shared& shared) {
  const auto at = find(message.stream);
  if (at == streams_.end()) return line.closed.contains(message.stream, shared.hash);
  const Stream& stream = at->second;
  if (stream.frames_due > 0 || message.total_chunks != stream.next_index) {
    return violate(at, "chunks are missing", line, shared);
  }
  if (stream.received < stream.total_size.value_or(0)) {
    return violate(at, "fewer bytes than were stated", line, shared);
  }
  shared.effects.emplace_back(StreamEnded{line.peer(), at->first, stream.received});
  erase(at, shared);
  return true;
}

bool IncomingStreams::abort(const wire::StreamAbort& message, Line& line, Shared& shared, Now now) {
  const auto at = find(message.stream);
  if (at == streams_.end()) return false;
  interrupt(at, first_bytes(message.reason, reason_bytes_max), line, shared, now);
  return true;
}

void IncomingStreams::abort(StreamKey key, std::string_view reason, Line& line, Shared& shared) {
  const auto at = streams_.find(key);
  if (at == streams_.end()) return;
  send_abort(at->second.id, reason, line, shared);
  erase(at, shared);
}

void IncomingStreams::link_closed(Line& line, Shared& shared, Now now) {
  while (!streams_.empty()) interrupt(streams_.begin(), "the link is over", line, shared, now);
}

IncomingStreams::Streams::iterator IncomingStreams::find(std::string_view id) {
  const auto found = keys_.find(id);
  return found == keys_.end() ? streams_.end() : streams_.find(found->second);
}

void IncomingStreams::deliver(Streams::iterator at, BytesView data, Line& line, Shared& shared) {
  if (data.empty()) return;
  at->second.received += data.size();
  shared.effects.emplace_back(StreamBytes{line.peer(), at->first, Bytes(data.begin(), data.end())});
}

bool IncomingStreams::violate(Streams::iterator at, std::string_view reason, Line& line,
                              Shared& shared) {
  send_abort(at->second.id, reason, line, shared);
  shared.effects.emplace_back(StreamBroken{line.peer(), at->first, std::string(reason)});
  erase(at, shared);
  return false;
}

void IncomingStreams::interrupt(Streams::iterator at, std::string_view reason, Line& line,
                                Shared& shared, Now now) {
  Stream& stream = at->second;
  if (!stream.resume_token.empty() && stream.received > 0) {
    shared.resumable.remember({line.peer(), std::move(stream.resume_token), stream.total_size},
                              stream.received, now.monotonic);
  }
  shared.effects.emplace_back(StreamBroken{line.peer(), at->first, std::string(reason)});
  erase(at, shared);
}

void IncomingStreams::erase(Streams::iterator at, Shared& shared) {
  shared.keys.retire(at->first);
  keys_.erase(at->second.id);
  streams_.erase(at);
}

}  // namespace pigeon::transfer
