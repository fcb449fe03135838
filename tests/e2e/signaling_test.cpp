#include <array>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/e2e/hub_test.hpp"

// What clients say to each other through the hub (PeerPigeon protocol, signaling over WebSocket).

namespace pigeon::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Every type that one client addresses to another.
constexpr std::array routed_types = {
    "offer",
    "answer",
    "ice-candidate",
    "connection-rejected",
    "renegotiation-offer",
    "renegotiation-answer",
    "ice-restart-offer",
    "ice-restart-answer",
    "recovery-offer",
};

class SignalingTest : public HubTest {
 protected:
  // Of a pair the second hears soon, as these tests wait for both.
  void SetUp() override { start({"--second-notice", "50ms"}); }

  /// Has both announce themselves and waits until both know of each other.
  static void meet(PeerClient& alice, PeerClient& bob) {
    alice.announce();
    bob.announce();
    alice.expect_about("peer-discovered", bob.id());
    bob.expect_about("peer-discovered", alice.id());
  }
};

TEST_F(SignalingTest, SaysConnectedInTheFormThatEveryGenerationReads) {
  PeerClient alice = connect(1);

  const json::object connected = alice.expect("connected");

  EXPECT_EQ(text_at(connected, "peerId"), alice.id());
  EXPECT_EQ(subject_of(connected), alice.id());
  EXPECT_EQ(text_at(connected, "fromPeerId"), "system");
  EXPECT_GT(connected.at("timestamp").as_int64(), 1'600'000'000'000);
}

TEST_F(SignalingTest, SaysConnectedFirstEvenToThoseWhoDoNotWaitForIt) {
  PeerClient alice = connect(1);

  alice.announce();
  alice.sync();

  ASSERT_EQ(alice.inbox().size(), 1U);
  EXPECT_EQ(text_at(alice.inbox().front(), "type"), "connected");
}

TEST_F(SignalingTest, IntroducesBothWays) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);

  alice.announce({{"name", "Alice"}});
  bob.announce({{"name", "Bob"}});
  const json::object to_alice = alice.expect("peer-discovered");
  const json::object to_bob = bob.expect("peer-discovered");

  EXPECT_EQ(subject_of(to_alice), bob.id());
  EXPECT_EQ(text_at(to_alice.at("data").as_object(), "name"), "Bob");
  EXPECT_EQ(to_alice.at("data").as_object().at("isHub"), false);
  EXPECT_EQ(text_at(to_alice, "fromPeerId"), "system");
  EXPECT_EQ(text_at(to_alice, "targetPeerId"), alice.id());
  EXPECT_EQ(text_at(to_alice, "networkName"), "global");
  EXPECT_TRUE(to_alice.at("timestamp").is_int64());
  EXPECT_EQ(subject_of(to_bob), alice.id());
  EXPECT_EQ(text_at(to_bob.at("data").as_object(), "name"), "Alice");
}

TEST_F(SignalingTest, TakesAClientWithoutNamespaceForOneInGlobal) {
  PeerClient old = connect(1);
  PeerClient young = connect(2, {.network = "global"});

  old.socket().send_text(R"({"type":"announce","data":{"peerId":")" + old.id() +
                         R"("},"maxPeers":3})");
  young.announce();
  old.expect_about("peer-discovered", young.id());
  young.expect_about("peer-discovered", old.id());
  old.socket().send_text(R"({"type":"offer","data":{"sdp":"v=0"},"targetPeerId":")" + young.id() +
                         "\"}");

  EXPECT_EQ(text_at(young.expect("offer"), "networkName"), "global");
}

TEST_F(SignalingTest, KeepsNamespacesApart) {
  PeerClient alice = connect(1, {.network = "red"});
  PeerClient bob = connect(2, {.network = "red"});
  PeerClient carol = connect(3, {.network = "blue"});

  carol.announce();
  meet(alice, bob);
  alice.signal("offer", carol.id(), {{"sdp", "v=0"}});
  const json::object error = alice.expect("error");
  alice.sync();
  carol.sync();

  EXPECT_EQ(text_at(error, "error"),
            "Target peer " + carol.id().substr(0, 8) + "... not found on any node");
  EXPECT_EQ(alice.count("peer-discovered"), 0U);
  EXPECT_EQ(carol.count("peer-discovered"), 0U);
  EXPECT_EQ(carol.count("offer"), 0U);
}

TEST_F(SignalingTest, ClaimingAnotherNamespaceInASignalDoesNotReachIt) {
  PeerClient alice = connect(1, {.network = "red"});
  PeerClient carol = connect(3, {.network = "blue"});

  alice.announce();
  carol.announce();
  carol.sync();
  alice.send({{"type", "offer"},
              {"data", {{"sdp", "v=0"}}},
              {"networkName", "blue"},
              {"targetPeerId", carol.id()}});
  alice.expect("error");
  carol.sync();

  EXPECT_EQ(carol.count("offer"), 0U);
}

TEST_F(SignalingTest, MovesAClientThatAnnouncesAnotherNamespace) {
  PeerClient alice = connect(1, {.network = "red"});
  PeerClient bob = connect(2, {.network = "red"});
  PeerClient carol = connect(3, {.network = "blue"});

  carol.announce();
  meet(alice, bob);
  alice.send({{"type", "announce"}, {"data", {{"peerId", alice.id()}}}, {"networkName", "blue"}});

  EXPECT_EQ(subject_of(bob.expect("peer-disconnected")), alice.id());
  EXPECT_EQ(subject_of(carol.expect("peer-discovered")), alice.id());
}

TEST_F(SignalingTest, RoutesEverySignalWithItsDataUntouched) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  meet(alice, bob);
  const json::value data = json::parse(
      R"({"sdp":"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n","n":1.5,"deep":[{"\u00e4":null}],"t":true})");

  for (const char* type : routed_types) {
    alice.signal(type, bob.id(), data);
    const json::object signal = bob.expect(type);

    EXPECT_EQ(signal.at("data"), data) << type;
    EXPECT_EQ(text_at(signal, "fromPeerId"), alice.id()) << type;
    EXPECT_EQ(text_at(signal, "targetPeerId"), bob.id()) << type;
    EXPECT_EQ(text_at(signal, "networkName"), "global") << type;
    EXPECT_TRUE(signal.at("timestamp").is_int64()) << type;
    EXPECT_FALSE(signal.contains("maxPeers")) << type;
  }
}

TEST_F(SignalingTest, RoutesASignalWithoutData) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  meet(alice, bob);

  alice.send({{"type", "offer"}, {"targetPeerId", bob.id()}});

  EXPECT_FALSE(bob.expect("offer").contains("data"));
}

TEST_F(SignalingTest, RoutesBinaryMessagesAsText) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  meet(alice, bob);

  alice.socket().send(
      {.opcode = opcode::binary,
       .payload = R"({"type":"offer","data":7,"targetPeerId":")" + bob.id() + "\"}"});

  EXPECT_EQ(bob.expect("offer").at("data"), 7);
}

TEST_F(SignalingTest, KeepsTheOrderOfSignals) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  meet(alice, bob);

  for (int i = 0; i < 200; ++i) alice.signal("ice-candidate", bob.id(), i);

  for (int i = 0; i < 200; ++i) ASSERT_EQ(bob.expect("ice-candidate").at("data"), i);
}

TEST_F(SignalingTest, NobodyCanSpeakForAnother) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  const std::string mallory = make_id(99);

  alice.announce({{"peerId", mallory},
                  {"nodeId", "node-9"},
                  {"isHub", true},
                  {"fromPeerId", mallory},
                  {"targetPeerId", mallory}});
  bob.announce();
  const json::object notice = bob.expect("peer-discovered");
  alice.send({{"type", "offer"},
              {"data", {{"peerId", mallory}}},
              {"fromPeerId", mallory},
              {"nodeId", "node-9"},
              {"timestamp", 1},
              {"targetPeerId", bob.id()}});
  const json::object offer = bob.expect("offer");

  EXPECT_EQ(subject_of(notice), alice.id());
  EXPECT_EQ(notice.at("data").as_object().at("isHub"), false);
  EXPECT_EQ(text_at(notice, "fromPeerId"), "system");
  EXPECT_EQ(text_at(notice, "targetPeerId"), bob.id());
  EXPECT_FALSE(notice.contains("nodeId"));
  EXPECT_EQ(text_at(offer, "fromPeerId"), alice.id());
  EXPECT_FALSE(offer.contains("nodeId"));
  EXPECT_NE(offer.at("timestamp"), 1);
}

TEST_F(SignalingTest, TheRealIdIsTheOnlyOneInANotice) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);

  // The same member in two spellings, and twice: parsers differ in which of them they take.
  alice.socket().send_text(
      R"({"type":"announce","data":{"peerId":"x","peer\u0049d":"y","isHu\u0062":true,)"
      R"("peerId":"z","a":1}})");
  bob.announce();
  const std::string notice = json::serialize(bob.expect("peer-discovered"));

  EXPECT_THAT(notice, HasSubstr("\"a\":1"));
  EXPECT_THAT(notice, HasSubstr(R"("peerId":")" + alice.id() + "\""));
  for (const char* forged : {"\"x\"", "\"y\"", "\"z\"", "true"}) {
    EXPECT_THAT(notice, Not(HasSubstr(forged)));
  }
}

TEST_F(SignalingTest, SaysThatATargetIsUnknown) {
  PeerClient alice = connect(1);
  alice.announce();

  for (const std::string& target : {make_id(99), std::string("short"), std::string(300, 'x')}) {
    alice.signal("offer", target, nullptr);
    const json::object error = alice.expect("error");

    EXPECT_EQ(text_at(error, "error"),
              "Target peer " + target.substr(0, 8) + "... not found on any node");
    EXPECT_EQ(text_at(error, "originalType"), "offer");
    EXPECT_TRUE(error.at("timestamp").is_int64());
  }
}

TEST_F(SignalingTest, AClientThatHasNotAnnouncedItselfCannotBeReached) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  bob.sync();

  alice.announce();
  alice.signal("offer", bob.id(), nullptr);
  alice.expect("error");
  bob.sync();

  EXPECT_EQ(bob.count("offer"), 0U);
}

TEST_F(SignalingTest, IgnoresASignalWithoutTarget) {
  PeerClient alice = connect(1);
  alice.expect("connected");

  for (const char* target : {"", R"(,"targetPeerId":null)", R"(,"targetPeerId":"")",
                             R"(,"targetPeerId":0)", R"(,"targetPeerId":false)"}) {
    alice.socket().send_text(R"({"type":"offer")" + std::string(target) + "}");
  }
  alice.sync();

  EXPECT_THAT(alice.inbox(), IsEmpty());
}

TEST_F(SignalingTest, SaysThatATypeIsNotRouted) {
  PeerClient alice = connect(1);
  const auto error_for = [&](const char* message) {
    alice.socket().send_text(message);
    return text_at(alice.expect("error"), "error");
  };
  const auto text = [](const std::string& type) {
    return "Signaling server does not route '" + type +
           "' messages. Use WebRTC data channels for peer-to-peer communication.";
  };

  EXPECT_EQ(error_for(R"({"type":"chat","data":"hello"})"), text("chat"));
  EXPECT_EQ(error_for(R"({"data":1})"), text("undefined"));
  EXPECT_EQ(error_for("[]"), text("undefined"));
  EXPECT_EQ(error_for("\"text\""), text("undefined"));
  EXPECT_EQ(error_for("7"), text("undefined"));
}

TEST_F(SignalingTest, SaysThatAMessageCannotBeRead) {
  PeerClient alice = connect(1);

  for (const char* message : {"", " ", "{", "null", "{\"type\":}", "offer", R"({"type":"a"}})",
                              "{\"type\":\"\t\"}", "[1,]", "NaN", "'x'", "\xef\xbb\xbf{}"}) {
    alice.socket().send_text(message);
    EXPECT_EQ(text_at(alice.expect("error"), "error"), "Invalid message format") << message;
  }
}

TEST_F(SignalingTest, AnswersPing) {
  PeerClient alice = connect(1);

  alice.send({{"type", "ping"}, {"data", {{"peerId", alice.id()}}}});
  const json::object pong = alice.expect("pong");

  EXPECT_EQ(text_at(pong, "fromPeerId"), "system");
  EXPECT_EQ(text_at(pong, "targetPeerId"), alice.id());
  EXPECT_GT(pong.at("data").as_object().at("timestamp").as_int64(), 1'600'000'000'000);
  EXPECT_TRUE(pong.at("timestamp").is_int64());
}

TEST_F(SignalingTest, SaysNothingToCleanupAndToMessagesOfServers) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  meet(alice, bob);
  alice.sync();
  alice.inbox().clear();
  bob.inbox().clear();

  for (const char* type : {"cleanup", "cleanup-all", "connected", "peer-discovered",
                           "peer-disconnected", "pong", "error"}) {
    alice.signal(type, bob.id(), {{"peerId", alice.id()}, {"reason", "peer_disconnect"}});
  }
  alice.sync();
  bob.sync();

  EXPECT_THAT(alice.inbox(), IsEmpty());
  EXPECT_THAT(bob.inbox(), IsEmpty());
}

TEST_F(SignalingTest, RoutesRejectionsExceptTheOneThatBreaksPairs) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  meet(alice, bob);

  alice.signal("connection-rejected", bob.id(), {{"reason", "initiator_role_conflict"}});
  alice.signal("connection-rejected", bob.id(), {{"reason", "max_peers_reached"}});
  const json::object rejection = bob.expect("connection-rejected");
  alice.sync();
  bob.sync();

  EXPECT_EQ(text_at(rejection.at("data").as_object(), "reason"), "max_peers_reached");
  EXPECT_EQ(bob.count("connection-rejected"), 0U);
  EXPECT_EQ(alice.count("error"), 0U);
}

TEST_F(SignalingTest, PassesAGoodbyeOnOnce) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  meet(alice, bob);

  {
    PeerClient& leaving = alice;
    leaving.send({{"type", "goodbye"}, {"data", {{"peerId", leaving.id()}, {"timestamp", 1}}}});
    leaving.send({{"type", "goodbye"}, {"data", {{"peerId", leaving.id()}, {"timestamp", 2}}}});
    leaving.sync();
    leaving.socket().send({.opcode = opcode::close, .payload = close_payload(1000)});
    leaving.socket().wait_closed();
  }
  const json::object goodbye = bob.expect("goodbye");
  const json::object departure = bob.expect("peer-disconnected");
  bob.sync();

  EXPECT_EQ(text_at(goodbye, "fromPeerId"), alice.id());
  EXPECT_EQ(text_at(goodbye, "networkName"), "global");
  EXPECT_EQ(goodbye.at("data").as_object().at("timestamp"), 1);
  EXPECT_EQ(subject_of(departure), alice.id());
  EXPECT_EQ(bob.count("goodbye"), 0U);
  EXPECT_EQ(bob.count("peer-disconnected"), 0U);
}

TEST_F(SignalingTest, HearsAGoodbyeThatIsFollowedByACloseAtOnce) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  meet(alice, bob);

  alice.socket().send_bytes(
      encode({.payload = R"({"type":"goodbye","networkName":"global"})"}) +
      encode({.opcode = opcode::close, .payload = close_payload(1000, "Client disconnect")}));

  EXPECT_EQ(text_at(bob.expect("goodbye"), "fromPeerId"), alice.id());
  bob.expect_about("peer-disconnected", alice.id());
}

TEST_F(SignalingTest, AClientMayComeBackAfterItsGoodbye) {
  PeerClient alice = connect(1);
  PeerClient bob = connect(2);
  meet(alice, bob);

  alice.send({{"type", "goodbye"}});
  bob.expect_about("peer-disconnected", alice.id());
  alice.announce();

  EXPECT_EQ(subject_of(bob.expect("peer-discovered")), alice.id());
}

TEST_F(SignalingTest, TellsOnceThatAClientHasClosed) {
  PeerClient bob = connect(2);
  {
    PeerClient alice = connect(1);
    meet(alice, bob);
    alice.socket().send(
        {.opcode = opcode::close, .payload = close_payload(1000, "Client disconnect")});
    expect_closed(alice.socket(), 1000, "");
  }
  const json::object departure = bob.expect("peer-disconnected");
  bob.sync();

  EXPECT_EQ(subject_of(departure), make_id(1));
  EXPECT_EQ(text_at(departure, "fromPeerId"), "system");
  EXPECT_EQ(text_at(departure, "targetPeerId"), bob.id());
  EXPECT_EQ(text_at(departure, "networkName"), "global");
  EXPECT_EQ(bob.count("peer-disconnected"), 0U);
}

TEST_F(SignalingTest, TellsOnceThatAClientHasVanished) {
  PeerClient bob = connect(2);
  {
    PeerClient alice = connect(1);
    meet(alice, bob);
    dynamic_cast<TcpStream&>(alice.socket().stream()).reset();
  }
  bob.expect_about("peer-disconnected", make_id(1));
  bob.sync();

  EXPECT_EQ(bob.count("peer-disconnected"), 0U);
}

}  // namespace
}  // namespace pigeon::test
