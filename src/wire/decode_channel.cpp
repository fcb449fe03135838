#include "wire/field_reader.hpp"
#include "wire/peer_envelope.hpp"

namespace pigeon::wire {

namespace {

/// A message of signaling inside another one.
struct InnerSignal {
  JsonText type;
  JsonText data;
  JsonText from;
};

Result<InnerSignal, WireError> read_inner(JsonText object, JsonReader& reader) {
  InnerSignal inner;
  if (!take_members(reader.members(object),
                    {{"type", &inner.type}, {"data", &inner.data}, {"fromPeerId", &inner.from}})) {
    return Unexpected(WireError::bad_field);
  }
  return inner;
}

}  // namespace

Result<ChannelSignal, WireError> decode_wrapped_signal(const PeerEnvelope& envelope,
                                                       JsonReader& reader) {
  const auto inner = read_inner(envelope.data, reader);
  if (!inner) return Unexpected(inner.error());
  FieldReader fields(reader);
  const ChannelSignal signal{.type = fields.name(inner->type),
                             .data = inner->data.raw,
                             .from = fields.optional_id(envelope.from_peer)};
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return signal;
}

Result<ChannelSignal, WireError> decode_bare_signal(const PeerEnvelope& envelope,
                                                    JsonReader& reader) {
  FieldReader fields(reader);
  const ChannelSignal signal{.type = envelope.type,
                             .data = envelope.data.raw,
                             .from = fields.optional_id(envelope.from_peer)};
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return signal;
}

Result<RelayedChannelSignal, WireError> decode_relayed_signal(const PeerEnvelope& envelope,
                                                              JsonReader& reader) {
  // On the channel the sender of a `signaling-relay` stands outside; in its other forms, inside.
  const bool is_outside = envelope.signaling_message.kind() == JsonKind::absent &&
                          envelope.original_message.kind() == JsonKind::absent;
  const JsonText wrapped = is_outside ? envelope.data
                           : envelope.signaling_message.kind() != JsonKind::absent
                               ? envelope.signaling_message
                               : envelope.original_message;
  const auto inner = read_inner(wrapped, reader);
  if (!inner) return Unexpected(inner.error());
  const JsonText first = is_outside ? envelope.from_peer : inner->from;
  const JsonText second = is_outside ? inner->from : envelope.from_peer;
  FieldReader fields(reader);
  const RelayedChannelSignal signal{.type = fields.name(inner->type),
                                    .data = inner->data.raw,
                                    .from = fields.spelled_id(first.is_truthy() ? first : second),
                                    .to = fields.spelled_id(envelope.target)};
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return signal;
}

Result<PeerNotice, WireError> decode_notice(const PeerEnvelope& envelope, JsonReader& reader) {
  JsonText peer = envelope.data;
  JsonText capability;
  if (envelope.type == "bootstrap-keepalive") peer = envelope.from;
  if (envelope.type == "client-peer-announcement") peer = envelope.client_peer;
  if (envelope.type == "peer-announce-relay" && peer.kind() == JsonKind::object) {
    // Upstream takes the object for an id, and fails on it later.
    peer = {};
    if (!take_members(reader.members(envelope.data),
                      {{"peerId", &peer}, {"pigeon", &capability}})) {
      return Unexpected(WireError::bad_field);
    }
  }
  FieldReader fields(reader);
  const PeerNotice notice{.peer = fields.spelled_id(peer), .is_capable = capability.is_truthy()};
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return notice;
}

}  // namespace pigeon::wire
