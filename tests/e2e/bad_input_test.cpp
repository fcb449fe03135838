#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>

#include "tests/e2e/crowd_test.hpp"
#include "tests/support/http_client.hpp"

// Input that no client should send, each kind against the real hub at work.

namespace pigeon::test {
namespace {

class BadInputTest : public CrowdTest {
 protected:
  void SetUp() override { start_with_crowd(); }

  /// Sends the bytes on a new connection and gives how the hub closes it.
  Ending ending_after(std::string_view bytes) {
    WebSocketClient socket(from_stranger(), "/?peerId=" + make_id(1));
    socket.send_bytes(bytes);
    return socket.wait_closed();
  }

  /// The text of the error that answers a message; the client can go on.
  std::string error_after(const std::string& message) {
    PeerClient peer = connect_stranger(next_id_++);
    peer.socket().send_text(message);
    std::string text = text_at(peer.expect("error"), "error");
    peer.sync();
    return text;
  }

 private:
  std::uint64_t next_id_ = 100;
};

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string nested(std::size_t depth) { return repeat("[", depth) + repeat("]", depth); }
std::string nested_objects(std::size_t depth) {
  return repeat(R"({"a":)", depth) + "1" + repeat("}", depth);
}

TEST_F(BadInputTest, HostsAndPathsThatAreNone) {
  const std::string upgrade =
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
      "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  for (const char* host : {"[", "[::", "]", "a:b:c", "http://", "%", "\\", "a b", "\x7f"}) {
    HttpClient client(from_stranger());
    client.send("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" + upgrade);
    const unsigned status = client.receive().status;
    EXPECT_TRUE(status == 101 || status == 400) << host;
  }
  for (const char* target : {"//", "///", "//?", "//[", "//a:b@[", "/%", "/\\", "*", "http://[",
                             "http://", "?", "#", "/?peerId=%", "/?%=%", "/?&&&==", "/;"}) {
    HttpClient client(from_stranger());
    client.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + upgrade);
    const unsigned status = client.receive().status;
    EXPECT_TRUE(status == 101 || status == 400) << target;
    HttpClient plain(from_stranger());
    plain.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    const unsigned answer = plain.receive().status;
    EXPECT_TRUE(answer == 200 || answer == 400 || answer == 404) << target;
  }
}

TEST_F(BadInputTest, NestingWithoutEnd) {
  constexpr std::size_t deep = 20'000;
  const std::string target = R"(,"targetPeerId":")" + make_id(1'000'000) + "\"}";

  for (const std::string& value : {nested(deep), nested_objects(deep), repeat("[", deep),
                                   repeat(R"({"a":)", deep), repeat("[", 1'000'000)}) {
    EXPECT_EQ(error_after(R"({"type":"announce","data":)" + value + "}"), "Invalid message format");
    EXPECT_EQ(error_after(R"({"type":"offer","data":)" + value + target), "Invalid message format");
    EXPECT_EQ(error_after(value), "Invalid message format");
  }
}

TEST_F(BadInputTest, NestingUpToTheLimitIsRouted) {
  PeerClient alice = connect_stranger(1);
  PeerClient bob = connect_stranger(2);
  alice.announce();
  bob.announce();
  bob.sync();

  // The message itself is the first of 32 levels.
  alice.socket().send_text(R"({"type":"offer","data":)" + nested(31) + R"(,"targetPeerId":")" +
                           bob.id() + "\"}");
  alice.socket().send_text(R"({"type":"answer","data":)" + nested(32) + R"(,"targetPeerId":")" +
                           bob.id() + "\"}");

  EXPECT_TRUE(bob.expect("offer").at("data").is_array());
  EXPECT_EQ(text_at(alice.expect("error"), "error"), "Invalid message format");
}

TEST_F(BadInputTest, FramesThatAreTooLarge) {
  const std::string megabytes(std::size_t{2} << 20U, 'x');

  EXPECT_EQ(ending_after(encode({.payload = megabytes})).code, 1009);
  EXPECT_EQ(ending_after(encode({.opcode = opcode::binary, .payload = megabytes})).code, 1009);
  EXPECT_EQ(ending_after(encode({.announced_length = ~std::uint64_t{0} >> 1U})).code, 1009);
}

TEST_F(BadInputTest, FramesThatAreWrong) {
  EXPECT_EQ(ending_after(encode({.payload = "{}", .is_masked = false})).code, 1002);
  EXPECT_EQ(ending_after(encode({.payload = "\xff\xfe"})).code, 1007);
  EXPECT_EQ(ending_after(encode({.payload = "\"\xed\xa0\x80\""})).code, 1007);
  for (std::uint8_t bits = 1; bits < 8; ++bits) {
    EXPECT_EQ(ending_after(encode({.payload = "{}", .reserved = bits})).code, 1002);
  }
  for (const int code : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    EXPECT_EQ(ending_after(encode({.opcode = static_cast<std::uint8_t>(code)})).code, 1002);
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65'535}) {
    const std::string payload = close_payload(static_cast<std::uint16_t>(code));
    EXPECT_EQ(ending_after(encode({.opcode = opcode::close, .payload = payload})).code, 1002);
  }
  EXPECT_EQ(ending_after(repeat("\xff", 10'000)).code, 1002);
  EXPECT_EQ(ending_after("GET / HTTP/1.1\r\nHost: a\r\n\r\n").code, 1002);
}

TEST_F(BadInputTest, FragmentsWithoutEnd) {
  WebSocketClient socket(from_stranger(), "/?peerId=" + make_id(1));
  const std::string piece(60'000, 'x');
  std::size_t sent = 0;

  ClientFrame frame{.payload = piece, .is_final = false};
  // The hub may end the connection while this still goes on.
  while (sent < 200 && socket.send(frame)) {
    frame.opcode = opcode::continuation;
    ++sent;
  }

  EXPECT_EQ(socket.wait_closed().code, 1009);
}

TEST_F(BadInputTest, FragmentsOfOneByteByTheThousand) {
  PeerClient alice = connect_stranger(1);
  alice.announce();
  const std::string text(5'000, 'x');
  const std::string message =
      R"({"type":"offer","data":")" + text + R"(","targetPeerId":")" + alice.id() + "\"}";
  std::string frames;

  for (std::size_t i = 0; i < message.size(); ++i) {
    frames += encode({.opcode = i == 0 ? opcode::text : opcode::continuation,
                      .payload = message.substr(i, 1),
                      .is_final = i + 1 == message.size()});
  }
  alice.socket().send_bytes(frames);

  EXPECT_EQ(text_at(alice.expect("offer"), "data"), text);
}

TEST_F(BadInputTest, EmptyFragmentsWithoutEnd) {
  const std::string more = encode({.opcode = opcode::continuation, .is_final = false});

  EXPECT_EQ(ending_after(encode({.is_final = false}) + repeat(more, 100'000)).code, 1008);
}

TEST_F(BadInputTest, DuplicateMembersCountOnceTheLastOne) {
  PeerClient alice = connect_stranger(1);
  PeerClient bob = connect_stranger(2);
  PeerClient carol = connect_stranger(3);
  for (PeerClient* each : {&alice, &bob, &carol}) each->announce();
  for (PeerClient* each : {&alice, &bob, &carol}) each->sync();

  alice.socket().send_text(R"({"type":"nonsense","data":1,"targetPeerId":")" + bob.id() +
                           R"(","type":"offer","data":2,"targetPeerId":")" + carol.id() + "\"}");

  EXPECT_EQ(carol.expect("offer").at("data"), 2);
  bob.sync();
  alice.sync();
  EXPECT_EQ(bob.count("offer"), 0U);
  EXPECT_EQ(alice.count("error"), 0U);
}

TEST_F(BadInputTest, AnnouncedDataThatIsTooLarge) {
  PeerClient alice = connect_stranger(1);

  alice.announce({{"x", std::string(100'000, 'x')}});

  EXPECT_EQ(text_at(alice.expect("error"), "originalType"), "announce");
  EXPECT_EQ(error_after(R"({"type":"announce","networkName":")" + std::string(5'000, 'n') + "\"}"),
            "Invalid message format");
}

/// Every type and member of a message with every kind of JSON in it.
class WrongTypesTest : public CrowdTest {
 protected:
  void SetUp() override {
    start_with_crowd({"--messages-per-peer", "0", "--announces-per-peer", "0"});
  }

  static std::string message(std::string_view type, std::string_view member, std::string_view value,
                             const std::string& own_id) {
    std::string text = "{";
    const auto add = [&](std::string_view name, std::string_view usual) {
      if (text.size() > 1) text += ',';
      text.append("\"").append(name).append("\":").append(name == member ? value : usual);
    };
    add("type", "\"" + std::string(type) + "\"");
    add("data", R"({"peerId":")" + own_id + "\"}");
    add("targetPeerId", "\"" + own_id + "\"");
    add("networkName", "\"strangers\"");
    add("maxPeers", "3");
    add("fromPeerId", "\"" + own_id + "\"");
    add("timestamp", "1");
    return text + "}";
  }
};

constexpr std::array types = {
    "announce",
    "offer",
    "answer",
    "ice-candidate",
    "goodbye",
    "connection-rejected",
    "renegotiation-offer",
    "cleanup",
    "cleanup-all",
    "ping",
    "pong",
    "connected",
    "peer-discovered",
    "peer-disconnected",
    "error",
    "unknown",
};
constexpr std::array members = {"type",     "data",       "targetPeerId", "networkName",
                                "maxPeers", "fromPeerId", "timestamp"};
constexpr std::array values = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1.5",
    "1e308",
    "9007199254740993",
    "123456789012345678901234567890",
    "\"\"",
    "\"x\"",
    R"("\u0000")",
    R"("\ud83d\udd4a")",
    "[]",
    "[null]",
    "[[[[]]]]",
    "{}",
    R"({"peerId":null})",
    R"({"peerId":{"peerId":[]}})",
    R"({"reason":7})",
    R"({"__proto__":{"peerId":"x"}})",
    R"({"":0})",
    R"({"a":1,"a":2})",
};

TEST_F(WrongTypesTest, AreAnsweredOrIgnored) {
  PeerClient alice = connect_stranger(1, {.network = "strangers"});
  PeerClient bob = connect_stranger(2, {.network = "strangers"});
  alice.announce();
  bob.announce();

  std::size_t sent = 0;
  for (const char* type : types) {
    for (const char* member : members) {
      for (const char* value : values) {
        const std::string text = message(type, member, value, alice.id());
        alice.socket().send_text(text);
        // Whatever it did to the hub, the client is served on, and nobody hears nonsense.
        ASSERT_NO_THROW(alice.sync()) << text;
        for (const json::object& answer : alice.inbox()) {
          ASSERT_FALSE(text_at(answer, "type").empty()) << text;
          if (answer.contains("fromPeerId")) {
            const std::string from = text_at(answer, "fromPeerId");
            ASSERT_TRUE(from == "system" || from == alice.id() || from == bob.id()) << text;
          }
        }
        alice.inbox().clear();
        ++sent;
      }
    }
  }
  EXPECT_EQ(sent, types.size() * members.size() * values.size());
  alice.announce();
  alice.signal("offer", bob.id(), 1);
  EXPECT_EQ(bob.expect("offer").at("data"), 1);
  for (const json::object& notice : bob.inbox()) {
    if (text_at(notice, "type") == "peer-discovered") {
      EXPECT_EQ(subject_of(notice), alice.id());
    }
  }
}

}  // namespace
}  // namespace pigeon::test
