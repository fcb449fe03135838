#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/rfc6455_case.hpp"
#include "tests/support/hub_process.hpp"
#include "tests/support/peer_client.hpp"

// A walk through RFC 6455 in the manner of the Autobahn test suite. Each case runs on a connection
// of its own to one hub, which must survive them all.

namespace pigeon::test {
namespace {

class Rfc6455Test : public ::testing::TestWithParam<Rfc6455Case> {
 protected:
  static void SetUpTestSuite() {
    // One client after another, all on one id and from one address.
    hub_ =
        std::make_unique<HubProcess>(Flags{"--drain-window", "0ms", "--connects-per-address", "0"});
  }
  static void TearDownTestSuite() {
    const int status = hub_->stop();
    EXPECT_EQ(status, 0) << hub_->process().output();
    hub_.reset();
  }

  void SetUp() override {
    client_ = std::make_unique<PeerClient>(
        hub_->port(), std::string(conformance_id),
        PeerOptions{.network = std::string(conformance_network), .max_peers = 1});
    client_->announce();
    client_->sync();
  }

  /// Ends in order, so that the id is free for the next case.
  void TearDown() override {
    WebSocketClient& socket = client_->socket();
    if (!socket.ending()) {
      socket.send({.opcode = opcode::close, .payload = close_payload(1000)});
      EXPECT_EQ(socket.wait_closed().code, 1000);
    }
    EXPECT_TRUE(hub_->process().is_running()) << hub_->process().output();
  }

  static std::string words(const ServerFrame& frame) {
    if (frame.opcode == opcode::pong) return "pong " + frame.payload;
    if (frame.opcode != opcode::text) return "frame " + std::to_string(frame.opcode);
    const json::object message = json::parse(frame.payload).as_object();
    if (text_at(message, "type") == "error") return "error " + text_at(message, "error");
    if (text_at(message, "type") != "offer") return frame.payload;
    return brief("echo ", message.at("data").as_string().c_str());
  }

  /// What comes until the hub closes.
  std::vector<std::string> receive_all() {
    WebSocketClient& socket = client_->socket();
    std::vector<std::string> received;
    while (const auto frame = socket.receive()) {
      received.push_back(socket.ending() ? "close " + std::to_string(socket.ending()->code)
                                         : words(*frame));
    }
    return received;
  }

  /// What comes until a message behind everything else has been answered.
  std::vector<std::string> receive_until_answered() {
    WebSocketClient& socket = client_->socket();
    socket.send_text(R"({"type":"ping"})");
    std::vector<std::string> received;
    for (;;) {
      const auto frame = socket.receive();
      if (!frame || socket.ending()) return {"the hub closed"};
      if (frame->opcode == opcode::text && frame->payload.starts_with(R"({"type":"pong")")) break;
      received.push_back(words(*frame));
    }
    return received;
  }

  /// RFC 6455 section 5.5.3 leaves it open when a ping is answered, so pongs are compared on their
  /// own.
  static std::vector<std::string> pongs_first(std::vector<std::string> words) {
    std::stable_partition(words.begin(), words.end(),
                          [](const std::string& word) { return word.starts_with("pong "); });
    return words;
  }

  // NOLINTNEXTLINE(readability-identifier-naming): as a member, though of the class.
  static inline std::unique_ptr<HubProcess> hub_;
  std::unique_ptr<PeerClient> client_;
};

TEST_P(Rfc6455Test, AnswersAsItMust) {
  const Rfc6455Case& tested = GetParam();
  if (tested.after_a_message) {
    client_->socket().send_text(signal_with("before"));
    EXPECT_THAT(receive_until_answered(), ::testing::ElementsAre("echo before"));
  }

  for (const std::string& bytes : tested.writes) client_->socket().send_bytes(bytes);
  const bool ends = !tested.expected.empty() && tested.expected.back().starts_with("close ");
  const std::vector<std::string> received = ends ? receive_all() : receive_until_answered();

  EXPECT_THAT(pongs_first(received), ::testing::ElementsAreArray(pongs_first(tested.expected)));
}

std::string name_of(const ::testing::TestParamInfo<Rfc6455Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Framing, Rfc6455Test, ::testing::ValuesIn(framing_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Pings, Rfc6455Test, ::testing::ValuesIn(ping_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Reserved, Rfc6455Test, ::testing::ValuesIn(reserved_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Fragmentation, Rfc6455Test, ::testing::ValuesIn(fragmentation_cases()),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Utf8, Rfc6455Test, ::testing::ValuesIn(utf8_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Close, Rfc6455Test, ::testing::ValuesIn(close_cases()), name_of);

}  // namespace
}  // namespace pigeon::test
