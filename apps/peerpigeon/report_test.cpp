#include "apps/peerpigeon/report.hpp"

#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace peerpigeon {
namespace {

TEST(ReportTest, MessagesOfStrangersAreHarmless) {
  pigeon::MessageReceived message;
  message.from = *pigeon::PeerId::parse(std::string(40, 'a'));
  message.text = "\x1b[2J\nbob: hello";
  message.json = R"("\u001b[2J\nbob: hello")";

  const auto report = describe(message, pigeon::PeerId());

  ASSERT_TRUE(report);
  EXPECT_EQ(report->text, "aaaaaaaa?: \\x1b[2J\\x0abob: hello");
  const auto json = boost::json::parse(to_json(*report)).as_object();
  EXPECT_EQ(json.at("event"), "message_received");
  EXPECT_EQ(json.at("content"), "\x1b[2J\nbob: hello");
}

TEST(ReportTest, OwnBroadcastsAreNotTold) {
  pigeon::MessageReceived message;
  message.text = "mine";
  EXPECT_FALSE(describe(message, message.from));
}

TEST(ReportTest, BytesHaveUnits) {
  EXPECT_EQ(format_bytes(999), "999 bytes");
  EXPECT_EQ(format_bytes(1'000), "1.0 kB");
  EXPECT_EQ(format_bytes(999'999), "1.0 MB");
  EXPECT_EQ(format_bytes(30'000'000), "30.0 MB");
}

TEST(ReportTest, WhatHubsAndPeersSayIsHarmless) {
  const std::string evil =
      "\x1b[2J\xc2\x9b"
      "31m\xe2\x80\xae";
  const pigeon::PeerId peer;
  const auto hub =
      describe(pigeon::HubStatusChanged{"ws://h", pigeon::HubStatusChanged::State::disconnected,
                                        evil, 1'500},
               peer);
  ASSERT_TRUE(hub);
  EXPECT_EQ(hub->text,
            "no connection to the hub ws://h: \\x1b[2J\\x9b31m\\u202e Next attempt in 1.5 s.");
  EXPECT_EQ(to_json(*hub).find('\x1b'), std::string::npos);
  EXPECT_EQ(to_json(*hub).find("\xc2\x9b"), std::string::npos);

  for (const pigeon::NodeEvent& event : {pigeon::NodeEvent(pigeon::PeerDisconnected{peer, evil}),
                                         pigeon::NodeEvent(pigeon::ConnectFailed{peer, evil}),
                                         pigeon::NodeEvent(pigeon::NodeWarning{evil})}) {
    const auto report = describe(event, peer);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->text.find('\x1b'), std::string::npos);
    EXPECT_EQ(report->text.find("\xe2\x80\xae"), std::string::npos);
  }
}

TEST(ReportTest, StreamsAreForOthersToTell) {
  const pigeon::PeerId peer;
  EXPECT_FALSE(describe(pigeon::StreamData{peer, {}, {}}, peer));
  EXPECT_FALSE(describe(pigeon::StreamAborted{peer, {}, ""}, peer));
}

TEST(ReportTest, TimesAreDecimals) {
  const Report report{Verbosity::info, "linked", "", {{"after_ms", 7.630317}, {"links", 3}}};
  EXPECT_EQ(to_json(report), R"({"event":"linked","after_ms":7.630,"links":3})");
}

TEST(ReportTest, CountsHaveTheirPlural) {
  EXPECT_EQ(counted(1, "peer"), "1 peer");
  EXPECT_EQ(counted(0, "peer"), "0 peers");
}

}  // namespace
}  // namespace peerpigeon
