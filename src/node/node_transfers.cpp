#include <utility>

#include "node/arguments.hpp"
#include "node/node_impl.hpp"
#include "wire/broadcast_part.hpp"
#include "wire/json_writer.hpp"

namespace pigeon::node {

namespace {

transfer::StreamMeta to_meta(const StreamInfo& info) {
  return {.type = info.type,
          .filename = info.filename,
          .mime_type = info.mime_type,
          .total_size = info.total_size,
          .chunk_size = info.chunk_size,
          .resume_token = info.resume_token};
}

bool is_utf8(const StreamInfo& info) {
  return wire::is_utf8(info.type) && wire::is_utf8(info.filename) &&
         wire::is_utf8(info.mime_type) && wire::is_utf8(info.resume_token);
}

StreamInfo to_info(transfer::StreamMeta meta) {
  return {.type = std::move(meta.type),
          .filename = std::move(meta.filename),
          .mime_type = std::move(meta.mime_type),
          .total_size = meta.total_size,
          .chunk_size = meta.chunk_size,
          .resume_token = std::move(meta.resume_token)};
}

StreamId to_id(transfer::StreamKey key) { return StreamId{static_cast<std::uint64_t>(key)}; }
transfer::StreamKey to_key(StreamId id) {
  return transfer::StreamKey{static_cast<std::uint64_t>(id)};
}

NodeError to_node_error(transfer::TransferError error) {
  const auto kind = [error] {
    switch (error) {
      case transfer::TransferError::too_large:
        return NodeErrorKind::too_large;
      case transfer::TransferError::over_window:
      case transfer::TransferError::too_many:
        return NodeErrorKind::busy;
      case transfer::TransferError::not_linked:
        return NodeErrorKind::not_connected;
      case transfer::TransferError::unknown_stream:
      case transfer::TransferError::too_short:
      case transfer::TransferError::ended:
        return NodeErrorKind::bad_argument;
    }
    return NodeErrorKind::bad_argument;
  }();
  return {kind, std::string(to_string(error))};
}

Result<void, NodeError> translated(const Result<void, transfer::TransferError>& result) {
  if (!result) return Unexpected(to_node_error(result.error()));
  return {};
}

NodeError not_linked(const PeerId& peer) {
  return {NodeErrorKind::not_connected,
          "There is no open link with " + peer.to_text() + "; binary data goes to neighbors only."};
}

}  // namespace

// ---- Commands

Result<void, NodeError> Node::Impl::send_binary(const PeerId& to, BytesView data, Now now) {
  const Link* link = links_.find(to);
  if (link == nullptr || !link->is_up) return Unexpected(not_linked(to));
  auto result = translated(transfers_.send_binary(to, data));
  settle(now);
  return result;
}

std::size_t Node::Impl::broadcast_binary(BytesView data, Now now) {
  std::size_t count = 0;
  for (const PeerId& peer : neighbors()) {
    if (transfers_.send_binary(peer, data)) ++count;
  }
  settle(now);
  return count;
}

Result<StreamId, NodeError> Node::Impl::open_stream(const PeerId& to, const StreamInfo& info,
                                                    Now now) {
  const Link* link = links_.find(to);
  if (link == nullptr || !link->is_up) return Unexpected(not_linked(to));
  if (!is_utf8(info)) {
    return Unexpected(bad_argument("The names and types of a stream must be UTF-8."));
  }
  const auto stream = transfers_.open(to, to_meta(info), link->is_capable, now);
  settle(now);
  if (!stream) return Unexpected(to_node_error(stream.error()));
  return to_id(*stream);
}

Result<StreamId, NodeError> Node::Impl::open_broadcast_stream(const StreamInfo& info, Now now) {
  if (!is_utf8(info)) {
    return Unexpected(bad_argument("The names and types of a stream must be UTF-8."));
  }
  if (!info.resume_token.empty()) {
    return Unexpected(bad_argument("A stream to everybody cannot be resumed: no resume_token."));
  }
  const auto stream = transfers_.open_broadcast(self_.id, to_meta(info), now);
  settle(now);
  if (stream) return to_id(*stream);
  if (stream.error() == transfer::TransferError::not_linked) {
    return Unexpected(NodeError{NodeErrorKind::not_connected, "No peer is connected."});
  }
  return Unexpected(to_node_error(stream.error()));
}

Result<void, NodeError> Node::Impl::write_stream(StreamId stream, BytesView data, Now now) {
  auto result = translated(transfers_.write(to_key(stream), data));
  settle(now);
  return result;
}

Result<void, NodeError> Node::Impl::end_stream(StreamId stream, Now now) {
  auto result = translated(transfers_.end(to_key(stream)));
  settle(now);
  return result;
}

Result<void, NodeError> Node::Impl::abort_stream(StreamId stream, std::string_view reason,
                                                 Now now) {
  if (!wire::is_utf8(reason)) return Unexpected(bad_argument("The reason must be UTF-8."));
  auto result = translated(transfers_.abort(to_key(stream), reason));
  settle(now);
  return result;
}

// ---- From neighbors

void Node::Impl::receive_binary(Link& link, BytesView data, Now now) {
  if (!link.is_open) return;
  ++counters_.messages_received;
  if (!link.is_up || !transfers_.receive_binary(link.peer.id, data)) refuse_part(link, now);
}

/// A chunk or a frame that belongs to nothing. Those of streams have no limit of rate, so whoever
/// sends many that do not is cut off.
void Node::Impl::refuse_part(Link& link, Now now) {
  ++counters_.malformed;
  if (link.budget.messages.take(now.monotonic)) return;
  ++counters_.over_rate;
  lose(link, "floods", now);
}

void Node::Impl::take(Link& link, const wire::BinaryHeader& message, Now /*now*/) {
  if (!link.is_up || !transfers_.receive(link.peer.id, message)) ++counters_.malformed;
}
void Node::Impl::take(Link& link, const wire::StreamInit& message, Now now) {
  if (!link.is_up || !transfers_.receive(link.peer.id, message, now)) {
    ++counters_.malformed;
  }
}
void Node::Impl::take(Link& link, const wire::StreamChunk& message, Now now) {
  if (!link.is_up || !transfers_.receive(link.peer.id, message)) refuse_part(link, now);
}
void Node::Impl::take(Link& link, const wire::StreamEnd& message, Now /*now*/) {
  if (!link.is_up || !transfers_.receive(link.peer.id, message)) ++counters_.malformed;
}
void Node::Impl::take(Link& link, const wire::StreamAbort& message, Now now) {
  if (!link.is_up || !transfers_.receive(link.peer.id, message, now)) ++counters_.malformed;
}
void Node::Impl::take(Link& link, const wire::StreamResume& message, Now /*now*/) {
  if (!link.is_up || !transfers_.receive(link.peer.id, message)) ++counters_.malformed;
}

// Whatever comes of them here, the message is passed on.
void Node::Impl::take_stream_part(const wire::GossipMessage& message, const Arrival& arrival,
                                  Now now) {
  // Counted before. Nobody else's bytes get into a stream of a peer that has proven its id.
  if (arrival.is_forged) return;
  const transfer::BroadcastSource source{message.from, arrival.is_verified, arrival.neighbor};
  const auto receive = [&](auto decoded) {
    return decoded && transfers_.receive(source, *std::move(decoded), now);
  };
  const bool is_taken = message.subtype == wire::broadcast_chunk_subtype
                            ? receive(wire::decode_broadcast_chunk(message.content, reader_))
                            : receive(wire::decode_broadcast_control(message.content, reader_));
  if (!is_taken) ++counters_.malformed;
}

// ---- What follows

void Node::Impl::publish_parts(Now now) {
  while (!gate_.is_full()) {
    auto part = transfers_.take_part(now);
    if (!part) return;
    originate({.id = random_.id<MessageId>(),
               .subtype = std::string(part->subtype),
               .content = std::move(part->content),
               .timestamp = now.wall_ms,
               .part = part->number},
              now);
  }
}

void Node::Impl::drain_transfers() {
  for (transfer::TransferEffect& effect : transfers_.take_effects()) {
    std::visit([&](auto& typed) { carry(std::move(typed)); }, effect);
  }
}

void Node::Impl::carry(transfer::TransferText effect) { send(effect.to, std::move(effect.text)); }

void Node::Impl::carry(transfer::TransferBytes effect) {
  const Link* link = links_.find(effect.to);
  if (link != nullptr && link->is_up) out_.add(SendBinary{link->id, std::move(effect.data)});
}

void Node::Impl::carry(const transfer::WantsDrained& effect) {
  Link* link = links_.find(effect.to);
  if (link == nullptr || !link->is_up) return;
  link->wants_drained = true;
  // Of one that has overflowed another mark is waited for first.
  if (!link->stalled_since) out_.add(NotifyDrained{.link = link->id});
}

void Node::Impl::carry(transfer::BinaryArrived effect) {
  ++counters_.delivered;
  out_.emit(BinaryReceived{effect.from, std::move(effect.data)});
}
void Node::Impl::carry(transfer::StreamBegan effect) {
  const Link* link = links_.find(effect.from);
  const bool is_verified =
      effect.is_broadcast ? effect.is_verified : link != nullptr && link->is_verified;
  out_.emit(StreamReceived{.peer = effect.from,
                           .stream = to_id(effect.stream),
                           .info = to_info(std::move(effect.meta)),
                           .offset = effect.offset,
                           .broadcast = effect.is_broadcast,
                           .verified = is_verified});
}
void Node::Impl::carry(transfer::StreamBytes effect) {
  out_.emit(StreamData{effect.from, to_id(effect.stream), std::move(effect.data)});
}
void Node::Impl::carry(const transfer::StreamTakes& effect) {
  out_.emit(StreamWritable{effect.to, to_id(effect.stream), effect.bytes, effect.offset});
}
void Node::Impl::carry(const transfer::StreamEnded& effect) {
  out_.emit(StreamCompleted{effect.peer, to_id(effect.stream), effect.total_bytes});
}
void Node::Impl::carry(transfer::StreamBroken effect) {
  out_.emit(StreamAborted{effect.peer, to_id(effect.stream), std::move(effect.reason)});
}

}  // namespace pigeon::node
