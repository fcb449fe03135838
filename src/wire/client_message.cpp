#include "wire/client_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "wire/json_writer.hpp"
#include "wire/limits.hpp"

namespace pigeon::wire {

namespace {

/// The members of the envelope that a hub reads.
struct Envelope {
  JsonText type;
  JsonText data;
  JsonText target;
  JsonText network;
  JsonText max_peers;
};

Envelope read_envelope(JsonText message, JsonReader& reader) {
  Envelope envelope;
  for (const JsonMember& member : reader.members(message)) {
    if (member.key == "type") envelope.type = member.value;
    if (member.key == "data") envelope.data = member.value;
    if (member.key == "targetPeerId") envelope.target = member.value;
    if (member.key == "networkName") envelope.network = member.value;
    if (member.key == "maxPeers") envelope.max_peers = member.value;
  }
  return envelope;
}

/// A string, or `fallback` for what JavaScript takes as false; other kinds are errors.
Result<std::string_view, WireError> string_or(JsonText value, std::string_view fallback,
                                              JsonReader& reader) {
  if (!value.is_truthy()) return fallback;
  if (value.kind() != JsonKind::string) return Unexpected(WireError::bad_field);
  return reader.unescaped(value);
}

std::optional<std::uint32_t> small_number(JsonText value) {
  std::uint32_t number = 0;
  const char* end = value.raw.data() + value.raw.size();
  const auto [stop, error] = std::from_chars(value.raw.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

/// How JavaScript prints the value inside a template string.
std::string printed_type(JsonText type, JsonReader& reader) {
  switch (type.kind()) {
    case JsonKind::absent:
      return "undefined";
    case JsonKind::string:
      return std::string(first_bytes(reader.unescaped(type), echoed_type_bytes_max));
    case JsonKind::object:
    case JsonKind::array:
      return "[object Object]";
    default:
      return std::string(first_bytes(type.raw, echoed_type_bytes_max));
  }
}

bool is_server_only(std::string_view type) {
  constexpr std::array<std::string_view, 5> types = {"connected", "peer-discovered",
                                                     "peer-disconnected", "pong", "error"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

// The hub adds `peerId` and `isHub` itself, last, so that nobody can speak for another.
std::string announced_members(JsonText data, JsonReader& reader) {
  std::string members;
  for (const JsonMember& member : reader.members(data)) {
    if (member.key == "peerId" || member.key == "isHub") continue;
    if (!members.empty()) members += ',';
    append_json_string(members, member.key);
    members += ':';
    members += member.value.raw;
  }
  return members;
}

ClientMessage read_announce(const Envelope& envelope, std::string_view network,
                            JsonReader& reader) {
  return Announce{.network = network,
                  .members = announced_members(envelope.data, reader),
                  .max_peers = small_number(envelope.max_peers)};
}

Result<ClientMessage, WireError> read_signal(SignalType type, const Envelope& envelope,
                                             std::string_view network, JsonReader& reader) {
  const auto target = string_or(envelope.target, "", reader);
  if (!target) return Unexpected(target.error());
  Signal signal{
      .type = type, .network = network, .target = *target, .data = envelope.data.raw, .reason = {}};
  if (type == SignalType::connection_rejected) {
    for (const JsonMember& member : reader.members(envelope.data)) {
      if (member.key == "reason") signal.reason = reader.unescaped(member.value);
    }
  }
  return ClientMessage(signal);
}

Result<ClientMessage, WireError> read_typed(const Envelope& envelope, std::string_view type,
                                            JsonReader& reader) {
  const auto network = string_or(envelope.network, default_network, reader);
  if (!network) return Unexpected(network.error());
  if (network->size() > network_name_bytes_max) return Unexpected(WireError::bad_field);
  if (const auto signal_type = parse_signal_type(type)) {
    return read_signal(*signal_type, envelope, *network, reader);
  }
  if (type == "announce") return read_announce(envelope, *network, reader);
  if (type == "goodbye") return ClientMessage(Goodbye{envelope.data.raw});
  if (type == "ping") return ClientMessage(Ping{});
  if (type == "cleanup" || type == "cleanup-all") return ClientMessage(Cleanup{});
  if (is_server_only(type)) return ClientMessage(ServerOnly{});
  return ClientMessage(Unroutable{printed_type(envelope.type, reader)});
}

}  // namespace

Result<ClientMessage, WireError> decode_client_message(std::string_view text, JsonReader& reader) {
  const auto message = reader.parse(text);
  if (!message) return Unexpected(message.error());
  if (message->kind() == JsonKind::null) return Unexpected(WireError::bad_field);
  const Envelope envelope = read_envelope(*message, reader);
  return read_typed(envelope, reader.unescaped(envelope.type), reader);
}

std::string encode_announce(std::string_view peer_id, std::string_view network,
                            std::uint32_t max_peers, std::string_view members) {
  JsonObjectWriter data(members.size() + 64);
  data.text("peerId", peer_id).raw_members(members);
  JsonObjectWriter out(members.size() + 256);
  out.text("type", "announce").raw("data", data.finish());
  out.number("maxPeers", max_peers);
  if (!network.empty()) out.text("networkName", network);
  return out.finish();
}

std::string encode_signal(const Signal& signal) {
  JsonObjectWriter out(signal.data.size() + 256);
  out.text("type", to_text(signal.type));
  if (!signal.data.empty()) out.raw("data", signal.data);
  if (!signal.network.empty()) out.text("networkName", signal.network);
  out.text("targetPeerId", signal.target);
  return out.finish();
}

std::string encode_goodbye(std::string_view peer_id, std::int64_t wall_ms,
                           std::string_view network) {
  JsonObjectWriter out;
  out.text("type", "goodbye");
  out.raw("data", JsonObjectWriter().text("peerId", peer_id).number("timestamp", wall_ms).finish());
  if (!network.empty()) out.text("networkName", network);
  return out.finish();
}

std::string encode_ping(std::string_view peer_id) {
  JsonObjectWriter out;
  out.text("type", "ping").raw("data", JsonObjectWriter().text("peerId", peer_id).finish());
  return out.finish();
}

}  // namespace pigeon::wire
