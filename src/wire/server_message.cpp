#include "wire/server_message.hpp"

#include <charconv>

#include "base/text.hpp"
#include "wire/json_writer.hpp"
#include "wire/limits.hpp"

namespace pigeon::wire {

namespace {

constexpr std::string_view system_sender = "system";

std::string peer_data(std::string_view peer_id) {
  JsonObjectWriter data(64);
  data.text("peerId", peer_id);
  return data.finish();
}

/// The members of an envelope that a client reads.
struct Envelope {
  JsonText type;
  JsonText data;
  JsonText from;
  JsonText target;
  JsonText network;
  JsonText timestamp;
  JsonText peer_id;
  JsonText error;
  JsonText original_type;
  JsonText retry_after;
};

Envelope read_envelope(JsonText message, JsonReader& reader) {
  Envelope envelope;
  for (const JsonMember& member : reader.members(message)) {
    if (member.key == "type") envelope.type = member.value;
    if (member.key == "data") envelope.data = member.value;
    if (member.key == "fromPeerId") envelope.from = member.value;
    if (member.key == "targetPeerId") envelope.target = member.value;
    if (member.key == "networkName") envelope.network = member.value;
    if (member.key == "timestamp") envelope.timestamp = member.value;
    if (member.key == "peerId") envelope.peer_id = member.value;
    if (member.key == "error") envelope.error = member.value;
    if (member.key == "originalType") envelope.original_type = member.value;
    if (member.key == "retryAfter") envelope.retry_after = member.value;
  }
  return envelope;
}

std::int64_t integer_or(JsonText value, std::int64_t fallback) {
  std::int64_t number = fallback;
  std::from_chars(value.raw.data(), value.raw.data() + value.raw.size(), number);
  return number;
}

/// Whom a message is about.
struct Subject {
  /// `data.peerId`, or the flat `peerId` of old servers.
  std::string_view peer_id;
  bool is_capable = false;
};

Subject subject(const Envelope& envelope, JsonReader& reader) {
  JsonText peer_id = envelope.peer_id;
  JsonText capability;
  for (const JsonMember& member : reader.members(envelope.data)) {
    if (member.key == "peerId") peer_id = member.value;
    if (member.key == "pigeon") capability = member.value;
  }
  return {reader.unescaped(peer_id), integer_or(capability, 0) >= 1};
}

}  // namespace

std::string encode(const Connected& message) {
  JsonObjectWriter out;
  out.text("type", "connected").text("peerId", message.peer_id);
  out.raw("data", peer_data(message.peer_id)).text("fromPeerId", system_sender);
  out.number("timestamp", message.timestamp);
  return out.finish();
}

std::string encode(const PeerDiscovered& message) {
  JsonObjectWriter data(message.members.size() + 96);
  // The real id last: of duplicate members the last counts.
  data.raw_members(message.members).text("peerId", message.peer_id).boolean("isHub", false);
  JsonObjectWriter out(message.members.size() + 384);
  out.text("type", "peer-discovered").raw("data", data.finish());
  out.text("networkName", message.network).text("fromPeerId", system_sender);
  out.text("targetPeerId", message.to).number("timestamp", message.timestamp);
  return out.finish();
}

std::string encode(const PeerDisconnected& message) {
  JsonObjectWriter out;
  out.text("type", "peer-disconnected").raw("data", peer_data(message.peer_id));
  out.text("networkName", message.network).text("fromPeerId", system_sender);
  out.text("targetPeerId", message.to).number("timestamp", message.timestamp);
  return out.finish();
}

std::string encode(const RelayedSignal& message) {
  JsonObjectWriter out(message.data.size() + 256);
  out.text("type", to_text(message.type));
  if (!message.data.empty()) out.raw("data", message.data);
  out.text("fromPeerId", message.from).text("targetPeerId", message.to);
  out.text("networkName", message.network).number("timestamp", message.timestamp);
  return out.finish();
}

std::string encode(const RelayedGoodbye& message) {
  JsonObjectWriter out(message.data.size() + 256);
  out.text("type", "goodbye");
  if (!message.data.empty()) out.raw("data", message.data);
  out.text("fromPeerId", message.from).text("targetPeerId", message.to);
  out.text("networkName", message.network).number("timestamp", message.timestamp);
  return out.finish();
}

std::string encode(const Pong& message) {
  JsonObjectWriter data(64);
  data.number("timestamp", message.timestamp);
  JsonObjectWriter out;
  out.text("type", "pong").raw("data", data.finish()).text("fromPeerId", system_sender);
  out.text("targetPeerId", message.to).number("timestamp", message.timestamp);
  return out.finish();
}

std::string encode(const ErrorReply& message) {
  JsonObjectWriter out;
  out.text("type", "error").text("error", message.error);
  if (!message.original_type.empty()) out.text("originalType", message.original_type);
  if (message.retry_after_ms >= 0) out.number("retryAfter", message.retry_after_ms);
  out.number("timestamp", message.timestamp);
  return out.finish();
}

std::string unroutable_type_error(std::string_view type) {
  std::string text = "Signaling server does not route '";
  text += type;
  text += "' messages. Use WebRTC data channels for peer-to-peer communication.";
  return text;
}

std::string unknown_target_error(std::string_view target) {
  return "Target peer " + std::string(first_characters(target, 8)) + "... not found on any node";
}

Result<ServerMessage, WireError> decode_server_message(std::string_view text, JsonReader& reader) {
  const auto message = reader.parse(text);
  if (!message) return Unexpected(message.error());
  const Envelope envelope = read_envelope(*message, reader);
  const std::string_view type = reader.unescaped(envelope.type);
  const std::string_view from = reader.unescaped(envelope.from);
  const std::string_view to = reader.unescaped(envelope.target);
  const std::int64_t at = integer_or(envelope.timestamp, 0);
  std::string_view network = reader.unescaped(envelope.network);
  if (network.empty()) network = default_network;
  if (const auto signal = parse_signal_type(type)) {
    return ServerMessage(RelayedSignal{*signal, envelope.data.raw, from, to, network, at});
  }
  if (type == "goodbye") {
    return ServerMessage(RelayedGoodbye{envelope.data.raw, from, to, network, at});
  }
  if (type == "pong") return ServerMessage(Pong{to, at});
  if (type == "error") {
    return ServerMessage(ErrorReply{reader.unescaped(envelope.error),
                                    reader.unescaped(envelope.original_type),
                                    integer_or(envelope.retry_after, -1), at});
  }
  const auto [peer_id, is_capable] = subject(envelope, reader);
  if (type == "connected") return ServerMessage(Connected{peer_id, at});
  if (type == "peer-discovered") {
    return ServerMessage(PeerDiscovered{peer_id, {}, to, network, at, is_capable});
  }
  if (type == "peer-disconnected") return ServerMessage(PeerDisconnected{peer_id, to, network, at});
  return ServerMessage(UnknownServerMessage{});
}

}  // namespace pigeon::wire
