#pragma once

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "tests/support/village.hpp"
#include "wire/peer_message.hpp"
#include "wire/signal_data.hpp"

namespace pigeon::node {

inline PeerId invented(std::uint64_t number) {
  return Random::from_number(number + 50'000).id<PeerId>();
}
inline MessageId message_id(std::uint64_t number) {
  return Random::from_number(number + 90'000).id<MessageId>();
}

/// Of a link that does not exist.
inline std::string offer_sdp() {
  return "v=0\r\no=0 4000000000\r\na=fingerprint:sha-256 AB:CD\r\n";
}

/// Node 0 and its neighbors, who are told by a hub and linked.
struct HostileTest : testing::Test {
  test::Village village;

  void meet(std::size_t count, const NodeOptions& options = {}) {
    village.add_connected(count, options);
    village.pass(20s);
    ASSERT_EQ(village.node(0).status().connected_count, count - 1);
  }
  Node& victim() { return village.node(0); }
  NodeCounters counters() { return victim().status().counters; }

  void hear_hub(const std::string& text) {
    victim().handle(HubText{village[0].hub, text}, village.now);
    village.run();
  }
  void hear_signal(wire::SignalType type, const PeerId& from, const std::string& data) {
    const std::string from_text = from.to_text();
    const std::string to = victim().peer_id().to_text();
    victim().handle(
        HubText{village[0].hub,
                wire::encode(wire::RelayedSignal{
                    .type = type, .data = data, .from = from_text, .to = to, .network = "global"})},
        village.now);
  }
  void hear_offer(const PeerId& from) {
    hear_signal(wire::SignalType::offer, from,
                wire::encode_data(rtc::SessionDescription{rtc::SdpType::offer, offer_sdp()}));
  }
  void hear_candidate(const PeerId& from, const std::string& data) {
    hear_signal(wire::SignalType::ice_candidate, from, data);
  }
  void hear_discovered(const PeerId& peer) {
    const std::string peer_text = peer.to_text();
    const std::string to = victim().peer_id().to_text();
    victim().handle(
        HubText{village[0].hub, wire::encode(wire::PeerDiscovered{
                                    .peer_id = peer_text, .to = to, .network = "global"})},
        village.now);
  }
  LinkId link_with(std::size_t neighbor) {
    for (const auto& [link, end] : village[0].ends) {
      if (end.first == neighbor) return link;
    }
    ADD_FAILURE() << "no link";
    return {};
  }
  /// What a neighbor sends over its link.
  void hear(std::size_t neighbor, const std::string& text) {
    victim().handle(LinkText{link_with(neighbor), text}, village.now);
  }

  static std::string signed_by(wire::OutgoingGossip message, const suite::NodeIdentity& identity) {
    wire::JsonReader spare;
    suite::Answerer answerer;
    const auto text = wire::signed_text(message, spare);
    const auto answer = answerer.answer(crypto::SignRequest{*text}, identity);
    const std::string key = identity.signing().public_key().to_text();
    const std::string signature = encode_base64url(std::get<crypto::SignatureBytes>(answer));
    message.proof = wire::MessageProof{key, signature};
    return wire::encode(message);
  }
  /// As a neighbor passes it on.
  std::string relayed(const std::string& text, std::size_t neighbor) {
    wire::JsonReader reader;
    const auto decoded = wire::decode_peer_message(text, reader);
    return wire::encode_forward(std::get<wire::GossipMessage>(*decoded), village.id(neighbor),
                                false);
  }
  /// From a neighbor, signed if it is of the mesh.
  std::string gossip(std::size_t neighbor, wire::OutgoingGossip message, bool is_signed = true) {
    message.from = village.id(neighbor);
    if (message.network.empty()) message.network = "global";
    message.timestamp = village.now.wall_ms;
    return is_signed ? signed_by(message, village[neighbor].identity) : wire::encode(message);
  }
  std::string chat(std::size_t neighbor, std::uint64_t number, bool is_signed = true) {
    return gossip(neighbor, {.id = message_id(number), .subtype = "chat", .content = "\"hi\""},
                  is_signed);
  }
  std::string direct(std::size_t neighbor, const std::string& content, std::uint64_t number = 1) {
    return gossip(neighbor, {.id = message_id(number),
                             .subtype = "dm",
                             .content = content,
                             .to = wire::SpelledId{victim().peer_id()}});
  }
};

}  // namespace pigeon::node
