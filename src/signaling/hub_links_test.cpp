#include "signaling/hub_links.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signaling/hub_links_testing.hpp"

namespace pigeon::signaling {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HubLinksTest : public ::testing::Test, protected HubLinksScene {};

const rtc::SessionDescription offer{rtc::SdpType::offer, "v=0\r\nexample"};

/// The waits between the attempts when none succeeds.
std::vector<Duration> waits_without_success(HubLinks& links, int count) {
  const HubKey hub = links.add("ws://one", at(0s)).value();
  std::vector<Duration> waits;
  Instant now = at(0s).monotonic;
  for (int i = 0; i < count; ++i) {
    links.closed(hub, 1006, "No server listens.", {.monotonic = now});
    const Instant next = links.next_timeout();
    waits.push_back(next - now);
    now = next;
    links.handle_timeout({.monotonic = now});
  }
  links.take_actions();
  links.take_news();
  return waits;
}

TEST_F(HubLinksTest, OpensWithOurIdAndAnnouncesAtOnce) {
  const HubKey hub = links.add("http://localhost:3000", at(0s)).value();

  const auto opens = only<OpenHub>(links.take_actions());
  ASSERT_THAT(opens, SizeIs(1));
  EXPECT_EQ(opens[0].url, "ws://localhost:3000/?peerId=" + self.to_text());
  EXPECT_FALSE(links.is_any_connected());

  links.opened(hub, at(1s));

  EXPECT_TRUE(links.is_any_connected());
  EXPECT_THAT(sent_to(hub),
              ElementsAre(AllOf(HasSubstr(R"("type":"announce")"), HasSubstr(self.to_text()),
                                HasSubstr(R"("maxPeers":16)"), HasSubstr(R"("pigeon":1)"),
                                HasSubstr(R"("networkName":"global")"))));
}

TEST_F(HubLinksTest, TellsEachStateOfAHub) {
  const HubKey hub = links.add("ws://one", at(0s)).value();
  links.opened(hub, at(1s));
  links.closed(hub, 1001, "Server shutting down.", at(2s));

  const auto states = only<HubChanged>(links.take_news());

  ASSERT_THAT(states, SizeIs(3));
  EXPECT_EQ(states[0].state, HubState::connecting);
  EXPECT_EQ(states[0].url, "ws://one");
  EXPECT_EQ(states[1].state, HubState::connected);
  EXPECT_EQ(states[2].state, HubState::waiting);
  EXPECT_EQ(states[2].reason, "Server shutting down.");
  EXPECT_EQ(at(2s).monotonic + states[2].retry_in, links.next_timeout());
}

TEST_F(HubLinksTest, KeepsOneHubPerAddress) {
  const HubKey one = links.add("ws://one", at(0s)).value();

  EXPECT_EQ(links.add("HTTP://ONE:80/", at(0s)).value(), one);
  EXPECT_NE(links.add("wss://one", at(0s)).value(), one);
  EXPECT_THAT(links.urls(), ElementsAre("ws://one", "wss://one"));
}

TEST_F(HubLinksTest, RefusesBadAddressesAndTooManyHubs) {
  EXPECT_THAT(links.add("ftp://one", at(0s)).error(), HasSubstr("neither ws"));
  for (int i = 0; i < 16; ++i) {
    ASSERT_TRUE(links.add("ws://hub" + std::to_string(i), at(0s)));
  }

  EXPECT_THAT(links.add("ws://one-more", at(0s)).error(), HasSubstr("16 hubs already"));
  EXPECT_THAT(links.urls(), SizeIs(16));
}

TEST_F(HubLinksTest, TriesAWaitingHubAtOnceWhenItIsAddedAgain) {
  const HubKey hub = links.add("ws://one", at(0s)).value();
  links.closed(hub, 1006, "Lost.", at(1s));
  links.take_actions();

  links.add("ws://one", at(1s)).value();

  EXPECT_THAT(only<OpenHub>(links.take_actions()), SizeIs(1));
}

// Upstream's clients take a server's close with 1000 for the end of the mesh.
TEST_F(HubLinksTest, ComesBackAfterEveryCloseThatWasNotAskedFor) {
  const HubKey hub = add_open("ws://one");
  for (const int code : {1000, 1001, 1005, 1006, 1008, 1011, 1012, 4000}) {
    links.closed(hub, static_cast<std::uint16_t>(code), "Inactive timeout", at(1s));
    const Instant next = links.next_timeout();
    ASSERT_NE(next, Instant::max()) << code;
    links.handle_timeout({.monotonic = next});

    EXPECT_THAT(only<OpenHub>(links.take_actions()), SizeIs(1)) << code;
    links.opened(hub, {.monotonic = next});
  }
}

// Upstream's server closes after 5 minutes without a frame of the client.
TEST_F(HubLinksTest, PingsAfterSilenceOfOurs) {
  const HubKey hub = add_open("ws://one");
  EXPECT_EQ(links.next_timeout(), at(240s).monotonic);

  ASSERT_TRUE(send_offer(links, alice, at(100s)));
  links.handle_timeout(at(240s));
  EXPECT_THAT(sent_to(hub), ElementsAre(HasSubstr(R"("type":"offer")")));

  links.handle_timeout(at(340s));
  EXPECT_THAT(sent_to(hub), ElementsAre(HasSubstr(R"("type":"ping")")));
  EXPECT_EQ(links.next_timeout(), at(580s).monotonic);
}

TEST_F(HubLinksTest, DoublesTheWaitUpToItsBound) {
  const auto waits = waits_without_success(links, 12);

  Duration whole = 1s;
  for (const Duration wait : waits) {
    EXPECT_GE(wait, whole / 2);
    EXPECT_LE(wait, whole);
    whole = std::min<Duration>(2 * whole, 30s);
  }
}

TEST_F(HubLinksTest, WaitsDifferentlyWithAnotherSeedAndAlikeWithTheSame) {
  HubLinks same = make_links({}, 1);
  HubLinks other = make_links({}, 2);

  const auto waits = waits_without_success(links, 8);

  EXPECT_EQ(waits_without_success(same, 8), waits);
  EXPECT_NE(waits_without_success(other, 8), waits);
}

TEST_F(HubLinksTest, CountsFromTheFirstAgainAfterAConnectionThatLasted) {
  const HubKey hub = links.add("ws://one", at(0s)).value();
  Instant now = at(0s).monotonic;
  for (int i = 0; i < 6; ++i) {
    links.closed(hub, 1006, "Lost.", {.monotonic = now});
    now = links.next_timeout();
    links.handle_timeout({.monotonic = now});
  }
  // A hub that takes connections and drops them is no better than none.
  links.opened(hub, {.monotonic = now});
  links.closed(hub, 1006, "Lost.", {.monotonic = now + 29s});
  EXPECT_GT(links.next_timeout() - (now + 29s), 10s);

  now = links.next_timeout();
  links.handle_timeout({.monotonic = now});
  links.opened(hub, {.monotonic = now});
  links.closed(hub, 1006, "Lost.", {.monotonic = now + 30s});
  EXPECT_LE(links.next_timeout() - (now + 30s), 1s);
}

TEST_F(HubLinksTest, GivesUpAnAttemptThatTakesTooLong) {
  const HubKey hub = links.add("ws://one", at(0s)).value();
  links.take_actions();
  links.take_news();
  EXPECT_EQ(links.next_timeout(), at(10s).monotonic);

  links.handle_timeout(at(10s));

  const auto closes = only<CloseHub>(links.take_actions());
  ASSERT_THAT(closes, SizeIs(1));
  EXPECT_EQ(closes[0].hub, hub);
  const auto states = only<HubChanged>(links.take_news());
  ASSERT_THAT(states, SizeIs(1));
  EXPECT_EQ(states[0].state, HubState::waiting);
  EXPECT_THAT(states[0].reason, HasSubstr("did not answer in time"));
}

TEST_F(HubLinksTest, IgnoresNewsOfAnAttemptThatWasGivenUp) {
  const HubKey hub = links.add("ws://one", at(0s)).value();
  links.handle_timeout(at(10s));
  const Instant next = links.next_timeout();
  links.take_news();

  links.closed(hub, 1006, "Lost.", at(10s));
  links.opened(hub, at(10s));
  links.received(hub, R"({"type":"pong"})", at(10s));

  EXPECT_THAT(links.take_news(), IsEmpty());
  EXPECT_FALSE(links.is_any_connected());
  EXPECT_EQ(links.next_timeout(), next);
}

TEST_F(HubLinksTest, SaysGoodbyeAndForgetsTheHubs) {
  const HubKey one = add_open("ws://one");
  const HubKey two = links.add("ws://two", at(0s)).value();
  const HubKey three = links.add("ws://three", at(0s)).value();
  links.closed(three, 1006, "Lost.", at(0s));
  links.take_actions();

  links.leave(at(1s));

  const auto actions = links.take_actions();
  ASSERT_THAT(actions, SizeIs(3));
  EXPECT_THAT(std::get<SendToHub>(actions[0]).text,
              AllOf(HasSubstr(R"("type":"goodbye")"), HasSubstr(self.to_text()),
                    HasSubstr(R"("networkName":"global")")));
  EXPECT_EQ(std::get<CloseHub>(actions[1]).hub, one);
  EXPECT_EQ(std::get<CloseHub>(actions[2]).hub, two);
  EXPECT_THAT(links.urls(), IsEmpty());
  EXPECT_EQ(links.next_timeout(), Instant::max());
  links.closed(one, 1000, "", at(2s));
  EXPECT_THAT(links.take_actions(), IsEmpty());
}

TEST_F(HubLinksTest, NeverUsesAKeyAgain) {
  const HubKey before = add_open("ws://one");
  links.leave(at(1s));

  EXPECT_NE(links.add("ws://one", at(2s)).value(), before);
}

TEST_F(HubLinksTest, AnnouncesANewNamespaceAtOnceWhereConnected) {
  const HubKey one = add_open("ws://one");
  const HubKey two = links.add("ws://two", at(0s)).value();
  links.take_actions();
  links.set_max_peers(5);

  links.set_network("blue", at(1s));

  EXPECT_THAT(sent_to(one), ElementsAre(AllOf(HasSubstr(R"("type":"announce")"),
                                              HasSubstr(R"("networkName":"blue")"),
                                              HasSubstr(R"("maxPeers":5)"))));
  links.opened(two, at(2s));
  EXPECT_THAT(sent_to(two), ElementsAre(HasSubstr(R"("networkName":"blue")")));
}

TEST_F(HubLinksTest, SendsSignalsWithOurNamespaceToThePeerAsItSpellsItself) {
  const HubKey hub = add_open("ws://one");
  const auto spelled_otherwise = *wire::SpelledId::parse("AbAb" + std::string(36, '0'));

  EXPECT_TRUE(send_offer(links, spelled_otherwise, at(1s)));
  EXPECT_TRUE(links.send_signal(
      wire::SignalType::answer, alice,
      wire::encode_data(rtc::SessionDescription{rtc::SdpType::answer, "v=0\r\nexample"}), at(1s)));
  EXPECT_TRUE(links.send_signal(
      wire::SignalType::ice_candidate, alice,
      wire::encode_data(rtc::IceCandidate{.candidate = "candidate:1", .sdp_mid = "0"}), at(1s)));
  EXPECT_TRUE(links.send_rejection(alice, 16, 16, at(1s)));

  EXPECT_THAT(
      sent_to(hub),
      ElementsAre(AllOf(HasSubstr(R"({"type":"offer","data":{"type":"offer","sdp":"v=0)"),
                        HasSubstr(R"("networkName":"global")"),
                        HasSubstr(R"("targetPeerId":")" + spelled_otherwise.to_text())),
                  HasSubstr(R"({"type":"answer","data":{"type":"answer","sdp":"v=0)"),
                  AllOf(HasSubstr(R"({"type":"ice-candidate","data":)"), HasSubstr("candidate:1")),
                  AllOf(HasSubstr(R"("type":"connection-rejected")"),
                        HasSubstr(R"("reason":"max_peers_reached")"),
                        HasSubstr(R"("currentCount":16,"maxPeers":16)"))));
}

TEST_F(HubLinksTest, SaysWhenNoHubCanTakeASignal) {
  EXPECT_FALSE(send_offer(links, alice, at(0s)));
  const HubKey hub = links.add("ws://one", at(0s)).value();
  EXPECT_FALSE(send_offer(links, alice, at(0s)));
  links.opened(hub, at(1s));
  EXPECT_TRUE(send_offer(links, alice, at(1s)));
  links.closed(hub, 1006, "Lost.", at(2s));
  EXPECT_FALSE(send_offer(links, alice, at(2s)));
}

}  // namespace
}  // namespace pigeon::signaling
