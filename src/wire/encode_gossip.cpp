#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/hex.hpp"
#include "wire/json_writer.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

namespace {

/// Bytes of an envelope without its content, subtype, network and proof.
constexpr std::size_t envelope_bytes = 384;

/// Bytes that a relay adds at most: its id, and the names of `path` and `spread`.
constexpr std::size_t added_bytes_max = 80;

/// The relay as the last element of a path.
void append_element(std::string& out, const GossipMessage& message, const PeerId& self) {
  out += message.path.empty() ? "\"" : ",\"";
  append_hex(out, self.bytes());
  out += '"';
}

void append_less_one(std::string& out, std::uint32_t ttl) {
  std::array<char, 10> digits{};
  char* end =
      std::to_chars(digits.data(), digits.data() + digits.size(), ttl - std::min(ttl, 1U)).ptr;
  out.append(digits.data(), end);
}

/// Where a part of a text begins in it.
std::size_t offset_of(std::string_view text, std::string_view part) {
  return static_cast<std::size_t>(part.data() - text.data());
}

}  // namespace

std::string encode(const OutgoingGossip& message) {
  const std::string from = message.from.to_text();
  JsonObjectWriter out(message.content.size() + message.subtype.size() + message.network.size() +
                       (message.proof ? 256 : 0) + envelope_bytes);
  out.text("id", message.id.to_text()).text("type", "gossip").text("subtype", message.subtype);
  out.raw("content", message.content).text("from", from);
  if (message.to) out.text("to", message.to->to_text());
  out.text("networkName", message.network).number("timestamp", message.timestamp);
  out.number("ttl", message.ttl).raw("path", "[\"" + from + "\"]");
  if (message.proof) {
    JsonObjectWriter proof(256);
    proof.text("pub", message.proof->key).text("sig", message.proof->signature);
    out.raw("proof", proof.finish());
  }
  if (message.wants_ack) out.boolean("ack", true);
  if (message.spreads) out.boolean("spread", true);
  return out.finish();
}

std::string as_spread(std::string encoded) {
  encoded.insert(encoded.size() - 1, ",\"spread\":true");
  return encoded;
}

std::string encode_forward(const GossipMessage& message, const PeerId& self, bool spreads) {
  const std::string_view text = message.text;
  const bool has_path = !message.path_text.empty();
  const std::size_t ttl_at = offset_of(text, message.ttl_text);
  const std::size_t bracket_at =
      has_path ? offset_of(text, message.path_text) + message.path_text.size() - 1 : text.size();

  std::string out;
  out.reserve(text.size() + added_bytes_max);
  std::size_t at = 0;
  const auto copy_until = [&](std::size_t end) {
    out += text.substr(at, end - at);
    at = end;
  };
  const auto copy_with_ttl = [&] {
    copy_until(ttl_at);
    append_less_one(out, message.ttl);
    at += message.ttl_text.size();
  };
  if (ttl_at < bracket_at) copy_with_ttl();
  copy_until(bracket_at);
  if (has_path) append_element(out, message, self);
  if (ttl_at > bracket_at) copy_with_ttl();
  copy_until(text.size());

  out.pop_back();
  if (!has_path) {
    out += ",\"path\":[";
    append_element(out, message, self);
    out += ']';
  }
  if (spreads && !message.spreads) out += ",\"spread\":true";
  out += '}';
  return out;
}

}  // namespace pigeon::wire
