#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "wire/field_reader.hpp"
#include "wire/peer_envelope.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

namespace {

using Decoded = Result<PeerMessage, WireError>;

template <class Message>
Decoded widened(Result<Message, WireError> message) {
  if (!message) return Unexpected(message.error());
  return PeerMessage(std::move(*message));
}

Decoded decode_eviction(const PeerEnvelope& envelope, JsonReader& reader) {
  // However long the reason is, the link will be closed.
  const std::string_view reason = reader.unescaped(envelope.reason);
  return PeerMessage(Eviction{first_bytes(reason, reason_bytes_max)});
}

Decoded decode_ping(const PeerEnvelope& envelope, JsonReader& reader) {
  FieldReader fields(reader);
  const ChannelPing ping{.timestamp = fields.time(envelope.timestamp)};
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return PeerMessage(ping);
}

Decoded decode_internal(const PeerEnvelope& envelope, JsonReader& reader) {
  if (envelope.type == "signaling-relay" || envelope.type == "cross-bootstrap-signaling") {
    return widened(decode_relayed_signal(envelope, reader));
  }
  return widened(decode_notice(envelope, reader));
}

Decoded decode_frame_header(const PeerEnvelope& envelope, JsonReader& reader) {
  const std::string_view type = envelope.type;
  if (type == "__BINARY__") return widened(decode_binary_header(envelope, reader));
  if (type == "__STREAM_CHUNK__") return widened(decode_stream_chunk(envelope, reader));
  if (type == "__STREAM_INIT__") return widened(decode_stream_init(envelope, reader));
  if (type == "__STREAM_END__") return widened(decode_stream_end(envelope, reader));
  if (type == "__STREAM_ABORT__") return widened(decode_stream_abort(envelope, reader));
  if (type == "__STREAM_RESUME__") return widened(decode_stream_resume(envelope, reader));
  return PeerMessage(UnknownPeerMessage{});
}

Decoded decode_typed(const PeerEnvelope& envelope, JsonReader& reader) {
  const std::string_view type = envelope.type;
  if (type == "gossip") return widened(decode_gossip(envelope, reader));
  if (type.starts_with("__")) {
    auto header = decode_frame_header(envelope, reader);
    if (!header || !std::holds_alternative<UnknownPeerMessage>(*header)) return header;
  }
  if (type == "signaling") return widened(decode_wrapped_signal(envelope, reader));
  if (type == "eviction") return decode_eviction(envelope, reader);
  if (type == "dht") return PeerMessage(DhtMessage{envelope.whole.raw});
  if (type == "renegotiation-offer" || type == "renegotiation-answer") {
    return widened(decode_bare_signal(envelope, reader));
  }
  if (is_internal_type(type)) return decode_internal(envelope, reader);
  // Upstream tries whatever else as gossip (5.1); 0.1.1 sends some without a type.
  if (envelope.has_gossip()) return widened(decode_gossip(envelope, reader));
  if (type == "ping") return decode_ping(envelope, reader);
  if (type == "pong") return PeerMessage(ChannelPong{});
  return PeerMessage(UnknownPeerMessage{});
}

}  // namespace

Result<PeerMessage, WireError> decode_peer_message(std::string_view text, JsonReader& reader) {
  const auto message = reader.parse(text);
  if (!message) return Unexpected(message.error());
  const auto envelope = PeerEnvelope::read(*message, reader);
  if (!envelope) return Unexpected(envelope.error());
  return decode_typed(*envelope, reader);
}

}  // namespace pigeon::wire
