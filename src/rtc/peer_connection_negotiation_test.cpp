#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/peer_connection.hpp"
#include "rtc/peer_connection_testing.hpp"

namespace pigeon::rtc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(NegotiationTest, TellsThatANegotiationIsNeededOnce) {
  TestPair pair;

  ASSERT_TRUE(pair.alice.connection.create_data_channel("one", {}, pair.now()));
  ASSERT_TRUE(pair.alice.connection.create_data_channel("two", {}, pair.now()));
  pair.run_for(1ms);
  EXPECT_THAT(pair.alice.told<NegotiationNeeded>(), SizeIs(1));
  pair.negotiate();
  ASSERT_TRUE(pair.alice.connection.create_data_channel("three", {}, pair.now()));
  pair.run_for(1s);

  EXPECT_THAT(pair.alice.told<NegotiationNeeded>(), SizeIs(1));
  EXPECT_THAT(pair.bob.told<ChannelAnnounced>(), SizeIs(3));
}

TEST(NegotiationTest, WorksWithCandidatesInTheDescriptionsOnly) {
  TestPair pair;
  pair.carries_candidates = false;
  ASSERT_TRUE(pair.alice.connection.create_data_channel("chat", {}, pair.now()));

  ASSERT_TRUE(pair.alice.connection.set_local_description(pair.now()));
  pair.run_for(1s);
  EXPECT_EQ(pair.alice.connection.ice_gathering_state(), IceGatheringState::complete);
  const auto offer = pair.alice.connection.local_description();
  EXPECT_THAT(offer->sdp, HasSubstr("a=candidate:"));
  EXPECT_THAT(offer->sdp, HasSubstr("a=end-of-candidates"));
  ASSERT_TRUE(pair.bob.connection.set_remote_description(*offer, pair.now()));
  ASSERT_TRUE(pair.bob.connection.set_local_description(pair.now()));
  pair.run_for(1s);
  const auto answer = pair.bob.connection.local_description();
  EXPECT_EQ(answer->type, SdpType::answer);
  ASSERT_TRUE(pair.alice.connection.set_remote_description(*answer, pair.now()));
  pair.run_for(2s);

  EXPECT_EQ(pair.alice.connection.connection_state(), ConnectionState::connected);
  EXPECT_THAT(pair.bob.told<ChannelOpened>(), SizeIs(1));
}

TEST(NegotiationTest, ClosesAfterNegotiationsOfNothing) {
  TestPair pair;

  const auto answer = pair.alice.connection.create_answer();
  EXPECT_FALSE(answer);
  const auto refused = pair.alice.connection.set_remote_description({SdpType::offer, "v=0"}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RtcErrorKind::syntax);
  EXPECT_THAT(refused.error().message, Not(IsEmpty()));
  pair.alice.connection.close(pair.now());

  EXPECT_EQ(pair.alice.connection.signaling_state(), SignalingState::closed);
  EXPECT_FALSE(pair.alice.connection.create_offer());
  EXPECT_FALSE(pair.alice.connection.create_data_channel("late", {}, pair.now()));
}

TEST(NegotiationTest, RefusesADescriptionThatWasTamperedWith) {
  TestPair pair;
  ASSERT_TRUE(pair.alice.connection.create_data_channel("chat", {}, pair.now()));
  auto offer = *pair.alice.connection.create_offer();

  offer.sdp += "a=extra\r\n";
  const auto refused = pair.alice.connection.set_local_description(offer, pair.now());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RtcErrorKind::modified);
  EXPECT_EQ(pair.alice.connection.signaling_state(), SignalingState::stable);
}

TEST(NegotiationTest, ThePoliteSideTakesItsOfferBack) {
  TestPair pair;
  ASSERT_TRUE(pair.alice.connection.create_data_channel("of alice", {}, pair.now()));
  ASSERT_TRUE(pair.bob.connection.create_data_channel("of bob", {}, pair.now()));
  const auto offer = pair.alice.connection.set_local_description(pair.now());
  ASSERT_TRUE(pair.bob.connection.set_local_description(pair.now()));

  ASSERT_TRUE(pair.bob.connection.set_remote_description(*offer, pair.now()));
  const auto answer = pair.bob.connection.set_local_description(pair.now());
  ASSERT_TRUE(answer);
  ASSERT_TRUE(pair.alice.connection.set_remote_description(*answer, pair.now()));
  pair.run_for(2s);

  EXPECT_NE(pair.bob.announced("of alice"), ChannelKey{});
  EXPECT_NE(pair.alice.announced("of bob"), ChannelKey{});
}

TEST(NegotiationTest, RollsItsOwnOfferBack) {
  TestPair pair;
  ASSERT_TRUE(pair.alice.connection.create_data_channel("chat", {}, pair.now()));
  ASSERT_TRUE(pair.alice.connection.set_local_description(pair.now()));

  ASSERT_TRUE(pair.alice.connection.set_local_description({SdpType::rollback, ""}, pair.now()));
  EXPECT_EQ(pair.alice.connection.signaling_state(), SignalingState::stable);
  pair.negotiate();
  pair.run_for(2s);

  EXPECT_EQ(pair.alice.connection.connection_state(), ConnectionState::connected);
}

TEST(NegotiationTest, NegotiatesAgainWithoutHarm) {
  TestPair pair;
  const ChannelKey chat = pair.connect();

  pair.negotiate(pair.bob, pair.alice);
  pair.negotiate();
  ASSERT_TRUE(pair.alice.connection.send(chat, bytes_of("still here"), true, pair.now()));
  pair.run_for(2s);

  EXPECT_THAT(pair.bob.texts(), ElementsAre("still here"));
}

TEST(NegotiationTest, RestartsIceWhileMessagesFlow) {
  TestPair pair;
  const ChannelKey chat = pair.connect();
  const std::string old_ufrag = pair.alice.connection.local_ufrag();

  const auto offer = pair.alice.connection.create_offer(true);
  ASSERT_TRUE(offer);
  ASSERT_TRUE(pair.alice.connection.set_local_description(*offer, pair.now()));
  ASSERT_TRUE(pair.alice.connection.send(chat, bytes_of("during"), true, pair.now()));
  pair.run_for(1s);
  EXPECT_THAT(pair.bob.texts(), ElementsAre("during"));
  const std::string bobs_old_ufrag = pair.bob.connection.local_ufrag();
  ASSERT_TRUE(pair.bob.connection.set_remote_description(*offer, pair.now()));
  const auto answer = pair.bob.connection.set_local_description(pair.now());
  ASSERT_TRUE(answer);
  ASSERT_TRUE(pair.alice.connection.set_remote_description(*answer, pair.now()));
  pair.run_for(2s);
  ASSERT_TRUE(pair.alice.connection.send(chat, bytes_of("after"), true, pair.now()));
  pair.run_for(40s);

  EXPECT_THAT(pair.bob.texts(), ElementsAre("during", "after"));
  EXPECT_NE(pair.alice.connection.local_ufrag(), old_ufrag);
  EXPECT_NE(pair.bob.connection.local_ufrag(), bobs_old_ufrag);
  EXPECT_EQ(pair.alice.connection.connection_state(), ConnectionState::connected);
  EXPECT_EQ(pair.bob.connection.connection_state(), ConnectionState::connected);
}

TEST(NegotiationTest, OnlyTheOfferThatAsksForItRestartsIce) {
  TestPair pair;
  pair.connect();
  const std::string ufrag = pair.alice.connection.local_ufrag();
  const std::size_t told_before = pair.alice.told<IceGatheringStateChanged>().size();

  ASSERT_TRUE(pair.alice.connection.create_offer(true));
  pair.negotiate();
  EXPECT_EQ(pair.alice.connection.local_ufrag(), ufrag);
  const auto offer = pair.alice.connection.create_offer(true);
  ASSERT_TRUE(pair.alice.connection.set_local_description(*offer, pair.now()));
  pair.run_for(1s);

  EXPECT_NE(pair.alice.connection.local_ufrag(), ufrag);
  const auto told = pair.alice.told<IceGatheringStateChanged>();
  ASSERT_EQ(told.size(), told_before + 2);
  EXPECT_EQ(told[told_before].state, IceGatheringState::gathering);
  EXPECT_EQ(told[told_before + 1].state, IceGatheringState::complete);
}

TEST(NegotiationTest, ARestartThatIsTakenBackHasNeverBeen) {
  for (const bool by_glare : {false, true}) {
    TestPair pair;
    const ChannelKey chat = pair.connect();
    const std::string ufrag = pair.alice.connection.local_ufrag();
    const auto offer = pair.alice.connection.create_offer(true);
    ASSERT_TRUE(pair.alice.connection.set_local_description(*offer, pair.now()));
    pair.run_for(1s);

    if (by_glare) {
      pair.negotiate(pair.bob, pair.alice);
    } else {
      ASSERT_TRUE(pair.alice.connection.set_local_description({SdpType::rollback, ""}, pair.now()));
    }
    pair.run_for(60s);
    ASSERT_TRUE(pair.alice.connection.send(chat, bytes_of("still here"), true, pair.now()));
    pair.run_for(1s);

    EXPECT_EQ(pair.alice.connection.local_ufrag(), ufrag);
    EXPECT_THAT(pair.bob.texts(), ElementsAre("still here"));
    EXPECT_EQ(pair.alice.connection.connection_state(), ConnectionState::connected);
    const std::string sdp = pair.alice.connection.local_description()->sdp;
    EXPECT_EQ(sdp.find("a=candidate:"), sdp.rfind("a=candidate:"));
  }
}

TEST(NegotiationTest, TakesCandidatesOfARestartBeforeItsAnswer) {
  TestPair pair;
  pair.connect();
  // Only what Bob knows makes him send.
  pair.drops = [](const TestPeer&, BytesView) { return true; };
  const auto offer = pair.alice.connection.create_offer(true);
  ASSERT_TRUE(pair.alice.connection.set_local_description(*offer, pair.now()));
  pair.carries_candidates = false;
  pair.run_for(1ms);
  ASSERT_TRUE(pair.bob.connection.set_remote_description(*offer, pair.now()));

  for (const IceCandidate& candidate : std::exchange(pair.alice.candidates, {})) {
    ASSERT_TRUE(pair.bob.connection.add_ice_candidate(candidate, pair.now()));
  }
  const auto before = pair.bob.connection.get_stats().ice.checks_sent;
  ASSERT_TRUE(pair.bob.connection.set_local_description(pair.now()));
  pair.run_for(1s);

  EXPECT_GT(pair.bob.connection.get_stats().ice.checks_sent, before);
}

TEST(NegotiationTest, AnswersABrowsersThreeSectionsAndTakesCandidatesOfTheFirst) {
  // What upstream's clients in browsers offer: audio and video that nobody sends, then data.
  TestPair pair;
  ASSERT_TRUE(pair.alice.connection.create_data_channel("messages", {}, pair.now()));
  auto offer = *pair.alice.connection.set_local_description(pair.now());
  const std::string media =
      "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:a\r\na=recvonly\r\n"
      "a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";
  const std::size_t data = offer.sdp.find("m=application");
  const std::size_t group = offer.sdp.find("a=group:BUNDLE 0");
  ASSERT_NE(group, std::string::npos);
  const std::string section = offer.sdp.substr(data);
  // The bundle's first section carries what the transport needs (RFC 8843 section 7.1.3).
  std::string transport;
  for (const std::string name : {"a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:"}) {
    const std::size_t at = section.find(name);
    transport += section.substr(at, section.find("\r\n", at) + 2 - at);
  }
  offer.sdp.insert(data, media + transport);
  offer.sdp.insert(group + std::string("a=group:BUNDLE").size(), " a");

  ASSERT_TRUE(pair.bob.connection.set_remote_description(offer, pair.now()));
  const auto answer = pair.bob.connection.set_local_description(pair.now());
  ASSERT_TRUE(answer);
  pair.run_for(100ms);

  EXPECT_THAT(answer->sdp, HasSubstr("a=group:BUNDLE a 0"));
  EXPECT_THAT(answer->sdp, HasSubstr("a=inactive"));
  for (const auto& found : pair.bob.told<IceCandidateFound>()) {
    EXPECT_EQ(found.candidate.sdp_mid, "a");
    EXPECT_EQ(found.candidate.sdp_m_line_index, 0);
  }
}

TEST(NegotiationTest, RefusesAnotherCertificateInALaterDescription) {
  TestPair pair;
  const ChannelKey chat = pair.connect();
  auto offer = *pair.alice.connection.set_local_description(pair.now());
  const auto original = offer;
  const std::size_t digit = offer.sdp.find("sha-256 ") + std::string("sha-256 ").size();
  offer.sdp[digit] = offer.sdp[digit] == '0' ? '1' : '0';

  const auto refused = pair.bob.connection.set_remote_description(offer, pair.now());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RtcErrorKind::unusable);
  EXPECT_EQ(pair.bob.connection.signaling_state(), SignalingState::stable);
  ASSERT_TRUE(pair.bob.connection.set_remote_description(original, pair.now()));
  auto answer = *pair.bob.connection.set_local_description(pair.now());
  const std::size_t role = answer.sdp.find("a=setup:");
  answer.sdp.replace(role, answer.sdp.find("\r\n", role) - role,
                     answer.sdp.find("a=setup:active") != std::string::npos ? "a=setup:passive"
                                                                            : "a=setup:active");
  EXPECT_FALSE(pair.alice.connection.set_remote_description(answer, pair.now()));
  ASSERT_TRUE(pair.alice.connection.send(chat, bytes_of("still here"), true, pair.now()));
  pair.run_for(1s);
  EXPECT_THAT(pair.bob.texts(), ElementsAre("still here"));
}

TEST(NegotiationTest, GetsDataChannelsInALaterNegotiation) {
  TestPair pair;
  // Bob takes Alice's section for audio, and she his for data channels.
  const auto replace = [](std::string& sdp, std::string_view from, std::string_view to) {
    const std::size_t at = sdp.find(from);
    ASSERT_NE(at, std::string::npos) << sdp;
    sdp.replace(at, from.size(), to);
  };
  const std::string data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel";
  const std::string audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111";
  auto offer = *pair.alice.connection.set_local_description(pair.now());
  replace(offer.sdp, data, audio);
  ASSERT_TRUE(pair.bob.connection.set_remote_description(offer, pair.now()));
  auto answer = *pair.bob.connection.set_local_description(pair.now());
  replace(answer.sdp, audio, data);
  ASSERT_TRUE(pair.alice.connection.set_remote_description(answer, pair.now()));
  pair.run_for(500ms);
  ASSERT_EQ(pair.bob.connection.connection_state(), ConnectionState::connected);

  ASSERT_TRUE(pair.bob.connection.create_data_channel("chat", {}, pair.now()));
  pair.run_for(1ms);
  EXPECT_THAT(pair.bob.told<NegotiationNeeded>(), SizeIs(1));
  pair.negotiate(pair.bob, pair.alice);
  pair.run_for(5s);

  EXPECT_NE(pair.alice.announced("chat"), ChannelKey{});
}

TEST(NegotiationTest, TakesCandidatesThatItCannotUse) {
  TestPair pair;
  const ChannelKey chat = pair.connect();
  const std::string mdns =
      "candidate:1 1 udp 2113937151 9a4b0b0e-6a04-4c44-9d4c-3f9a3b1c8a11.local 50000 typ host";

  EXPECT_TRUE(pair.alice.connection.add_ice_candidate({.candidate = mdns}, pair.now()));
  EXPECT_FALSE(pair.alice.connection.add_ice_candidate({.candidate = "rubbish"}, pair.now()));
  for (int i = 0; i < 5'000; ++i) {
    const std::string candidate = "candidate:" + std::to_string(i) + " 1 udp 1 198.51.100." +
                                  std::to_string(i % 250) + ' ' + std::to_string(1'000 + i) +
                                  " typ host";
    EXPECT_TRUE(pair.alice.connection.add_ice_candidate({.candidate = candidate}, pair.now()));
  }
  ASSERT_TRUE(pair.alice.connection.send(chat, bytes_of("hello"), true, pair.now()));
  pair.run_for(1s);

  EXPECT_THAT(pair.bob.texts(), ElementsAre("hello"));
}

TEST(NegotiationTest, WantsTheDescriptionBeforeItsCandidates) {
  TestPair pair;

  const auto refused = pair.alice.connection.add_ice_candidate({.candidate = ""}, pair.now());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RtcErrorKind::invalid_state);
}

TEST(NegotiationTest, AnAbsurdMessageSizeIsHarmless) {
  for (const std::string size : {"-1", "0", "99999999999999999999999", "x"}) {
    TestPair pair;
    const ChannelKey chat = *pair.alice.connection.create_data_channel("chat", {}, pair.now());
    auto offer = *pair.alice.connection.set_local_description(pair.now());
    const std::string name = "a=max-message-size:";
    const std::size_t at = offer.sdp.find(name) + name.size();
    offer.sdp.replace(at, offer.sdp.find("\r\n", at) - at, size);
    ASSERT_TRUE(pair.bob.connection.set_remote_description(offer, pair.now())) << size;
    const auto answer = pair.bob.connection.set_local_description(pair.now());
    ASSERT_TRUE(pair.alice.connection.set_remote_description(*answer, pair.now()));
    pair.run_for(2s);

    ASSERT_TRUE(pair.alice.connection.send(chat, bytes_of("hello"), true, pair.now()));
    ASSERT_TRUE(
        pair.bob.connection.send(pair.bob.announced("chat"), Bytes(60'000), false, pair.now()));
    pair.run_for(2s);

    EXPECT_THAT(pair.bob.texts(), ElementsAre("hello")) << size;
    EXPECT_THAT(pair.alice.texts(), SizeIs(1)) << size;
  }
}

}  // namespace
}  // namespace pigeon::rtc
