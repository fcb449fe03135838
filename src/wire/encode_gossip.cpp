#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "wire/json_writer.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

namespace {

/// Bytes of an envelope without its content, subtype, network and proof.
constexpr std::size_t envelope_bytes = 384;

/// A part of a text, and what takes its place.
struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view replacement;
};

Edit edit_of(std::string_view text, std::string_view part, std::string_view replacement) {
  const auto begin = static_cast<std::size_t>(part.data() - text.data());
  return {begin, begin + part.size(), replacement};
}

/// What makes `self` the last element, and where it goes: before the bracket.
Edit path_edit(const GossipMessage& message, std::string_view element) {
  const std::string_view bracket = message.path_text.substr(message.path_text.size() - 1);
  const Edit edit = edit_of(message.text, bracket, element);
  return {edit.begin, edit.begin, edit.replacement};
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
  const bool has_path = !message.path_text.empty();
  const std::string element = (message.path.empty() ? "\"" : ",\"") + self.to_text() + '"';
  std::array<char, 8> digits{};
  const std::uint32_t ttl = message.ttl - std::min(message.ttl, 1U);
  const char* digits_end = std::to_chars(digits.data(), digits.data() + digits.size(), ttl).ptr;

  std::array<Edit, 2> edits = {
      edit_of(message.text, message.ttl_text,
              {digits.data(), static_cast<std::size_t>(digits_end - digits.data())}),
      has_path ? path_edit(message, element) : Edit{message.text.size(), message.text.size(), {}}};
  if (edits[1].begin < edits[0].begin) std::swap(edits[0], edits[1]);

  std::string out;
  out.reserve(message.text.size() + element.size() + 48);
  std::size_t at = 0;
  for (const Edit& edit : edits) {
    out += message.text.substr(at, edit.begin - at);
    out += edit.replacement;
    at = edit.end;
  }
  out += message.text.substr(at);
  if (has_path && (message.spreads || !spreads)) return out;
  out.pop_back();
  if (!has_path) ((out += ",\"path\":[") += element) += ']';
  if (spreads && !message.spreads) out += ",\"spread\":true";
  out += '}';
  return out;
}

}  // namespace pigeon::wire
