#include "wire/server_message.hpp"

#include <string>

#include <gtest/gtest.h>

#include "wire/json_reader.hpp"
#include "wire/signal_data.hpp"

namespace pigeon::wire {
namespace {

constexpr std::string_view alice = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr std::string_view bob = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

// Golden texts: the shapes of PeerPigeon's servers, in which clients of every generation find what
// they read.

TEST(ServerMessageTest, ConnectedServesEveryGeneration) {
  EXPECT_EQ(encode(Connected{.peer_id = alice, .timestamp = 1}),
            R"({"type":"connected","peerId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
            R"("data":{"peerId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},)"
            R"("fromPeerId":"system","timestamp":1})");
}

TEST(ServerMessageTest, PeerDiscoveredEndsWithTheRealId) {
  EXPECT_EQ(encode(PeerDiscovered{.peer_id = alice,
                                  .members = R"("name":"A")",
                                  .to = bob,
                                  .network = "global",
                                  .timestamp = 2}),
            R"({"type":"peer-discovered","data":{"name":"A",)"
            R"("peerId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","isHub":false},)"
            R"("networkName":"global","fromPeerId":"system",)"
            R"("targetPeerId":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","timestamp":2})");
}

TEST(ServerMessageTest, PeerDisconnectedIsStampedWithItsNamespace) {
  EXPECT_EQ(
      encode(PeerDisconnected{.peer_id = alice, .to = bob, .network = "chess", .timestamp = 3}),
      R"({"type":"peer-disconnected","data":{"peerId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},)"
      R"("networkName":"chess","fromPeerId":"system",)"
      R"("targetPeerId":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","timestamp":3})");
}

TEST(ServerMessageTest, RelayedSignalCarriesTheDataUnchanged) {
  EXPECT_EQ(encode(RelayedSignal{.type = SignalType::ice_candidate,
                                 .data = R"({ "candidate":"c", "sdpMid":"0" })",
                                 .from = alice,
                                 .to = bob,
                                 .network = "global",
                                 .timestamp = 4}),
            R"({"type":"ice-candidate","data":{ "candidate":"c", "sdpMid":"0" },)"
            R"("fromPeerId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
            R"("targetPeerId":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",)"
            R"("networkName":"global","timestamp":4})");
}

TEST(ServerMessageTest, RelayedSignalWithoutDataHasNone) {
  const std::string text = encode(RelayedSignal{.from = alice, .to = bob, .network = "global"});

  EXPECT_EQ(text.find("\"data\""), std::string::npos);
}

TEST(ServerMessageTest, PongHasUpstreamsShape) {
  EXPECT_EQ(encode(Pong{.to = bob, .timestamp = 5}),
            R"({"type":"pong","data":{"timestamp":5},"fromPeerId":"system",)"
            R"("targetPeerId":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","timestamp":5})");
}

TEST(ServerMessageTest, ErrorsHaveUpstreamsWords) {
  EXPECT_EQ(encode(ErrorReply{.error = "Invalid message format", .timestamp = 6}),
            R"({"type":"error","error":"Invalid message format","timestamp":6})");
  EXPECT_EQ(unroutable_type_error("undefined"),
            "Signaling server does not route 'undefined' messages. Use WebRTC data channels for "
            "peer-to-peer communication.");
  EXPECT_EQ(unknown_target_error(alice), "Target peer aaaaaaaa... not found on any node");
  EXPECT_EQ(unknown_target_error("äöüßäöüßäöü"), "Target peer äöüßäöüß... not found on any node");
  EXPECT_EQ(unknown_target_error("ab"), "Target peer ab... not found on any node");
}

TEST(ServerMessageTest, ErrorsSayWhenToTryAgain) {
  EXPECT_EQ(encode(ErrorReply{.error = "Rate limit exceeded",
                              .original_type = "announce",
                              .retry_after_ms = 250,
                              .timestamp = 7}),
            R"({"type":"error","error":"Rate limit exceeded","originalType":"announce",)"
            R"("retryAfter":250,"timestamp":7})");
}

TEST(ServerMessageTest, EscapesWhatStrangersWrote) {
  const std::string text = encode(ErrorReply{.error = "a\"b\\c\n\x01", .timestamp = 8});

  EXPECT_EQ(text, R"({"type":"error","error":"a\"b\\c\n\u0001","timestamp":8})");
}

TEST(ServerMessageTest, DecodesConnectedOfEveryServer) {
  JsonReader reader;
  for (const std::string text :
       {R"({"type":"connected","peerId":"ID","timestamp":1})",
        R"({"type":"connected","data":{"peerId":"ID"},"fromPeerId":"system","timestamp":1})"}) {
    const auto message = decode_server_message(text, reader);

    ASSERT_TRUE(message.has_value());
    ASSERT_TRUE(std::holds_alternative<Connected>(*message));
    EXPECT_EQ(std::get<Connected>(*message).peer_id, "ID");
  }
}

TEST(ServerMessageTest, RoundTrips) {
  JsonReader reader;
  const auto signal = decode_server_message(encode(RelayedSignal{.type = SignalType::answer,
                                                                 .data = "[1]",
                                                                 .from = alice,
                                                                 .to = bob,
                                                                 .network = "n",
                                                                 .timestamp = 9}),
                                            reader);
  ASSERT_TRUE(signal && std::holds_alternative<RelayedSignal>(*signal));
  const auto& relayed = std::get<RelayedSignal>(*signal);
  EXPECT_EQ(relayed.data, "[1]");
  EXPECT_EQ(relayed.from, alice);
  EXPECT_EQ(relayed.to, bob);
  EXPECT_EQ(relayed.network, "n");
  EXPECT_EQ(relayed.timestamp, 9);

  const auto gone = decode_server_message(
      encode(PeerDisconnected{.peer_id = alice, .to = bob, .network = "n"}), reader);
  ASSERT_TRUE(gone && std::holds_alternative<PeerDisconnected>(*gone));
  EXPECT_EQ(std::get<PeerDisconnected>(*gone).peer_id, alice);
}

TEST(ServerMessageTest, KnowsPeersOfThisProjectByTheirAnnouncement) {
  JsonReader reader;
  const auto is_capable = [&reader](const std::string& members) {
    const auto message = decode_server_message(
        encode(PeerDiscovered{.peer_id = alice, .members = members, .to = bob, .network = "n"}),
        reader);
    return message && std::get<PeerDiscovered>(*message).is_capable;
  };

  EXPECT_TRUE(is_capable(announced_capability()));
  EXPECT_TRUE(is_capable(R"("name":"A","pigeon":2)"));
  for (const std::string members :
       {"", R"("pigeon":0)", R"("pigeon":-1)", R"("pigeon":"1")", R"("pigeon":true)",
        R"("pigeon":{"pigeon":1})", R"("pigeons":1)", R"("pigeon":0.5)"}) {
    EXPECT_FALSE(is_capable(members)) << members;
  }
}

TEST(ServerMessageTest, TakesUnknownTypesWithoutComplaint) {
  JsonReader reader;
  for (const std::string text : {R"({"type":"keepalive"})", "{}", "[]", "1"}) {
    const auto message = decode_server_message(text, reader);
    ASSERT_TRUE(message.has_value()) << text;
    EXPECT_TRUE(std::holds_alternative<UnknownServerMessage>(*message)) << text;
  }
}

}  // namespace
}  // namespace pigeon::wire
