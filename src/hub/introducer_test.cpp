#include "hub/introducer.hpp"

#include <set>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/hub_testing.hpp"

namespace pigeon::hub {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string random_id(Random& random) { return random.id<PeerId>().to_text(); }

/// Answers every offer that the greater id of an introduced pair makes.
void connect(HubUnderTest& hub, ConnectionId greater, const std::string& greater_id,
             ConnectionId smaller, const std::string& smaller_id) {
  hub.signal(greater, "offer", smaller_id);
  hub.signal(smaller, "answer", greater_id);
}

std::vector<ConnectionId> join_many(HubUnderTest& hub, Random& random, std::size_t count,
                                    std::uint32_t slots) {
  std::vector<ConnectionId> peers(count);
  for (ConnectionId& peer : peers) peer = hub.join(random_id(random), "global", slots);
  return peers;
}

/// The id that a notice is about.
std::string subject_of(std::string_view notice) {
  constexpr std::string_view before = R"("data":{"peerId":")";
  return std::string(notice.substr(notice.find(before) + before.size(), PeerId::text_length));
}

using PeersById = std::map<std::string, ConnectionId>;

/// Every introduction of a greater id to a smaller one succeeds.
void use_introductions(HubUnderTest& hub, const PeersById& peers) {
  for (const auto& [from, connection] : peers) {
    for (const std::string& notice : hub.take(connection, "peer-discovered")) {
      for (const auto& [to, other] : peers) {
        const bool is_subject = notice.find(R"("data":{"peerId":")" + to) != std::string::npos;
        if (is_subject && from > to) connect(hub, connection, from, other, to);
      }
    }
  }
}

TEST(IntroducerTest, SmallNamespacesSeeEverybody) {
  HubUnderTest hub;
  Random random = Random::from_number(5);
  const std::vector<ConnectionId> peers = join_many(hub, random, 8, 16);
  hub.pass(10s);

  for (const ConnectionId peer : peers) EXPECT_THAT(hub.take(peer, "peer-discovered"), SizeIs(7));
}

TEST(IntroducerTest, SmallNamespacesOfPeersWithFewLinksSeeEverybodyToo) {
  HubUnderTest hub;
  Random random = Random::from_number(5);
  const std::vector<ConnectionId> peers = join_many(hub, random, 8, 3);
  hub.pass(20s);

  for (const ConnectionId peer : peers) {
    std::set<std::string> subjects;
    for (const std::string& notice : hub.take(peer, "peer-discovered")) {
      subjects.insert(subject_of(notice));
    }
    EXPECT_THAT(subjects, SizeIs(7));
  }
}

TEST(IntroducerTest, AJoinIsNotAFlood) {
  HubUnderTest hub;
  Random random = Random::from_number(5);
  std::size_t before = 0;
  for (int i = 0; i < 2'000; ++i) {
    const auto peer = hub.open(random_id(random), "10.0." + std::to_string(i / 200) + ".1");
    hub.send(peer, R"({"type":"announce","data":{}})");
    hub.pass(1ms);
    EXPECT_LE(hub.take(peer, "peer-discovered").size(), 24U);
    before = hub.hub().stats(hub.now()).messages_out;
  }

  EXPECT_LE(before / 2'000, 48U);
}

TEST(IntroducerTest, PrefersPeersWithFreeSlots) {
  HubUnderTest hub;
  const auto b = hub.join(bob, "global", 1);
  const auto c = hub.join(carol, "global", 1);
  connect(hub, c, carol, b, bob);
  hub.take(b);
  hub.take(c);

  // Everybody else is full: alice has only the newcomer with slots.
  const auto a = hub.join(alice, "global", 3);
  const std::string dora(40, 'd');
  const auto d = hub.join(dora, "global", 3);

  EXPECT_THAT(hub.take(d, "peer-discovered"), ElementsAre(HasSubstr(alice)));
  static_cast<void>(a);
}

TEST(IntroducerTest, KeepsASlotForTheNextNewcomer) {
  HubUnderTest hub;
  Random random = Random::from_number(9);
  PeersById peers;
  // The namespace still has a free slot for each newcomer.
  for (int i = 0; i < 60; ++i) {
    const std::string id = random_id(random);
    peers[id] = hub.join(id, "global", 3);
    use_introductions(hub, peers);
    hub.pass(100ms);
  }

  for (const HubPeer& peer : hub.hub().peers()) EXPECT_TRUE(peer.announced);
  const std::string status = hub.get("/status.json").body;
  EXPECT_EQ(status.find("\"links\":0,\"slots\""), std::string::npos) << status;
}

TEST(IntroducerTest, IntroducesAgainWhenAnIntroductionIsNotUsed) {
  HubUnderTest hub;
  Random random = Random::from_number(5);
  const std::vector<ConnectionId> peers = join_many(hub, random, 40, 3);
  hub.pass(3s);
  const auto last = peers.back();
  const auto first_notices = hub.take(last, "peer-discovered");
  EXPECT_THAT(first_notices, Not(IsEmpty()));

  hub.pass(1min);

  EXPECT_THAT(hub.take(last, "peer-discovered"), Not(IsEmpty()));
}

TEST(IntroducerTest, UnansweredIntroductionsGetRarer) {
  HubUnderTest hub;
  Random random = Random::from_number(5);
  for (int i = 0; i < 40; ++i) hub.join(random_id(random), "global", 3);
  hub.pass(10min);
  const auto before = hub.hub().stats(hub.now()).messages_out;

  hub.pass(10min);

  // At most one look every five minutes, with two introductions of two messages, for each of 40.
  EXPECT_LE(hub.hub().stats(hub.now()).messages_out - before, 40U * 3U * 4U);
}

TEST(IntroducerTest, RepeatsItsNoticesWhenAPeerAsksAgain) {
  HubUnderTest hub;
  hub.join(alice);
  const auto b = hub.join(bob);
  hub.take(b);

  hub.send(b, wire::encode_announce(bob, "global", 3, ""));

  EXPECT_THAT(hub.take(b, "peer-discovered"), ElementsAre(HasSubstr(alice)));
}

TEST(IntroducerTest, LinksTheNeighboursOfAPeerThatLeft) {
  HubUnderTest hub({.introductions = {.small_namespace_max = 0}});
  const auto a = hub.join(alice, "global", 1);
  const auto b = hub.join(bob, "global", 3);
  connect(hub, b, bob, a, alice);
  const auto c = hub.join(carol, "global", 3);
  connect(hub, c, carol, b, bob);
  hub.take(a);
  hub.take(c);

  hub.send(b, R"({"type":"goodbye"})");
  hub.pass(2s);

  EXPECT_THAT(hub.take(c, "peer-discovered"), ElementsAre(HasSubstr(alice)));
}

TEST(IntroducerTest, RemembersTheLinksOfAPeerThatComesBack) {
  HubUnderTest hub({.introductions = {.small_namespace_max = 0}});
  const auto a = hub.join(alice, "global", 1);
  const auto b = hub.join(bob, "global", 1);
  connect(hub, b, bob, a, alice);

  hub.close(b, 1006);
  hub.pass(1s);
  const auto again = hub.join(bob, "global", 1);
  hub.pass(1min);

  EXPECT_THAT(hub.take(again, "peer-discovered"), IsEmpty());
}

TEST(IntroducerTest, AnAnswerThatNobodyAskedForMakesNoLink) {
  HubUnderTest hub({.introductions = {.small_namespace_max = 0}});
  const auto a = hub.join(alice, "global", 1);
  const auto b = hub.join(bob, "global", 1);
  connect(hub, b, bob, a, alice);
  const auto c = hub.join(carol, "global", 3);
  hub.take(b);
  hub.take(c);

  hub.signal(c, "answer", bob);
  hub.signal(a, "answer", bob);

  EXPECT_THAT(hub.take(b), ElementsAre(HasSubstr(R"("type":"answer")"), HasSubstr(alice)));
  EXPECT_THAT(hub.take(c), IsEmpty());
  EXPECT_THAT(hub.get("/status.json").body,
              HasSubstr(R"("edges":[{"a":0,"b":1,"state":"answered"}])"));
}

TEST(IntroducerTest, TheIdWithTheGreaterTextHearsFirst) {
  // Upstream's clients compare texts: "aaa..." is greater than "BBB...", the number is not.
  HubUnderTest hub;
  const auto upper_bob = hub.join(std::string(40, 'B'));
  const auto a = hub.join(alice);

  EXPECT_THAT(hub.take(a, "peer-discovered"), SizeIs(1));
  EXPECT_THAT(hub.take(upper_bob, "peer-discovered"), IsEmpty());
}

TEST(IntroducerTest, OneOfferIsWorthOneAnswer) {
  HubUnderTest hub({.introductions = {.small_namespace_max = 0}});
  const auto a = hub.join(alice, "global", 3);
  const auto b = hub.join(bob, "global", 3);
  hub.signal(b, "offer", alice);
  hub.signal(b, "answer", alice);
  EXPECT_THAT(hub.get("/status.json").body, HasSubstr(R"("state":"offered")"));

  hub.signal(a, "connection-rejected", bob, R"({"reason":"max_peers_reached"})");
  hub.signal(a, "answer", bob);

  EXPECT_THAT(hub.get("/status.json").body, Not(HasSubstr(R"("state":"answered")")));
}

TEST(IntroducerTest, TheAnswerToAnOfferOfTheSmallerIdMakesALink) {
  HubUnderTest hub({.introductions = {.small_namespace_max = 0}});
  const auto a = hub.join(alice, "global", 3);
  const auto b = hub.join(bob, "global", 3);

  hub.signal(a, "offer", bob);
  hub.signal(b, "answer", alice);

  EXPECT_THAT(hub.get("/status.json").body, HasSubstr(R"("state":"answered")"));
}

}  // namespace
}  // namespace pigeon::hub
