#include "apps/pigeonhub/log_line.hpp"

#include <gtest/gtest.h>

namespace pigeonhub {
namespace {

const std::string alice = "aaaaaaaabbbbbbbbccccccccddddddddeeeeeeee";

LogLine line_of(const pigeon::HubEvent& event) {
  const auto line = describe(event);
  EXPECT_TRUE(line.has_value());
  return line.value_or(LogLine{});
}

TEST(LogLineTest, ShortensIds) {
  const LogLine line = line_of(pigeon::HubPeerConnected{alice, 7});

  EXPECT_EQ(line.text, "peer aaaaaaaa connected, 7 in all");
  EXPECT_EQ(json_members(line), R"("event":"peer_connected","message":"peer aaaaaaaa connected, )"
                                R"(7 in all","peer":"aaaaaaaa","connections":7)");
}

TEST(LogLineTest, EscapesWhatStrangersWrote) {
  const LogLine gone = line_of(pigeon::HubPeerDisconnected{alice, 4000, "a\x1b[31m\n\"\xff", 0});
  const LogLine announced = line_of(pigeon::HubPeerAnnounced{alice, "net\r\nwork"});

  EXPECT_EQ(gone.text, R"(peer aaaaaaaa disconnected with 4000 "a\x1b[31m\x0a\"\xff", 0 remain)");
  EXPECT_EQ(announced.text, R"(peer aaaaaaaa announced itself in "net\x0d\x0awork")");
}

TEST(LogLineTest, JsonHoldsEscapedTextWithoutBreaking) {
  const std::string json = json_members(line_of(pigeon::HubPeerAnnounced{alice, "a\"\\\n"}));

  EXPECT_EQ(json, R"("event":"peer_announced","message":"peer aaaaaaaa announced itself in )"
                  R"(\"a\\\"\\\\\\x0a\"","peer":"aaaaaaaa","network":"a\\\"\\\\\\x0a")");
}

TEST(LogLineTest, CutsLongTexts) {
  const LogLine line = line_of(pigeon::HubPeerAnnounced{alice, std::string(100'000, 'n')});

  EXPECT_LT(json_members(line).size(), 400u);
}

TEST(LogLineTest, WarnsOfRefusedClients) {
  const LogLine line = line_of(pigeon::HubClientsRefused{"connections_max", 3});

  EXPECT_EQ(line.level, LogLevel::warn);
  EXPECT_EQ(line.text, "refused 3 connections: the limit --connections-max is reached");
  EXPECT_EQ(line_of(pigeon::HubClientsRefused{"connects_per_address", 1}).text,
            "refused 1 connection: the limit --connects-per-address is reached");
}

TEST(LogLineTest, ErrorsAreLoudAndClientsAreNot) {
  EXPECT_EQ(line_of(pigeon::HubPeerGoodbye{alice}).level, LogLevel::debug);
  EXPECT_EQ(line_of(pigeon::HubPeerConnected{alice, 1}).level, LogLevel::debug);
  EXPECT_EQ(line_of(pigeon::HubError{"disk on fire"}).level, LogLevel::error);
  EXPECT_EQ(line_of(pigeon::HubError{"disk on fire"}).text, "disk on fire");
}

TEST(LogLineTest, StartAndStopAreToldByTheProgram) {
  EXPECT_FALSE(describe(pigeon::HubStarted{}));
  EXPECT_FALSE(describe(pigeon::HubStopped{}));
}

}  // namespace
}  // namespace pigeonhub
