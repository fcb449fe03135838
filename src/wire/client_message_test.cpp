#include "wire/client_message.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/limits.hpp"

namespace pigeon::wire {
namespace {

constexpr std::string_view alice = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr std::string_view bob = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

class ClientMessageTest : public ::testing::Test {
 protected:
  template <class Message>
  Message decode(std::string_view text) {
    const auto decoded = decode_client_message(text, reader_);
    if (!decoded) {
      ADD_FAILURE() << to_string(decoded.error()) << ": " << text;
      return {};
    }
    const auto* message = std::get_if<Message>(&*decoded);
    EXPECT_NE(message, nullptr) << text;
    return message == nullptr ? Message{} : *message;
  }

  WireError error_of(std::string_view text) {
    const auto decoded = decode_client_message(text, reader_);
    if (!decoded) return decoded.error();
    ADD_FAILURE() << "decodes: " << text.substr(0, 200);
    return {};
  }

  JsonReader reader_;
};

TEST_F(ClientMessageTest, DecodesAnnouncementsOfEveryGeneration) {
  const auto old = decode<Announce>(
      R"({"type":"announce","data":{"peerId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},)"
      R"("maxPeers":3})");
  EXPECT_EQ(old.network, "global");
  EXPECT_EQ(old.max_peers, 3U);
  EXPECT_EQ(old.members, "");

  const auto current = decode<Announce>(
      R"({"type":"announce","data":{"peerId":"x"},"maxPeers":16,"networkName":"chess"})");
  EXPECT_EQ(current.network, "chess");
  EXPECT_EQ(current.max_peers, 16U);
}

TEST_F(ClientMessageTest, KeepsAnnouncedDataButNeverAnIdentity) {
  const auto announce = decode<Announce>(
      R"({"type":"announce","data":{"name":"B\u00f6b","peerId":"spoof","isHub":true,)"
      R"("peer\u0049d":1,"x":[1, 2]}})");

  EXPECT_EQ(announce.members, R"("name":"B\u00f6b","x":[1, 2])");
}

TEST_F(ClientMessageTest, IgnoresAnnouncedDataThatIsNoObject) {
  for (const std::string data : {"null", "1", "\"text\"", "[1,2]", "true"}) {
    EXPECT_EQ(decode<Announce>(R"({"type":"announce","data":)" + data + "}").members, "");
  }
}

TEST_F(ClientMessageTest, TakesNoLinksFromAnOddMaxPeers) {
  for (const std::string value : {"-1", "3.5", "\"3\"", "null", "99999999999", "[]"}) {
    const auto announce = decode<Announce>(R"({"type":"announce","maxPeers":)" + value + "}");
    EXPECT_FALSE(announce.max_peers.has_value()) << value;
  }
}

TEST_F(ClientMessageTest, PassesTheDataOfASignalOnByteForByte) {
  const std::string data = R"({ "type" : "offer", "sdp":"v=0\r\nm=audio é", "n":1.50e1 })";

  const auto signal = decode<Signal>(R"({"type":"offer","targetPeerId":")" + std::string(bob) +
                                     R"(","fromPeerId":"forged","data":)" + data +
                                     R"(,"maxPeers":3,"networkName":"global"})");

  EXPECT_EQ(signal.type, SignalType::offer);
  EXPECT_EQ(signal.target, bob);
  EXPECT_EQ(signal.data, data);
  EXPECT_EQ(signal.network, "global");
}

TEST_F(ClientMessageTest, DecodesEveryRoutedType) {
  for (const std::string_view type :
       {"offer", "answer", "ice-candidate", "connection-rejected", "renegotiation-offer",
        "renegotiation-answer", "ice-restart-offer", "ice-restart-answer", "recovery-offer"}) {
    const auto signal =
        decode<Signal>(R"({"type":")" + std::string(type) + R"(","targetPeerId":"t"})");
    EXPECT_EQ(to_text(signal.type), type);
  }
}

TEST_F(ClientMessageTest, ReadsTheReasonOfARejection) {
  const auto signal = decode<Signal>(R"({"type":"connection-rejected","targetPeerId":"t",)"
                                     R"("data":{"reason":"initiator_role\u005fconflict"}})");

  EXPECT_EQ(signal.reason, "initiator_role_conflict");
}

TEST_F(ClientMessageTest, OfDuplicateMembersTheLastCounts) {
  const auto signal = decode<Signal>(
      R"({"type":"ping","targetPeerId":"one","type":"answer","targetPeerId":"two"})");

  EXPECT_EQ(signal.type, SignalType::answer);
  EXPECT_EQ(signal.target, "two");
}

TEST_F(ClientMessageTest, ReadsEscapedNames) {
  EXPECT_EQ(decode<Signal>(R"({"\u0074ype":"off\u0065r","targetPeerId":"\u0061b"})").target, "ab");
}

TEST_F(ClientMessageTest, TakesAFalseTargetAsNone) {
  for (const std::string target : {"null", "false", "0", "\"\"", "-0.0e5"}) {
    EXPECT_EQ(decode<Signal>(R"({"type":"offer","targetPeerId":)" + target + "}").target, "");
  }
}

TEST_F(ClientMessageTest, RefusesFieldsOfAWrongType) {
  for (const std::string value : {"1", "true", "[]", "{}", "[\"x\"]"}) {
    EXPECT_EQ(error_of(R"({"type":"offer","targetPeerId":)" + value + "}"), WireError::bad_field);
    EXPECT_EQ(error_of(R"({"type":"announce","networkName":)" + value + "}"), WireError::bad_field);
  }
}

TEST_F(ClientMessageTest, BoundsTheNamespace) {
  const std::string longest(network_name_bytes_max, 'n');

  EXPECT_EQ(decode<Announce>(R"({"type":"announce","networkName":")" + longest + "\"}").network,
            longest);
  EXPECT_EQ(error_of(R"({"type":"announce","networkName":")" + longest + "n\"}"),
            WireError::bad_field);
}

TEST_F(ClientMessageTest, RefusesWhatIsNotJson) {
  for (const std::string text :
       {"", " ", "{", "}", "{]", "nul", R"({"a":01})", R"({"type":"offer"} x)", "\xff", "{'a':1}",
        "{\"type\":\"\xc3\x28\"}", "{\"a\":\"\n\"}", R"({"a":"\ud800"})", R"({"a":1,})"}) {
    EXPECT_EQ(error_of(text), WireError::malformed_json) << text;
  }
  EXPECT_EQ(error_of("null"), WireError::bad_field);
}

TEST_F(ClientMessageTest, BoundsDepthAndSize) {
  const auto nested = [](std::size_t depth) {
    return R"({"type":"offer","targetPeerId":"t","data":)" + std::string(depth, '[') +
           std::string(depth, ']') + "}";
  };
  EXPECT_EQ(decode<Signal>(nested(json_depth_max - 1)).target, "t");
  EXPECT_EQ(error_of(nested(json_depth_max)), WireError::nested_too_deep);
  EXPECT_EQ(error_of(nested(20'000)), WireError::nested_too_deep);
  EXPECT_EQ(error_of("\"" + std::string(message_bytes_max, 'x') + "\""), WireError::too_large);
}

TEST_F(ClientMessageTest, EveryTruncationIsRefused) {
  const std::string whole =
      R"({"type":"offer","data":{"sdp":"v=0 \u00e9é","n":[1,-2.5e3,true,null]},)"
      R"("targetPeerId":"t"})";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(decode_client_message(whole.substr(0, length), reader_).has_value()) << length;
  }
}

TEST_F(ClientMessageTest, NamesUnroutableTypesAsJavaScriptPrintsThem) {
  EXPECT_EQ(decode<Unroutable>(R"({"type":"hello \"you\""})").type, "hello \"you\"");
  EXPECT_EQ(decode<Unroutable>("{}").type, "undefined");
  EXPECT_EQ(decode<Unroutable>(R"({"type":null})").type, "null");
  EXPECT_EQ(decode<Unroutable>(R"({"type":17})").type, "17");
  EXPECT_EQ(decode<Unroutable>(R"({"type":{}})").type, "[object Object]");
  EXPECT_EQ(decode<Unroutable>(R"("text")").type, "undefined");
  EXPECT_EQ(decode<Unroutable>("[1]").type, "undefined");
  EXPECT_EQ(decode<Unroutable>("5").type, "undefined");
}

TEST_F(ClientMessageTest, CutsLongUnroutableTypesBetweenCharacters) {
  const std::string type(echoed_type_bytes_max - 1, 'x');

  EXPECT_EQ(decode<Unroutable>(R"({"type":")" + type + R"(éé"})").type, type);
}

TEST_F(ClientMessageTest, RecognizesWhatOnlyServersSend) {
  for (const std::string type :
       {"connected", "peer-discovered", "peer-disconnected", "pong", "error"}) {
    decode<ServerOnly>(R"({"type":")" + type + "\"}");
  }
}

TEST_F(ClientMessageTest, RoundTrips) {
  const auto announce = decode<Announce>(encode_announce(alice, "chess", 3, ""));
  EXPECT_EQ(announce.network, "chess");
  EXPECT_EQ(announce.max_peers, 3U);
  EXPECT_EQ(decode<Announce>(encode_announce(alice, "", 3, "")).network, "global");
  EXPECT_EQ(decode<Announce>(encode_announce(alice, "", 3, R"("pigeon":1)")).members,
            R"("pigeon":1)");

  const auto signal = decode<Signal>(encode_signal({.type = SignalType::recovery_offer,
                                                    .network = "a \"quoted\" name",
                                                    .target = bob,
                                                    .data = R"([1])",
                                                    .reason = {}}));
  EXPECT_EQ(signal.type, SignalType::recovery_offer);
  EXPECT_EQ(signal.network, "a \"quoted\" name");
  EXPECT_EQ(signal.target, bob);
  EXPECT_EQ(signal.data, "[1]");

  EXPECT_THAT(std::string(decode<Goodbye>(encode_goodbye(alice, 5, "n")).data),
              ::testing::HasSubstr(alice));
  decode<Ping>(encode_ping(alice));
}

}  // namespace
}  // namespace pigeon::wire
