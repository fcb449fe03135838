#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/hub_testing.hpp"

namespace pigeon::hub {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(SwitchboardTest, GreetsEveryGenerationFirst) {
  HubUnderTest hub;

  const auto a = hub.open(alice);

  EXPECT_THAT(hub.take(a), ElementsAre(AllOf(HasSubstr(R"("type":"connected","peerId":")" + alice),
                                             HasSubstr(R"("data":{"peerId":")" + alice))));
}

TEST(SwitchboardTest, IntroducesBothWays) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);
  hub.pass(3s);

  EXPECT_THAT(hub.take(a, "peer-discovered"),
              ElementsAre(HasSubstr(R"("data":{"peerId":")" + bob)));
  EXPECT_THAT(hub.take(b, "peer-discovered"),
              ElementsAre(HasSubstr(R"("data":{"peerId":")" + alice)));
}

TEST(SwitchboardTest, TellsTheGreaterIdAtOnceAndTheSmallerWhenItHasAnswered) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);
  hub.take(a);
  EXPECT_THAT(hub.take(b, "peer-discovered"), SizeIs(1));

  hub.signal(b, "offer", alice);
  EXPECT_THAT(hub.take(a, "peer-discovered"), IsEmpty());
  hub.signal(a, "answer", bob);

  EXPECT_THAT(hub.take(a, "peer-discovered"), SizeIs(1));
}

TEST(SwitchboardTest, PassesAnnouncedDataOnWithTheTrueIdLast) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.open(bob);
  hub.send(b, R"({"type":"announce","data":{"peerId":"spoof","isHub":true,"name":"B"}})");
  hub.pass(3s);

  EXPECT_THAT(
      hub.take(a, "peer-discovered"),
      ElementsAre(HasSubstr(R"("data":{"name":"B","peerId":")" + bob + R"(","isHub":false})")));
}

TEST(SwitchboardTest, RoutesSignalsWithTheSendersTrueId) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);
  hub.take(a);

  hub.send(b, R"({"type":"offer","fromPeerId":")" + carol + R"(","targetPeerId":")" + alice +
                  R"(","nodeId":"x","data":{"sdp": "v=0" }})");

  EXPECT_THAT(
      hub.take(a, "offer"),
      ElementsAre(AllOf(HasSubstr(R"("fromPeerId":")" + bob), HasSubstr(R"({"sdp": "v=0" })"),
                        Not(HasSubstr(carol)), Not(HasSubstr("nodeId")))));
}

TEST(SwitchboardTest, RoutesEverySignalType) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);
  for (const std::string_view type :
       {"offer", "answer", "ice-candidate", "connection-rejected", "renegotiation-offer",
        "renegotiation-answer", "ice-restart-offer", "ice-restart-answer", "recovery-offer"}) {
    hub.signal(b, type, alice);
    EXPECT_THAT(hub.take(a, type), SizeIs(1)) << type;
  }
}

TEST(SwitchboardTest, WithholdsTheRejectionThatBreaksPairs) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);

  hub.signal(b, "connection-rejected", alice, R"({"reason":"initiator_role_conflict"})");
  hub.signal(b, "connection-rejected", alice, R"({"reason":"max_peers_reached"})");

  EXPECT_THAT(hub.take(a, "connection-rejected"), ElementsAre(HasSubstr("max_peers_reached")));
}

TEST(SwitchboardTest, WithholdsAnOfferThatCrossesTheGreaterIds) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);
  hub.signal(b, "offer", alice);

  hub.signal(a, "offer", bob);
  EXPECT_THAT(hub.take(b, "offer"), IsEmpty());
  hub.signal(a, "answer", bob);
  hub.signal(a, "offer", bob);

  EXPECT_THAT(hub.take(b, "offer"), SizeIs(1));
}

TEST(SwitchboardTest, KeepsNamespacesApart) {
  HubUnderTest hub;
  const auto a = hub.join(alice, "red");
  const auto b = hub.join(bob, "blue");
  hub.pass(10s);

  hub.signal(a, "offer", bob, "{}", "red");
  hub.signal(a, "offer", bob, "{}", "blue");

  EXPECT_THAT(hub.take(b), SizeIs(1));  // only its own greeting
  EXPECT_THAT(hub.take(a, "error"), SizeIs(2));
}

TEST(SwitchboardTest, MovesAPeerThatAnnouncesElsewhere) {
  HubUnderTest hub;
  const auto a = hub.join(alice, "red");
  const auto b = hub.join(bob, "red");
  hub.pass(3s);
  hub.take(b);

  hub.send(a, wire::encode_announce(alice, "blue", 3, ""));

  EXPECT_THAT(hub.take(b, "peer-disconnected"), SizeIs(1));
  hub.signal(b, "offer", alice, "{}", "red");
  EXPECT_THAT(hub.take(a, "offer"), IsEmpty());
}

TEST(SwitchboardTest, SaysThatATargetIsUnknown) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  hub.take(a);

  for (const std::string& target : {bob, std::string("short"), std::string("ä\\u0001")}) {
    hub.signal(a, "offer", target);
    EXPECT_THAT(hub.take(a, "error"), ElementsAre(HasSubstr("not found on any node"))) << target;
  }
  hub.send(a, R"({"type":"offer"})");
  EXPECT_THAT(hub.take(a), IsEmpty());
}

TEST(SwitchboardTest, AnswersWhatItDoesNotUnderstandInUpstreamsWords) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  hub.take(a);

  hub.send(a, "{");
  EXPECT_THAT(hub.take(a), ElementsAre(HasSubstr(R"("error":"Invalid message format")")));
  hub.send(a, R"({"type":"keepalive"})");
  EXPECT_THAT(hub.take(a), ElementsAre(HasSubstr("does not route 'keepalive' messages")));
  hub.send(a, R"({"type":"error"})");
  hub.send(a, R"({"type":"cleanup"})");
  hub.send(a, R"({"type":"cleanup-all"})");
  EXPECT_THAT(hub.take(a), IsEmpty());
  hub.send(a, R"({"type":"ping","data":{}})");
  EXPECT_THAT(hub.take(a), ElementsAre(HasSubstr(R"("type":"pong","data":{"timestamp":)")));
}

TEST(SwitchboardTest, TellsOfADepartureExactlyOnce) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);
  hub.pass(3s);
  hub.take(a);

  hub.send(b, R"({"type":"goodbye","data":{"peerId":"x"}})");
  hub.send(b, R"({"type":"goodbye"})");
  hub.close(b);

  const auto heard = hub.take(a);
  EXPECT_THAT(heard,
              ElementsAre(HasSubstr(R"("type":"goodbye")"),
                          AllOf(HasSubstr(R"("type":"peer-disconnected")"), HasSubstr(bob))));
}

TEST(SwitchboardTest, StampsAGoodbyeWithItsSendersNamespace) {
  HubUnderTest hub;
  const auto a = hub.join(alice, "red");
  const auto b = hub.join(bob, "red");
  hub.pass(3s);
  hub.take(a);

  // The goodbye of a closing page names no namespace.
  hub.send(b, R"({"type":"goodbye","data":{"reason":"peer_disconnect"}})");

  EXPECT_THAT(hub.take(a, "goodbye"), ElementsAre(HasSubstr(R"("networkName":"red")")));
}

TEST(SwitchboardTest, RelaysALargeGoodbyeWithoutItsData) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);
  hub.pass(3s);
  hub.take(a);

  hub.send(b, R"({"type":"goodbye","data":{"reason":")" + repeated("x", 5'000) + R"("}})");

  EXPECT_THAT(hub.take(a, "goodbye"),
              ElementsAre(AllOf(HasSubstr(R"("data":{})"), HasSubstr(bob), Not(HasSubstr("xxx")))));
  EXPECT_THAT(hub.get("/metrics").body,
              HasSubstr("pigeonhub_refused_total{reason=\"goodbye_too_large\"} 1\n"));
}

TEST(SwitchboardTest, APeerThatSaidGoodbyeMayAnnounceAgain) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);
  hub.send(a, R"({"type":"goodbye"})");
  hub.signal(b, "offer", alice);
  EXPECT_THAT(hub.take(a, "offer"), IsEmpty());

  hub.send(a, wire::encode_announce(alice, "global", 3, ""));
  hub.signal(b, "offer", alice);

  EXPECT_THAT(hub.take(a, "offer"), SizeIs(1));
}

TEST(SwitchboardTest, LimitsAnnouncements) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  for (int i = 0; i < 100; ++i) hub.send(a, wire::encode_announce(alice, "global", 3, ""));

  const auto heard = hub.take(a, "error");
  ASSERT_FALSE(heard.empty());
  EXPECT_LT(heard.size(), 5U);
  EXPECT_THAT(heard.front(), AllOf(HasSubstr("Rate limit exceeded"), HasSubstr(R"("retryAfter":)"),
                                   HasSubstr(R"("originalType":"announce")")));
}

TEST(SwitchboardTest, ClosesAPeerThatKeepsOnWithWhatIsRefused) {
  HubOptions options;
  options.limits.refusals_max = 50;
  HubUnderTest hub(options);
  const auto a = hub.join(alice);

  for (int i = 0; i < 60; ++i) hub.send(a, "garbage");

  ASSERT_TRUE(hub.closed(a).has_value());
  EXPECT_EQ(hub.closed(a)->code, 1008);
}

TEST(SwitchboardTest, OneGoodMessageForgivesRefusals) {
  HubOptions options;
  options.limits.refusals_max = 50;
  HubUnderTest hub(options);
  const auto a = hub.join(alice);

  for (int i = 0; i < 10; ++i) {
    for (int j = 0; j < 30; ++j) hub.send(a, "garbage");
    hub.send(a, R"({"type":"ping"})");
  }

  EXPECT_FALSE(hub.closed(a).has_value());
}

TEST(SwitchboardTest, LimitsTheMessagesOfAPeer) {
  HubOptions options;
  options.limits.messages_per_peer = {.per_minute = 60, .burst = 5};
  HubUnderTest hub(options);
  const auto a = hub.open(alice);
  hub.take(a);

  for (int i = 0; i < 10; ++i) hub.send(a, R"({"type":"ping"})");
  EXPECT_THAT(hub.take(a, "pong"), SizeIs(5));
  hub.pass(2s);
  hub.send(a, R"({"type":"ping"})");

  EXPECT_THAT(hub.take(a, "pong"), SizeIs(1));
}

TEST(SwitchboardTest, LimitsTheBytesOfAPeer) {
  HubOptions options;
  options.limits.bytes_per_peer = {.per_minute = 60'000, .burst = 3'000};
  HubUnderTest hub(options);
  const auto a = hub.open(alice);
  const std::string ping = R"({"type":"ping","data":")" + std::string(1'000, 'x') + "\"}";
  hub.take(a);

  for (int i = 0; i < 5; ++i) hub.send(a, ping);
  const auto heard = hub.take(a);
  EXPECT_THAT(heard, ElementsAre(HasSubstr("pong"), HasSubstr("pong"),
                                 AllOf(HasSubstr("Rate limit exceeded"), HasSubstr("retryAfter"))));
  hub.pass(1s);
  hub.send(a, ping);

  EXPECT_THAT(hub.take(a, "pong"), SizeIs(1));
  EXPECT_THAT(hub.get("/metrics").body,
              HasSubstr("pigeonhub_refused_total{reason=\"byte_rate\"} 3\n"));
}

TEST(SwitchboardTest, AMessageLargerThanTheBurstTakesAllOfIt) {
  HubOptions options;
  options.limits.bytes_per_peer = {.per_minute = 6'000, .burst = 100};
  HubUnderTest hub(options);
  const auto a = hub.open(alice);
  const std::string ping = R"({"type":"ping","data":")" + std::string(1'000, 'x') + "\"}";

  hub.send(a, ping);
  hub.send(a, R"({"type":"ping"})");

  EXPECT_THAT(hub.take(a, "pong"), SizeIs(1));
}

TEST(SwitchboardTest, NobodyCanFillAReadersQueueAtOnce) {
  const HubLimits limits;
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);
  const std::string data = '"' + std::string(60'000, 'x') + '"';

  for (int i = 0; i < 200; ++i) hub.signal(b, "ice-candidate", alice, data);

  std::size_t bytes = 0;
  for (const std::string& text : hub.take(a)) bytes += text.size();
  EXPECT_GT(bytes, 2 * limits.message_bytes_max);
  EXPECT_LT(bytes, limits.queue_bytes_hard);
}

TEST(SwitchboardTest, LimitsTheMessagesOfAnAddress) {
  HubOptions options;
  options.limits.messages_per_address = {.per_minute = 60, .burst = 5};
  HubUnderTest hub(options);
  const auto a = hub.open(alice, "10.0.0.1");
  const auto b = hub.open(bob, "10.0.0.1");
  const auto c = hub.open(carol, "10.0.0.2");
  for (int i = 0; i < 5; ++i) hub.send(a, R"({"type":"ping"})");

  hub.send(b, R"({"type":"ping"})");
  hub.send(c, R"({"type":"ping"})");

  EXPECT_THAT(hub.take(b, "pong"), IsEmpty());
  EXPECT_THAT(hub.take(c, "pong"), SizeIs(1));
}

TEST(SwitchboardTest, SaysHowLongTheAddressHasToWait) {
  HubOptions options;
  options.limits.messages_per_address = {.per_minute = 60, .burst = 5};
  HubUnderTest hub(options);
  const auto a = hub.open(alice);

  for (int i = 0; i < 6; ++i) hub.send(a, R"({"type":"ping"})");

  EXPECT_THAT(hub.take(a, "error"), ElementsAre(HasSubstr(R"("retryAfter":1000)")));
}

TEST(SwitchboardTest, WhatTheAddressRefusesCostsThePeerNothing) {
  HubOptions options;
  options.limits.messages_per_peer = {.per_minute = 1, .burst = 6};
  options.limits.messages_per_address = {.per_minute = 60, .burst = 5};
  HubUnderTest hub(options);
  const auto a = hub.open(alice);
  for (int i = 0; i < 20; ++i) hub.send(a, R"({"type":"ping"})");
  hub.pass(1s);

  hub.send(a, R"({"type":"ping"})");

  EXPECT_THAT(hub.take(a, "pong"), SizeIs(6));
}

TEST(SwitchboardTest, WhatThePeersRateRefusesCostsItsAddressNothing) {
  HubOptions options;
  options.limits.messages_per_peer = {.per_minute = 1, .burst = 2};
  options.limits.messages_per_address = {.per_minute = 1, .burst = 4};
  HubUnderTest hub(options);
  const auto a = hub.open(alice);
  const auto b = hub.open(bob);
  for (int i = 0; i < 20; ++i) hub.send(a, R"({"type":"ping"})");

  for (int i = 0; i < 2; ++i) hub.send(b, R"({"type":"ping"})");

  EXPECT_THAT(hub.take(b, "pong"), SizeIs(2));
}

TEST(SwitchboardTest, RefusesAnnouncedDataBeyondTheLimit) {
  HubUnderTest hub;
  const auto a = hub.open(alice);
  const std::string value = repeated("x", 5'000);

  hub.send(a, R"({"type":"announce","data":{"name":")" + value + "\"}}");

  EXPECT_THAT(hub.take(a, "error"), ElementsAre(HasSubstr("too large")));
  EXPECT_EQ(hub.hub().stats(hub.now()).peers, 0U);
}

}  // namespace
}  // namespace pigeon::hub
