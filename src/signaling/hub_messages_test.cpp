#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signaling/hub_links_testing.hpp"
#include "wire/server_message.hpp"

namespace pigeon::signaling {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string offer_data = R"({"type":"offer","sdp":"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"})";
const std::string answer_data = R"({"type":"answer","sdp":"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"})";

std::string discovered(const std::string& peer, const std::string& network = "global",
                       const std::string& members = {}) {
  const std::string to = self.to_text();
  return encode(
      wire::PeerDiscovered{.peer_id = peer, .members = members, .to = to, .network = network});
}

std::string relayed(wire::SignalType type, const std::string& data,
                    const std::string& from = alice.to_text()) {
  const std::string to = self.to_text();
  return encode(
      wire::RelayedSignal{.type = type, .data = data, .from = from, .to = to, .network = "global"});
}

/// A message of which a test writes every member.
std::string raw(std::string_view type, std::string_view more) {
  return R"({"type":")" + std::string(type) + R"(",)" + std::string(more) + "}";
}

class HubMessagesTest : public ::testing::Test, protected HubLinksScene {
 protected:
  /// Whether it is dropped, and counted.
  bool is_dropped(const std::string& text) {
    const auto before = links.dropped_count();
    const bool has_news = !news_of(hub, text).empty();
    return !has_news && links.dropped_count() == before + 1;
  }
  /// Whether it is passed over without being held against the hub.
  bool is_ignored(const std::string& text) {
    const auto before = links.dropped_count();
    const bool has_news = !news_of(hub, text).empty();
    return !has_news && links.dropped_count() == before;
  }

  HubKey hub = add_open("ws://one");
};

TEST_F(HubMessagesTest, TellsOfDiscoveredPeers) {
  const auto found = only<Discovered>(news_of(hub, discovered(alice.to_text())));

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].hub, hub);
  EXPECT_EQ(found[0].peer, alice);
  EXPECT_FALSE(found[0].is_capable);
}

TEST_F(HubMessagesTest, KnowsPeersOfThisProject) {
  const auto found =
      only<Discovered>(news_of(hub, discovered(alice.to_text(), "global", R"("pigeon":1)")));

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_TRUE(found[0].is_capable);
}

TEST_F(HubMessagesTest, KeepsTheSpellingOfAPeer) {
  const std::string text = "AbAb" + std::string(36, '0');

  const auto found = only<Discovered>(news_of(hub, discovered(text)));

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].peer.to_text(), text);
}

// Upstream's clients have no case for it: dead peers stay discovered for minutes.
TEST_F(HubMessagesTest, TellsOfPeersThatAreGone) {
  const auto gone = only<Departed>(news_of(
      hub, encode(wire::PeerDisconnected{.peer_id = alice.to_text(), .network = "global"})));

  ASSERT_THAT(gone, SizeIs(1));
  EXPECT_EQ(gone[0].peer, alice.id);
  EXPECT_FALSE(gone[0].said_goodbye);
}

TEST_F(HubMessagesTest, TellsOfGoodbyes) {
  const auto gone = only<Departed>(
      news_of(hub, encode(wire::RelayedGoodbye{.from = alice.to_text(), .network = "global"})));

  ASSERT_THAT(gone, SizeIs(1));
  EXPECT_EQ(gone[0].peer, alice.id);
  EXPECT_TRUE(gone[0].said_goodbye);
}

TEST_F(HubMessagesTest, TakesOffersAndAnswers) {
  using enum wire::SignalType;
  for (const auto type : {offer, renegotiation_offer, ice_restart_offer}) {
    const auto got = only<DescriptionReceived>(news_of(hub, relayed(type, offer_data)));
    ASSERT_THAT(got, SizeIs(1));
    EXPECT_EQ(got[0].from, alice);
    EXPECT_EQ(got[0].description.type, rtc::SdpType::offer);
    EXPECT_THAT(got[0].description.sdp, HasSubstr("v=0\r\n"));
  }
  for (const auto type : {answer, renegotiation_answer, ice_restart_answer}) {
    const auto got = only<DescriptionReceived>(news_of(hub, relayed(type, answer_data)));
    ASSERT_THAT(got, SizeIs(1));
    EXPECT_EQ(got[0].description.type, rtc::SdpType::answer);
  }
}

TEST_F(HubMessagesTest, UnwrapsTheDescriptionsOfRestarts) {
  using enum wire::SignalType;

  EXPECT_THAT(only<DescriptionReceived>(
                  news_of(hub, relayed(ice_restart_offer, R"({"offer":)" + offer_data + "}"))),
              SizeIs(1));
  EXPECT_THAT(only<DescriptionReceived>(
                  news_of(hub, relayed(ice_restart_answer, R"({"answer":)" + answer_data + "}"))),
              SizeIs(1));
}

TEST_F(HubMessagesTest, DropsDescriptionsThatAreNone) {
  using enum wire::SignalType;
  for (const char* data :
       {"null", "[]", "{}", R"("v=0")", R"({"type":"offer"})", R"({"type":"offer","sdp":"v=0"})",
        R"({"sdp":"v=0 0123456789"})", R"({"offer":{"type":"offer","sdp":1}})", R"({"offer":7})"}) {
    EXPECT_TRUE(is_dropped(relayed(offer, data))) << data;
  }
  EXPECT_TRUE(is_dropped(relayed(offer, "")));
  // The type inside must be the one outside.
  EXPECT_TRUE(is_dropped(relayed(offer, answer_data)));
  EXPECT_TRUE(is_dropped(relayed(renegotiation_answer, offer_data)));
}

TEST_F(HubMessagesTest, TakesCandidates) {
  const auto got = only<CandidateReceived>(
      news_of(hub, relayed(wire::SignalType::ice_candidate,
                           R"({"candidate":"candidate:1 1 udp 1 10.0.0.1 5 typ host",)"
                           R"("sdpMid":"0","sdpMLineIndex":0,"usernameFragment":null})")));

  ASSERT_THAT(got, SizeIs(1));
  EXPECT_EQ(got[0].from, alice);
  EXPECT_EQ(got[0].candidate.sdp_mid, "0");
  EXPECT_TRUE(is_dropped(relayed(wire::SignalType::ice_candidate, R"({"candidate":7})")));
}

// No upstream server routes them; ours does.
TEST_F(HubMessagesTest, TakesRejections) {
  using enum wire::SignalType;
  const auto got = only<Rejected>(
      news_of(hub, relayed(connection_rejected, R"({"reason":"max_peers_reached"})")));

  ASSERT_THAT(got, SizeIs(1));
  EXPECT_EQ(got[0].from, alice.id);
  EXPECT_EQ(got[0].reason, "max_peers_reached");

  // However long or absent its reason.
  const std::string endless = R"({"reason":")" + std::string(9'999, 'x') + R"("})";
  for (const std::string& data : {endless, std::string("7"), std::string()}) {
    const auto other = only<Rejected>(news_of(hub, relayed(connection_rejected, data)));
    ASSERT_THAT(other, SizeIs(1));
    EXPECT_LE(other[0].reason.size(), 128U);
  }
}

TEST_F(HubMessagesTest, IgnoresOtherNamespaces) {
  const std::string from = R"("fromPeerId":")" + alice.to_text() + R"(")";

  EXPECT_TRUE(is_ignored(discovered(alice.to_text(), "blue")));
  EXPECT_TRUE(is_ignored(raw("offer", from + R"(,"networkName":"blue","data":)" + offer_data)));
  EXPECT_TRUE(is_ignored(raw("goodbye", from + R"(,"networkName":"blue")")));
  EXPECT_TRUE(is_ignored(raw("peer-disconnected", R"("data":{"peerId":")" + alice.to_text() +
                                                      R"("},"networkName":"blue")")));
}

TEST_F(HubMessagesTest, TakesMessagesWithoutANamespaceAsGlobal) {
  const std::string offer =
      raw("offer", R"("fromPeerId":")" + alice.to_text() + R"(","data":)" + offer_data);

  EXPECT_THAT(only<DescriptionReceived>(news_of(hub, offer)), SizeIs(1));

  links.set_network("blue", at(1s));
  EXPECT_THAT(news_of(hub, offer), IsEmpty());
  EXPECT_THAT(only<Discovered>(news_of(hub, discovered(alice.to_text(), "blue"))), SizeIs(1));
}

TEST_F(HubMessagesTest, IgnoresMessagesForOthersAndFromOurselves) {
  const std::string data = R"(,"data":)" + offer_data;

  EXPECT_TRUE(is_ignored(raw("offer", R"("fromPeerId":")" + alice.to_text() +
                                          R"(","targetPeerId":")" + bob.to_text() + '"' + data)));
  EXPECT_TRUE(is_ignored(relayed(wire::SignalType::offer, offer_data, self.to_text())));
  EXPECT_TRUE(is_ignored(discovered(self.to_text())));
}

// A hub of upstream passes on whatever sender a client names, and a lying one invents peers: an id
// that is none goes no further, and one that is some is a hint that the connection has to prove.
TEST_F(HubMessagesTest, DropsSendersThatAreNoPeers) {
  for (const char* from : {"system", "", "alice", "__proto__", "0123"}) {
    EXPECT_TRUE(is_dropped(relayed(wire::SignalType::offer, offer_data, from))) << from;
    EXPECT_TRUE(is_dropped(discovered(from))) << from;
  }
  EXPECT_TRUE(is_dropped(raw("offer", R"("fromPeerId":7,"data":)" + offer_data)));
}

TEST_F(HubMessagesTest, IgnoresWhatNeedsNoAnswer) {
  EXPECT_TRUE(is_ignored(encode(wire::Connected{.peer_id = self.to_text()})));
  EXPECT_TRUE(is_ignored(encode(wire::Pong{})));
  EXPECT_TRUE(is_ignored(encode(wire::ErrorReply{.error = "no"})));
  EXPECT_TRUE(is_ignored(R"({"type":"announce"})"));
  EXPECT_TRUE(is_ignored(R"({"type":"cleanup"})"));
  EXPECT_TRUE(is_ignored(relayed(wire::SignalType::recovery_offer, offer_data)));
  EXPECT_THAT(links.take_actions(), IsEmpty());
}

TEST_F(HubMessagesTest, DropsWhatIsNoMessage) {
  EXPECT_TRUE(is_dropped(""));
  EXPECT_TRUE(is_dropped("nonsense"));
  EXPECT_TRUE(is_dropped(std::string(100'000, '[')));
  EXPECT_TRUE(is_dropped(R"({"type":"pong","x":")" + std::string(1'048'576, 'x') + R"("})"));
  const std::string whole = relayed(wire::SignalType::offer, offer_data);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    links.received(hub, whole.substr(0, size), at(Duration(10s * size)));
    EXPECT_THAT(links.take_news(), IsEmpty()) << size;
  }
}

// ---- Which hub a signal goes to.

TEST_F(HubMessagesTest, SendsToTheHubThatNamedThePeerLast) {
  const HubKey two = add_open("ws://two");
  news_of(two, discovered(alice.to_text()));
  send_offer(links, alice, at(1s));
  EXPECT_THAT(sent_to(two), SizeIs(1));

  news_of(hub, relayed(wire::SignalType::offer, offer_data));
  send_offer(links, alice, at(1s));
  EXPECT_THAT(sent_to(hub), SizeIs(1));

  news_of(two, discovered(alice.to_text()));
  links.closed(two, 1006, "Lost.", at(2s));
  links.take_actions();
  send_offer(links, alice, at(2s));
  EXPECT_THAT(sent_to(hub), SizeIs(1));
}

TEST_F(HubMessagesTest, ForgetsTheHubOfAPeerThatLeftIt) {
  const HubKey two = add_open("ws://two");
  news_of(two, discovered(alice.to_text()));

  news_of(two, encode(wire::PeerDisconnected{.peer_id = alice.to_text(), .network = "global"}));

  send_offer(links, alice, at(1s));
  EXPECT_THAT(sent_to(hub), SizeIs(1));
}

TEST_F(HubMessagesTest, RemembersABoundedNumberOfPeers) {
  Random random = Random::from_number(7);
  const HubKey two = add_open("ws://two");
  std::vector<wire::SpelledId> peers;
  for (int i = 0; i < 100'000; ++i) {
    peers.push_back({.id = random.id<PeerId>(), .upper_case = 0});
    // Slowly enough for the rate.
    ASSERT_THAT(news_of(two, discovered(peers.back().to_text()), i * 10ms), SizeIs(1));
  }

  send_offer(links, peers[100'000 - 4'096], at(2'000s));
  EXPECT_THAT(sent_to(two), SizeIs(1));
  // Forgotten: the first hub is as good as any.
  send_offer(links, peers[100'000 - 4'097], at(2'000s));
  EXPECT_THAT(sent_to(hub), SizeIs(1));
}

// ---- Floods.

TEST_F(HubMessagesTest, DropsWhatAFloodingHubSaysBeyondItsRate) {
  const HubKey two = add_open("ws://two");
  const std::string text = discovered(alice.to_text());
  std::size_t taken = 0;
  for (int i = 0; i < 100'000; ++i) taken += news_of(hub, text).size();

  EXPECT_EQ(taken, 5'000U);
  EXPECT_EQ(links.dropped_count(), 95'000U);
  // Another hub does not suffer from it, and a second later it may speak again.
  EXPECT_THAT(news_of(two, text), SizeIs(1));
  for (int i = 0; i < 1'000; ++i) taken += news_of(hub, text, 2s).size();
  EXPECT_EQ(taken, 5'500U);
}

TEST_F(HubMessagesTest, GivesNoNewBurstToAHubThatComesBack) {
  const std::string text = discovered(alice.to_text());
  for (int i = 0; i < 5'000; ++i) news_of(hub, text);
  links.closed(hub, 1006, "Lost.", at(1s));
  links.handle_timeout(at(3s));
  links.opened(hub, at(3s));
  links.take_news();

  std::size_t taken = 0;
  for (int i = 0; i < 5'000; ++i) taken += news_of(hub, text, 3s).size();

  EXPECT_EQ(taken, 1'000U);
}

TEST_F(HubMessagesTest, CountsLongMessagesForMore) {
  const std::string text = R"({"type":"pong","x":")" + std::string(1'000'000, 'x') + R"("})";
  for (int i = 0; i < 100; ++i) news_of(hub, text);

  EXPECT_EQ(links.dropped_count(), 80U);
}

TEST_F(HubMessagesTest, IgnoresHubsThatAreNotThere) {
  links.received(HubKey{77}, discovered(alice.to_text()), at(1s));
  links.opened(HubKey{77}, at(1s));
  links.closed(HubKey{77}, 1006, "Lost.", at(1s));

  EXPECT_THAT(links.take_news(), IsEmpty());
  EXPECT_THAT(links.take_actions(), IsEmpty());
}

}  // namespace
}  // namespace pigeon::signaling
