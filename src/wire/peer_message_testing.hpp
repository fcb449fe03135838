#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "wire/json_reader.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

/// Decodes messages of known kinds for a test.
class PeerMessageReading {
 protected:
  static constexpr std::string_view alice_text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  static constexpr std::string_view bob_text = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
  static constexpr std::string_view carol_text = "CCCCCCCCCCCCCCCCCCCCcccccccccccccccccccc";
  const PeerId alice = *PeerId::parse(alice_text);
  const PeerId bob = *PeerId::parse(bob_text);
  const PeerId carol = *PeerId::parse(carol_text);

  /// The message; any other fails the test.
  template <class Message>
  Message decode(std::string_view text) {
    std::optional<PeerMessage> message;
    if (auto decoded = decode_peer_message(text, reader_)) message = std::move(*decoded);
    return std::get<Message>(message.value());
  }

  /// Why the text is no message; nothing if it is one.
  std::optional<WireError> error_of(std::string_view text) {
    const auto decoded = decode_peer_message(text, reader_);
    if (decoded) return std::nullopt;
    return decoded.error();
  }

  /// Whether the text decodes, and no beginning of it.
  bool decodes_only_whole(std::string_view text) {
    for (std::size_t length = 0; length < text.size(); ++length) {
      if (!error_of(text.substr(0, length))) return false;
    }
    return !error_of(text);
  }

  JsonReader reader_;
  JsonReader spare_;
};

/// The text with one part replaced, which must be there.
inline std::string with(std::string text, std::string_view part, std::string_view replacement) {
  return text.replace(text.find(part), part.size(), replacement);
}

/// As 1.1.3 sends it.
inline const std::string broadcast_of_1_1_3 =
    R"({"id":"0123456789abcdef0123456789abcdef","type":"gossip","subtype":"chat",)"
    R"("content":"hello","from":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
    R"("networkName":"global","timestamp":1700000000000,"ttl":40,)"
    R"("path":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]})";

/// As 0.1.1 sends it: no type and no namespace.
inline const std::string routed_of_0_1_1 =
    R"({"id":"fedcba9876543210fedcba9876543210","subtype":"dht-routing","content":{"type":"dht"},)"
    R"("from":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
    R"("to":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","timestamp":5,"ttl":5,)"
    R"("path":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]})";

}  // namespace pigeon::wire
