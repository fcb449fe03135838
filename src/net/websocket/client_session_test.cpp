#include "net/websocket/client_session.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::net::websocket {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::string_literals;

Now at(Duration since_start) { return {.monotonic = Instant{} + 1h + since_start}; }

/// A session of which a test plays the server.
class ClientSessionTest : public ::testing::Test {
 protected:
  void begin(const ClientSessionOptions& options = {}) {
    auto made = ClientSession::create("hub.example:3000", "/?peerId=id", options,
                                      Random::from_number(7), at(0s));
    session_.emplace(std::move(made).value());
    request_ = written();
    const std::string name = "Sec-WebSocket-Key: ";
    const std::size_t start = request_.find(name) + name.size();
    key_ = request_.substr(start, request_.find("\r\n", start) - start);
  }
  void open(const ClientSessionOptions& options = {}) {
    begin(options);
    feed(response());
    ASSERT_THAT(session_->take_events(), SizeIs(1));
  }

  std::string response() const { return encode_response(accept_value(key_)); }

  void feed(std::string_view bytes, Duration when = 1s) {
    std::string copy(bytes);
    session_->receive({reinterpret_cast<std::uint8_t*>(copy.data()), copy.size()}, at(when));
  }
  /// Takes what is to be written.
  std::string written() {
    Bytes bytes(session_->queue().bytes());
    session_->queue().copy(bytes);
    session_->queue().consume(bytes.size());
    return std::string(as_text(bytes));
  }
  /// The frames that are to be written, unmasked: first byte, payload.
  std::vector<std::pair<std::uint8_t, std::string>> frames() {
    const std::string bytes = written();
    std::vector<std::pair<std::uint8_t, std::string>> found;
    for (std::size_t i = 0; i < bytes.size();) {
      const auto byte = [&](std::size_t k) { return static_cast<std::uint8_t>(bytes.at(i + k)); };
      EXPECT_EQ(byte(1) & 0x80U, 0x80U) << "not masked";
      std::size_t size = byte(1) & 0x7fU;
      std::size_t header = 2;
      if (size == 126) {
        size = static_cast<std::size_t>(byte(2) << 8U | byte(3));
        header = 4;
      }
      const MaskKey key = {byte(header), byte(header + 1), byte(header + 2), byte(header + 3)};
      std::string payload = bytes.substr(i + header + 4, size);
      apply_mask({reinterpret_cast<std::uint8_t*>(payload.data()), payload.size()}, key);
      found.emplace_back(byte(0), std::move(payload));
      i += header + 4 + size;
    }
    return found;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> found;
    for (const SessionEvent& event : session_->take_events()) {
      if (const auto* text = std::get_if<TextReceived>(&event)) found.push_back(text->text);
    }
    return found;
  }
  /// The end, which must be the last event.
  SessionClosed ending() {
    const auto events = session_->take_events();
    EXPECT_TRUE(session_->has_ended());
    EXPECT_EQ(session_->next_timeout(), Instant::max());
    if (events.empty() || !std::holds_alternative<SessionClosed>(events.back())) {
      ADD_FAILURE() << "not closed";
      return {};
    }
    return std::get<SessionClosed>(events.back());
  }
  std::string refusal_of(std::string_view bytes) {
    begin();
    feed(bytes);
    return ending().reason;
  }

  std::optional<ClientSession> session_;
  std::string request_;
  std::string key_;
};

TEST_F(ClientSessionTest, AsksForAWebSocket) {
  begin();

  EXPECT_EQ(request_,
            "GET /?peerId=id HTTP/1.1\r\nHost: hub.example:3000\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: " +
                key_ + "\r\nSec-WebSocket-Version: 13\r\n\r\n");
  EXPECT_EQ(key_.size(), 24U);
}

TEST_F(ClientSessionTest, RefusesTargetsThatCouldSmuggleFieldsIn) {
  EXPECT_FALSE(
      ClientSession::create("h", "/ HTTP/1.1\r\nX: y", {}, Random::from_number(1), at(0s)));
  EXPECT_FALSE(ClientSession::create("h\r\nX: y", "/", {}, Random::from_number(1), at(0s)));
}

TEST_F(ClientSessionTest, OpensWithTheRightResponse) {
  begin();

  feed(response());

  const auto events = session_->take_events();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_TRUE(std::holds_alternative<SessionOpened>(events[0]));
  EXPECT_TRUE(session_->is_open());
}

TEST_F(ClientSessionTest, WaitsForEveryTruncationOfTheResponse) {
  begin();
  const std::string whole = response() + "\x81\x05Hello";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    begin();
    feed(whole.substr(0, size));
    EXPECT_THAT(texts(), IsEmpty()) << size;
    EXPECT_FALSE(session_->has_ended()) << size;

    feed(whole.substr(size));

    EXPECT_THAT(texts(), ::testing::ElementsAre("Hello")) << size;
  }
}

TEST_F(ClientSessionTest, ReadsAResponseByteByByte) {
  begin();
  for (const char byte : response() + "\x81\x05Hello") feed(std::string(1, byte));

  EXPECT_THAT(texts(), ::testing::ElementsAre("Hello"));
}

TEST_F(ClientSessionTest, SaysWhatIsWrongWithAResponse) {
  begin();
  const std::string good = response();
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = good;
    return changed.replace(changed.find(from), from.size(), to);
  };
  EXPECT_THAT(refusal_of(with("Upgrade: websocket", "Upgrade: h2c")), HasSubstr("field Upgrade"));
  EXPECT_THAT(refusal_of(with("Connection: Upgrade", "Connection: close")),
              HasSubstr("field Connection"));
  EXPECT_THAT(refusal_of(with("Accept: ", "Accept: A")), HasSubstr("does not fit the key"));
  EXPECT_THAT(refusal_of(with("Upgrade: w", "Sec-WebSocket-Extensions: x\r\nUpgrade: w")),
              HasSubstr("extension that was not requested"));
  EXPECT_THAT(refusal_of(with("Upgrade: w", "Sec-WebSocket-Protocol: x\r\nUpgrade: w")),
              HasSubstr("subprotocol that was not requested"));
  EXPECT_THAT(refusal_of("SSH-2.0-OpenSSH_9.2\r\n"),
              AllOf(StartsWith("The server at hub.example:3000 is no hub"), HasSubstr("not HTTP")));
}

TEST_F(ClientSessionTest, KnowsOtherProtocolsByTheirFirstByte) {
  EXPECT_THAT(refusal_of("\x15"), HasSubstr("is not HTTP"));
  EXPECT_THAT(refusal_of("HTTQ"), HasSubstr("is not HTTP"));
  begin();
  for (const char byte : "HTTP/2"s) feed(std::string(1, byte));
  EXPECT_THAT(ending().reason, HasSubstr("is not HTTP"));
}

TEST_F(ClientSessionTest, SaysWhatToDoAboutARefusal) {
  EXPECT_THAT(refusal_of("HTTP/1.1 429 Too Many Requests\r\n\r\n"),
              AllOf(HasSubstr("answers 429 Too Many Requests"), HasSubstr("wait before")));
  EXPECT_THAT(refusal_of("HTTP/1.1 404 Not Found\r\n\r\n"), HasSubstr("Check that the address"));
  EXPECT_THAT(refusal_of("HTTP/1.1 403 No\r\n\r\n"), HasSubstr("does not let you in"));
  EXPECT_THAT(refusal_of("HTTP/1.1 502 Bad Gateway\r\n\r\n"), HasSubstr("out of order"));
  EXPECT_THAT(refusal_of("HTTP/1.1 301 Moved\r\nLocation: https://other.example/\r\n\r\n"),
              HasSubstr("points to https://other.example/"));
  EXPECT_THAT(refusal_of("HTTP/1.1 200 OK\r\n\r\n<html>"), HasSubstr("answers 200 OK"));
}

TEST_F(ClientSessionTest, RepeatsNothingThatATerminalObeys) {
  EXPECT_THAT(
      refusal_of("HTTP/1.1 302 x\r\nLocation: \xff\xfe" + std::string(5'000, 'x') + "\r\n\r\n"),
      AllOf(Not(HasSubstr("\xff")), HasSubstr("answers 302")));
  open();
  feed("\x88\x07\x03\xe9\x1b[2J\x07"s);
  EXPECT_THAT(ending().reason, AllOf(HasSubstr("(1001: "), Not(HasSubstr("\x1b"))));
}

TEST_F(ClientSessionTest, BoundsTheHeadOfTheResponse) {
  EXPECT_THAT(refusal_of("HTTP/1.1 101 x\r\nX: " + std::string(9'000, 'x')),
              HasSubstr("too large a head"));
  begin();
  for (int i = 0; i < 2'000 && !session_->has_ended(); ++i)
    feed(i == 0 ? "HTTP/1.1 101 x\r\n" : "a: b\r\n");
  EXPECT_THAT(ending().reason, HasSubstr("too large a head"));
}

// RFC 6455 section 5.7, with the key that the seed gives.
TEST_F(ClientSessionTest, MasksEachFrameAnew) {
  open();

  session_->send_text("Hello");
  session_->send_text("Hello");

  const std::string bytes = written();
  ASSERT_EQ(bytes.size(), 22U);
  EXPECT_EQ(bytes.substr(0, 2), "\x81\x85");
  EXPECT_EQ(bytes.substr(11, 2), "\x81\x85");
  EXPECT_NE(bytes.substr(2, 4), bytes.substr(13, 4));
  EXPECT_EQ(bytes.find("Hello"), std::string::npos);
}

TEST_F(ClientSessionTest, WritesGoldenFrames) {
  open();

  session_->send_text("Hello");
  session_->send_text(std::string(300, 'x'));

  const auto sent = frames();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[0], std::pair(std::uint8_t{0x81}, "Hello"s));
  EXPECT_EQ(sent[1], std::pair(std::uint8_t{0x81}, std::string(300, 'x')));
}

TEST_F(ClientSessionTest, ReadsGoldenFrames) {
  open();

  // RFC 6455 section 5.7: whole, in fragments with a ping between, empty.
  feed("\x81\x05Hello\x01\x03Hel\x89\x02hi\x80\x02lo\x81\x00"s);

  EXPECT_THAT(texts(), ::testing::ElementsAre("Hello", "Hello", ""));
  EXPECT_THAT(frames(), ::testing::ElementsAre(std::pair(std::uint8_t{0x8a}, "hi"s)));
}

TEST_F(ClientSessionTest, RefusesMaskedFramesOfAServer) {
  open();

  feed("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");

  EXPECT_EQ(ending().code, 1002);
  const auto sent = frames();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].first, 0x88);
  EXPECT_EQ(sent[0].second.substr(0, 2), "\x03\xea");
}

TEST_F(ClientSessionTest, RefusesBinaryMessagesAndTooLongOnes) {
  open();
  feed("\x82\x01x");
  EXPECT_EQ(ending().code, 1003);

  open({.message_bytes_max = 200});
  feed("\x81\x7e\x00\xc9"s);
  EXPECT_EQ(ending().code, 1009);
}

TEST_F(ClientSessionTest, AnswersACloseFrameAndTellsItsCode) {
  open();

  feed("\x88\x15\x03\xf0Peer already open!!\x81\x01x"s);

  const auto end = ending();
  EXPECT_EQ(end.code, 1008);
  EXPECT_EQ(end.reason,
            "The server at hub.example:3000 closed the connection "
            "(1008: Peer already open!!).");
  EXPECT_THAT(frames(), ::testing::ElementsAre(std::pair(std::uint8_t{0x88}, "\x03\xf0"s)));
}

TEST_F(ClientSessionTest, WaitsForTheCloseFrameOfTheServer) {
  open();
  session_->send_text("last words");

  session_->close(CloseCode::normal, "bye", at(2s));
  session_->send_text("too late");
  feed("\x81\x05Hello\x89\x00"s, 2s);

  EXPECT_THAT(session_->take_events(), IsEmpty());
  const auto sent = frames();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[0].second, "last words");
  EXPECT_EQ(sent[1], std::pair(std::uint8_t{0x88}, "\x03\xe8"s + "bye"));
  EXPECT_EQ(session_->next_timeout(), at(4s).monotonic);

  feed("\x88\x02\x03\xe8"s, 3s);
  EXPECT_EQ(ending().code, 1000);
  EXPECT_THAT(frames(), IsEmpty());
}

TEST_F(ClientSessionTest, WaitsForTheCloseFrameOnlySoLong) {
  open();
  session_->close(CloseCode::normal, {}, at(2s));

  feed("\x89\x00"s, 3s);
  session_->handle_timeout(at(3s));
  EXPECT_FALSE(session_->has_ended());
  session_->handle_timeout(at(4s));

  EXPECT_EQ(ending().code, 1006);
}

TEST_F(ClientSessionTest, EndsAtOnceIfItIsClosedBeforeItOpened) {
  begin();

  session_->close(CloseCode::normal, {}, at(1s));

  EXPECT_EQ(ending().code, 1000);
}

TEST_F(ClientSessionTest, PingsASilentServerAndGivesItUp) {
  open();
  EXPECT_EQ(session_->next_timeout(), at(31s).monotonic);

  session_->handle_timeout(at(31s));
  EXPECT_THAT(frames(), ::testing::ElementsAre(std::pair(std::uint8_t{0x89}, ""s)));
  feed("\x8a\x00"s, 40s);
  EXPECT_EQ(session_->next_timeout(), at(70s).monotonic);

  session_->handle_timeout(at(70s));
  EXPECT_FALSE(session_->has_ended());
  session_->handle_timeout(at(100s));
  EXPECT_THAT(ending().reason, HasSubstr("does not answer any more"));
}

TEST_F(ClientSessionTest, TellsAnEndWithoutAWord) {
  open();
  session_->lose("it was reset");
  const auto end = ending();
  EXPECT_EQ(end.code, 1006);
  EXPECT_EQ(end.reason,
            "The server at hub.example:3000 ended the connection without a word (it was reset).");

  begin();
  session_->lose("");
  EXPECT_THAT(ending().reason, HasSubstr("before it opened a WebSocket. Check host and port"));
}

TEST_F(ClientSessionTest, EndsWhenTheServerDoesNotRead) {
  open({.queue_bytes_max = 10'000});
  for (int i = 0; i < 9; ++i) session_->send_text(std::string(1'000, 'x'));
  EXPECT_FALSE(session_->has_ended());

  session_->send_text(std::string(1'000, 'x'));

  EXPECT_THAT(ending().reason, HasSubstr("reads too slowly"));
}

TEST_F(ClientSessionTest, EndsWhenPingsAreNotReadBack) {
  open({.queue_bytes_max = 10'000});

  std::string pings;
  for (int i = 0; i < 1'000; ++i) pings += "\x89\x00"s;
  feed(pings);

  EXPECT_THAT(ending().reason, HasSubstr("reads too slowly"));
}

TEST_F(ClientSessionTest, SendsNothingBeforeItIsOpenOrAfterTheEnd) {
  begin();
  session_->send_text("early");
  EXPECT_TRUE(session_->queue().empty());

  open();
  session_->lose("");
  session_->send_text("late");
  session_->close(CloseCode::normal, {}, at(2s));
  session_->lose("again");
  feed("\x81\x05Hello");
  EXPECT_TRUE(session_->queue().empty());
  EXPECT_THAT(session_->take_events(), SizeIs(1));
}

}  // namespace
}  // namespace pigeon::net::websocket
