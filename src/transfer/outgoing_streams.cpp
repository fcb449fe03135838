#include "transfer/outgoing_streams.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "transfer/stream_meta.hpp"

namespace pigeon::transfer {

Result<StreamKey, TransferError> OutgoingStreams::open(StreamMeta meta, bool answers, Line& line,
                                                       Shared& shared, Now now) {
  if (!fits(meta)) return Unexpected(TransferError::too_large);
  if (streams_.size() >= shared.options.streams_per_peer_max) {
    return Unexpected(TransferError::too_many);
  }
  if (line.channel.waiting_bytes() >= shared.options.channel_bytes_max) {
    return Unexpected(TransferError::over_window);
  }
  meta.chunk_size = std::clamp(meta.chunk_size, chunk_size_min, chunk_size_max);
  if (!answers) meta.resume_token.clear();
  const StreamKey key = shared.keys.issue(line.peer());
  const auto at = streams_.emplace(key, Stream{.meta = std::move(meta)}).first;
  Stream& stream = at->second;
  send_init(stream, line, shared, now);
  if (stream.meta.resume_token.empty()) {
    begin(at, 0, line, shared);
  } else {
    stream.waits_for_answer = true;
    shared.answers_due.schedule(now.monotonic + shared.options.resume_wait, key);
  }
  return key;
}

Result<void, TransferError> OutgoingStreams::write(StreamKey key, BytesView data, Line& line,
                                                   Shared& shared) {
  Stream& stream = streams_.at(key);
  if (stream.ends_when_answered) return Unexpected(TransferError::ended);
  if (stream.meta.total_size && data.size() > *stream.meta.total_size - stream.position) {
    return Unexpected(TransferError::too_large);
  }
  if (data.size() > stream.credit) return Unexpected(TransferError::over_window);
  if (line.channel.waiting_bytes() >= shared.options.channel_bytes_max) {
    stream.was_refused = true;
    return Unexpected(TransferError::over_window);
  }
  stream.credit -= data.size();
  stream.position += data.size();
  while (!data.empty()) {
    const BytesView chunk = data.first(std::min(data.size(), stream.meta.chunk_size));
    line.channel.send_text(wire::encode(wire::StreamChunk{.stream = stream.id,
                                                          .index = stream.chunk_count,
                                                          .size = chunk.size(),
                                                          .is_binary = true}),
                           shared.effects);
    line.channel.send_bytes(chunk, shared.effects);
    ++stream.chunk_count;
    data = data.subspan(chunk.size());
  }
  if (stream.credit <= share(shared) / 2) line.channel.want_drained(shared.effects);
  return {};
}

Result<void, TransferError> OutgoingStreams::end(StreamKey key, Line& line, Shared& shared) {
  const auto at = streams_.find(key);
  Stream& stream = at->second;
  if (stream.ends_when_answered) return Unexpected(TransferError::ended);
  if (stream.position < stream.meta.total_size.value_or(0)) {
    return Unexpected(TransferError::too_short);
  }
  if (stream.waits_for_answer) {
    stream.ends_when_answered = true;
    return {};
  }
  finish(at, line, shared);
  return {};
}

void OutgoingStreams::abort(StreamKey key, std::string_view reason, Line& line, Shared& shared) {
  const auto at = streams_.find(key);
  const wire::StreamAbort message{at->second.id, first_bytes(reason, reason_bytes_max)};
  line.channel.send_text(wire::encode(message), shared.effects);
  close(at, line, shared);
}

bool OutgoingStreams::resume(const wire::StreamResume& message, Line& line, Shared& shared) {
  const auto at = find(message.stream);
  if (at == streams_.end()) return line.closed.contains(message.stream, shared.hash);
  const Stream& stream = at->second;
  if (!stream.waits_for_answer) return false;
  if (stream.meta.total_size && message.offset > *stream.meta.total_size) return false;
  begin(at, message.offset, line, shared);
  return true;
}

bool OutgoingStreams::abort(const wire::StreamAbort& message, Line& line, Shared& shared) {
  const auto at = find(message.stream);
  if (at == streams_.end()) return line.closed.contains(message.stream, shared.hash);
  shared.effects.emplace_back(StreamBroken{
      line.peer(), at->first, std::string(first_bytes(message.reason, reason_bytes_max))});
  close(at, line, shared);
  return true;
}

void OutgoingStreams::drained(const Line& line, Shared& shared) {
  const std::size_t full = share(shared);
  for (auto& [key, stream] : streams_) {
    if (stream.waits_for_answer) continue;
    if (stream.credit > full / 2 && !stream.was_refused) continue;
    const std::size_t more = full - std::min(full, stream.credit);
    // What may be written already comes before.
    const std::uint64_t offset = stream.position + stream.credit;
    stream.credit += more;
    stream.was_refused = false;
    shared.effects.emplace_back(StreamTakes{line.peer(), key, more, offset});
  }
}

void OutgoingStreams::begin_without_answer(StreamKey key, Line& line, Shared& shared, Now now) {
  const auto at = streams_.find(key);
  if (at == streams_.end() || !at->second.waits_for_answer) return;
  Stream& stream = at->second;
  // A receiver that answers now would begin somewhere else, so it is given another stream.
  line.channel.send_text(wire::encode(wire::StreamAbort{stream.id, "no answer where to begin"}),
                         shared.effects);
  line.closed.insert(stream.id, shared.hash);
  stream.meta.resume_token.clear();
  send_init(stream, line, shared, now);
  begin(at, 0, line, shared);
}

void OutgoingStreams::link_closed(const Line& line, Shared& shared) {
  for (const auto& [key, stream] : streams_) {
    shared.effects.emplace_back(StreamBroken{line.peer(), key, "the link is over"});
    shared.keys.retire(key);
  }
  streams_.clear();
}

OutgoingStreams::Streams::iterator OutgoingStreams::find(std::string_view id) {
  return std::find_if(streams_.begin(), streams_.end(),
                      [&](const auto& entry) { return entry.second.id == id; });
}

std::size_t OutgoingStreams::share(const Shared& shared) const {
  return std::max(shared.options.window / std::max<std::size_t>(streams_.size(), 1),
                  chunk_size_min);
}

void OutgoingStreams::send_init(Stream& stream, Line& line, Shared& shared, Now now) {
  do {
    stream.id = make_stream_id('-', shared.random, now);
  } while (line.closed.contains(stream.id, shared.hash));
  const wire::StreamInit init{.stream = stream.id,
                              .type = stream.meta.type,
                              .filename = stream.meta.filename,
                              .mime_type = stream.meta.mime_type,
                              .total_size = stream.meta.total_size,
                              .chunk_size = stream.meta.chunk_size,
                              .resume_token = stream.meta.resume_token};
  line.channel.send_text(wire::encode(init, now.wall_ms), shared.effects);
}

void OutgoingStreams::begin(Streams::iterator at, std::uint64_t offset, Line& line,
                            Shared& shared) {
  Stream& stream = at->second;
  stream.waits_for_answer = false;
  stream.position = offset;
  if (stream.ends_when_answered) {
    finish(at, line, shared);
    return;
  }
  stream.credit = share(shared);
  shared.effects.emplace_back(StreamTakes{line.peer(), at->first, stream.credit, offset});
}

void OutgoingStreams::finish(Streams::iterator at, Line& line, Shared& shared) {
  const Stream& stream = at->second;
  line.channel.send_text(wire::encode(wire::StreamEnd{stream.id, stream.chunk_count}),
                         shared.effects);
  shared.effects.emplace_back(StreamEnded{line.peer(), at->first, stream.position});
  close(at, line, shared);
}

void OutgoingStreams::close(Streams::iterator at, Line& line, Shared& shared) {
  line.closed.insert(at->second.id, shared.hash);
  shared.keys.retire(at->first);
  streams_.erase(at);
}

}  // namespace pigeon::transfer
