#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/node_fuzz_world.hpp"
#include "wire/broadcast_part.hpp"
#include "wire/peer_message.hpp"
#include "wire/server_message.hpp"
#include "wire/signal_data.hpp"

namespace pigeon::fuzz {

/// Strangers have the numbers from 10 on, the nodes 1 and 2.
inline constexpr std::uint8_t first_stranger = 10;
inline constexpr std::uint8_t stranger_count = 8;

inline std::uint8_t stranger(Script& script) {
  return static_cast<std::uint8_t>(first_stranger + script.below(stranger_count));
}
inline PeerId stranger_id(std::uint8_t number) {
  static const auto ids = [] {
    std::array<PeerId, first_stranger + stranger_count> made;
    for (std::size_t i = 0; i < made.size(); ++i) {
      made.at(i) = crypto::peer_id_of(keys_of(static_cast<std::uint8_t>(i)).signing);
    }
    return made;
  }();
  return ids.at(number);
}
/// The stranger with that id; 0 for one that was made up.
inline std::uint8_t number_of(const PeerId& peer) {
  for (std::uint8_t i = 1; i < first_stranger + stranger_count; ++i) {
    if (stranger_id(i) == peer) return i;
  }
  return 0;
}
inline PeerId any_peer(Script& script, Subject& self) {
  const std::size_t choice = script.below(stranger_count + 4U);
  if (choice == 0) return self.id();
  if (choice < 3) return stranger_id(static_cast<std::uint8_t>(choice));
  return stranger_id(static_cast<std::uint8_t>(first_stranger + choice % stranger_count));
}

inline std::string discovered_text(const PeerId& peer, const PeerId& to,
                                   const std::string& network) {
  const std::string peer_text = peer.to_text();
  const std::string to_text = to.to_text();
  const std::string members = wire::announced_capability();
  return wire::encode(wire::PeerDiscovered{
      .peer_id = peer_text, .members = members, .to = to_text, .network = network});
}

/// What a stranger of that number can say to a node.
class Texts {
 public:
  Texts(std::uint8_t number, Subject& self, const std::string& network, Now now, Notary& notary)
      : number_(number), self_(self), network_(network), now_(now), notary_(notary) {}

  std::string offer() const { return signal(wire::SignalType::offer, description("offer")); }
  std::string answer() const { return signal(wire::SignalType::answer, description("answer")); }

  std::string keys(bool has_proof, bool is_forged) const {
    const NodeKeys keys = keys_of(number_);
    const std::string signing = keys.signing.to_text();
    const std::string encryption = keys.encryption.to_text();
    std::array<std::uint8_t, 16> id_bytes{};
    id_bytes.fill(number_);
    id_bytes[1] = static_cast<std::uint8_t>(now_.wall_ms % 251);
    const MessageId id(id_bytes);
    std::string proof;
    if (has_proof) {
      const std::string text =
          wire::link_proof_text({.from = from(),
                                 .to = self_.id(),
                                 .fingerprint = fingerprint_of(number_),
                                 .peer_fingerprint = fingerprint_of(self_.number())});
      auto signature = notary_.sign(keys.signing, is_forged ? "nothing" : text);
      proof = encode_base64url(signature);
    }
    return gossip({.subtype = "key_exchange",
                   .content = wire::encode_content(
                       wire::KeyExchange{
                           .signing_key = signing, .encryption_key = encryption, .proof = proof},
                       now_.wall_ms),
                   .sender = from(),
                   .id = id});
  }

  std::string any(Script& script) {
    switch (script.below(16)) {
      case 0:
        return keys(script.flip(), script.below(4) == 0);
      case 1:
        return wire::encode_eviction(script.text(), from());
      case 2:
        return wire::encode_channel_signal(type(script), data(script), any_peer(script, self_),
                                           now_.wall_ms);
      case 3: {
        static const std::vector<std::string> types = {"signaling-relay",
                                                       "cross-bootstrap-signaling"};
        return "{\"type\":\"" + script.pick(types) + "\",\"data\":{\"type\":\"" + type(script) +
               "\",\"data\":" + data(script) + "},\"targetPeerId\":\"" + self_.id().to_text() +
               "\",\"fromPeerId\":\"" + any_peer(script, self_).to_text() + "\",\"timestamp\":1}";
      }
      case 4:
        return wire::encode(wire::PeerNotice{{any_peer(script, self_)}, script.flip()});
      case 5:
        return transfer(script);
      case 6:
        return R"({"type":"ping","timestamp":1})";
      default:
        return any_gossip(script);
    }
  }

  std::string any_of_hub(Script& script) {
    const std::string name = from().to_text();
    const std::string self = self_.id().to_text();
    switch (script.below(8)) {
      case 0:
        return wire::encode(
            wire::PeerDisconnected{.peer_id = name, .to = self, .network = network_});
      case 1:
        return wire::encode(
            wire::RelayedGoodbye{.data = "{}", .from = name, .to = self, .network = network_});
      case 2:
        return wire::encode(wire::Connected{.peer_id = name});
      case 3:
        return discovered_text(any_peer(script, self_), self_.id(), network_);
      case 4:
        return offer();
      case 5:
        return answer();
      default:
        return signal(static_cast<wire::SignalType>(script.below(wire::signal_type_count)),
                      data(script));
    }
  }

 private:
  PeerId from() const { return stranger_id(number_); }

  std::string description(const std::string& type) const {
    return "{\"type\":\"" + type +
           "\",\"sdp\":\"v=0\\r\\na=fingerprint:" + fingerprint_of(number_) + "\\r\\n\"}";
  }
  std::string signal(wire::SignalType type, const std::string& data) const {
    const std::string from_text = from().to_text();
    const std::string to = self_.id().to_text();
    return wire::encode(wire::RelayedSignal{
        .type = type, .data = data, .from = from_text, .to = to, .network = network_});
  }
  static std::string type(Script& script) {
    static const std::vector<std::string> types = {
        "offer", "answer", "ice-candidate", "renegotiation-offer", "goodbye", "peer-discovered"};
    return script.pick(types);
  }
  std::string data(Script& script) const {
    switch (script.below(5)) {
      case 0:
        return description("offer");
      case 1:
        return description("answer");
      case 2:
        return R"({"candidate":"candidate:1","sdpMid":"0","sdpMLineIndex":0})";
      case 3:
        return R"({"reason":"max_peers_reached"})";
      default:
        return "\"" + from().to_text() + "\"";
    }
  }

  struct Gossip {
    std::string_view subtype;
    std::string content;
    PeerId sender;
    MessageId id;
    /// If the sender is a stranger, who alone has keys here.
    bool is_signed = false;
    std::uint32_t ttl = 10;
    bool has_target = true;
    bool wants_ack = false;
    bool spreads = false;
  };

  /// From the neighbor: its own, or one of another sender that it passes on.
  std::string gossip(const Gossip& given) const {
    wire::OutgoingGossip message{.id = given.id,
                                 .subtype = given.subtype,
                                 .content = given.content,
                                 .from = given.sender,
                                 .network = network_,
                                 .timestamp = now_.wall_ms,
                                 .ttl = given.ttl,
                                 .wants_ack = given.wants_ack,
                                 .spreads = given.spreads};
    if (given.has_target) message.to = wire::SpelledId{self_.id()};
    const std::uint8_t number = number_of(given.sender);
    std::string key;
    std::string signature;
    wire::JsonReader spare;
    const bool is_signed = given.is_signed && number >= first_stranger;
    const auto text = is_signed ? wire::signed_text(message, spare) : std::nullopt;
    if (text) {
      key = keys_of(number).signing.to_text();
      signature = encode_base64url(notary_.sign(keys_of(number).signing, *text));
      message.proof = wire::MessageProof{key, signature};
    }
    std::string encoded = wire::encode(message);
    if (given.sender == from()) return encoded;
    const auto decoded = wire::decode_peer_message(encoded, spare);
    if (!decoded || !std::holds_alternative<wire::GossipMessage>(*decoded)) return encoded;
    return wire::encode_forward(std::get<wire::GossipMessage>(*decoded), from(), given.spreads);
  }

  std::string any_gossip(Script& script) const {
    static const std::vector<std::string> subtypes = {"chat",
                                                      "dm",
                                                      "dm",
                                                      "chat",
                                                      "encrypted",
                                                      "peer-announcement",
                                                      "key_exchange_response",
                                                      "dht-routing",
                                                      "mediaEvent",
                                                      "stream-chunk",
                                                      "stream-chunk",
                                                      "stream-control"};
    const PeerId sender = script.below(3) == 0 ? any_peer(script, self_) : from();
    std::array<std::uint8_t, 16> id{};
    id.fill(script.byte());
    id[0] = static_cast<std::uint8_t>(now_.wall_ms / 1'024 % 2);
    const std::string subtype = script.pick(subtypes);
    const std::uint8_t flags = script.byte();
    static constexpr std::array<std::uint32_t, 6> ttls = {10, 40, 2, 1, 0, 41};
    return gossip({.subtype = subtype,
                   .content = content(script, subtype),
                   .sender = sender,
                   .id = MessageId(id),
                   .is_signed = (flags & 1U) != 0,
                   .ttl = ttls.at(flags / 2 % 6),
                   .has_target = subtype != "chat" || (flags & 16U) != 0,
                   .wants_ack = (flags & 32U) != 0,
                   .spreads = (flags & 64U) != 0});
  }

  std::string content(Script& script, const std::string& subtype) const {
    if (subtype == "chat") return script.below(4) != 0 ? "\"hello\"" : std::string(script.text());
    if (subtype.starts_with("stream-")) return part(script, subtype);
    switch (script.below(8)) {
      case 0:
        return wire::encode_content(wire::DirectAck{MessageId()});
      case 1: {
        const std::string signal_type = type(script);
        const std::string signal_data = data(script);
        return wire::encode_content(
            wire::RelayedChannelSignal{
                .type = signal_type, .data = signal_data, .from = {from()}, .to = {self_.id()}},
            now_.wall_ms);
      }
      case 2:
        return wire::encode(wire::PeerNotice{{any_peer(script, self_)}, script.flip()});
      case 3:
        return encrypted(script.flip() ? "" : script.flip() ? "chess" : "go");
      case 4:
        return R"("{\"type\":\"bootstrap-keepalive\",\"from\":\"")" + from().to_text() + R"(\"}")";
      case 5: {
        const NodeKeys keys = keys_of(number_);
        const std::string signing = keys.signing.to_text();
        const std::string encryption = keys.encryption.to_text();
        return wire::encode_content(
            wire::KeyExchange{.signing_key = signing, .encryption_key = encryption}, now_.wall_ms);
      }
      case 6:
        return std::string(script.text());
      default:
        return R"({"a":[1,"two",null]})";
    }
  }

  /// Of a stream to everybody.
  static std::string part(Script& script, const std::string& subtype) {
    static const std::vector<std::string> streams = {"a", "b", "c", "d"};
    const std::string& stream = script.pick(streams);
    if (subtype == "stream-chunk") {
      wire::BroadcastChunk chunk{
          .stream = stream, .index = script.below(4), .data = Bytes(script.byte())};
      if (script.below(8) == 0) chunk.index = std::uint64_t{1} << script.below(53);
      if (script.flip()) chunk.total_size = script.byte();
      if (chunk.index == 0) chunk.metadata = wire::BroadcastMetadata{.type = "file"};
      return wire::encode_content(chunk, 1);
    }
    if (script.flip()) return wire::encode_content(wire::BroadcastAbort{stream, "no", {}}, 1);
    return wire::encode_content(wire::BroadcastEnd{stream, script.below(6), script.byte(), {}}, 1);
  }

  std::string encrypted(std::string_view group) const {
    const std::string words = "\"secret\"";
    const std::string ciphertext = encode_base64url(as_bytes(words));
    const std::string iv = encode_base64url(std::array<std::uint8_t, 12>{});
    const std::string key = keys_of(number_).signing.to_text();
    return wire::encode_content(wire::EncryptedContent{.group = group,
                                                       .ciphertext = ciphertext,
                                                       .iv = iv,
                                                       .ephemeral_key = key,
                                                       .from_key = key,
                                                       .nonce = "00"},
                                now_.wall_ms);
  }

  static std::string transfer(Script& script) {
    static const std::vector<std::string> streams = {"a", "b", "c", "d"};
    const std::string& stream = script.pick(streams);
    switch (script.below(6)) {
      case 0:
        return wire::encode(wire::BinaryHeader{script.byte()});
      case 1: {
        wire::StreamInit init{.stream = stream, .type = "file", .chunk_size = 16'384};
        if (script.flip()) init.total_size = script.byte();
        if (script.flip()) init.resume_token = "t";
        return wire::encode(init, 1);
      }
      case 2: {
        wire::StreamChunk chunk{.stream = stream, .index = script.below(4)};
        chunk.size = script.below(64);
        chunk.is_binary = script.flip();
        if (!chunk.is_binary) chunk.data.resize(chunk.size);
        return wire::encode(chunk);
      }
      case 3:
        return wire::encode(wire::StreamEnd{stream, script.below(4)});
      case 4:
        return wire::encode(wire::StreamAbort{stream, "no"});
      default:
        return wire::encode(wire::StreamResume{stream, script.byte()});
    }
  }

  std::uint8_t number_;
  Subject& self_;
  std::string network_;
  Now now_;
  Notary& notary_;
};

}  // namespace pigeon::fuzz
