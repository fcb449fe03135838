#include "rtc/sdp/offer_answer.hpp"

#include <string>

#include <gmock/gmock.h>

#include "rtc/sdp/description_testing.hpp"
#include "rtc/sdp/golden_testing.hpp"
#include "rtc/sdp/write.hpp"

namespace pigeon::sdp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view our_fingerprint =
    "a=fingerprint:sha-256 A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:A5:"
    "A5:A5:A5:A5:A5:A5:A5:A5:A5\r\n";

std::vector<int> ports(const SessionDescription& description) {
  std::vector<int> all;
  for (const MediaSection& section : description.media) all.push_back(section.port);
  return all;
}

SessionDescription answer_to(std::string_view offer) {
  return make_answer(parsed(offer), local_parameters());
}

TEST(MakeOfferTest, OffersDataChannelsAndNothingElse) {
  LocalParameters parameters = local_parameters();
  parameters.candidates = {"1 1 udp 2130706431 192.0.2.1 5000 typ host"};
  parameters.end_of_candidates = true;

  const std::string text = write(make_offer(parameters));

  EXPECT_EQ(text, std::string("v=0\r\n"
                              "o=- 4611686018427387904 1 IN IP4 127.0.0.1\r\n"
                              "s=-\r\n"
                              "t=0 0\r\n"
                              "a=group:BUNDLE 0\r\n"
                              "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                              "c=IN IP4 0.0.0.0\r\n"
                              "a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host\r\n"
                              "a=end-of-candidates\r\n"
                              "a=ice-ufrag:pgn1\r\n"
                              "a=ice-pwd:pigeonpigeonpigeonpigeon\r\n"
                              "a=ice-options:trickle\r\n") +
                      std::string(our_fingerprint) +
                      "a=setup:actpass\r\n"
                      "a=mid:0\r\n"
                      "a=sctp-port:5000\r\n"
                      "a=max-message-size:262144\r\n");
}

TEST(MakeOfferTest, SaysNothingOfTrickleWithoutIt) {
  LocalParameters parameters = local_parameters();
  parameters.trickle = false;

  EXPECT_THAT(make_offer(parameters).media[0].ice_options, IsEmpty());
}

TEST(MakeOfferTest, CountsUpFromTheOfferBefore) {
  LocalParameters parameters = local_parameters();
  const SessionDescription first = make_offer(parameters);
  parameters.session_id = 7;
  parameters.ice_ufrag = "pgn2";
  parameters.setup = SetupRole::passive;
  parameters.previous = &first;

  const SessionDescription second = make_offer(parameters);

  EXPECT_EQ(second.session_id, first.session_id);
  EXPECT_EQ(second.session_version, first.session_version + 1);
  ASSERT_THAT(second.media, SizeIs(1));
  EXPECT_EQ(second.media[0].mid, "0");
  EXPECT_EQ(second.media[0].ice_ufrag, "pgn2");
  EXPECT_EQ(second.media[0].setup, SetupRole::passive);
}

TEST(MakeOfferTest, KeepsTheSectionsOfTheOtherSide) {
  LocalParameters parameters = local_parameters();
  parameters.candidates = {"old"};
  const SessionDescription answer = make_answer(parsed(chromium_offer), parameters);
  parameters.candidates = {"new"};
  parameters.previous = &answer;

  const SessionDescription offer = make_offer(parameters);

  EXPECT_THAT(offer.bundles, ElementsAre(ElementsAre("0", "1", "2")));
  ASSERT_THAT(offer.media, SizeIs(3));
  EXPECT_EQ(offer.media[0].kind, "audio");
  EXPECT_EQ(offer.media[0].direction, Direction::inactive);
  EXPECT_EQ(offer.media[0].formats, answer.media[0].formats);
  EXPECT_EQ(offer.media[0].setup, SetupRole::actpass);
  EXPECT_THAT(offer.media[0].candidates, ElementsAre("new"));
  EXPECT_THAT(offer.media[2].candidates, IsEmpty());
  EXPECT_EQ(offer.media[2].mid, "2");
}

TEST(MakeOfferTest, AddsDataChannelsToTheBundleOfTheOtherSide) {
  std::string media_only(chromium_offer.substr(0, chromium_offer.find("m=application")));
  media_only = with(media_only, "BUNDLE 0 1 2", "BUNDLE 0 1");
  LocalParameters parameters = local_parameters();
  const SessionDescription answer = make_answer(parsed(media_only), parameters);
  parameters.previous = &answer;

  const SessionDescription offer = make_offer(parameters);

  ASSERT_THAT(offer.media, SizeIs(3));
  EXPECT_TRUE(is_data_section(offer.media[2]));
  EXPECT_EQ(offer.media[2].mid, "2");
  EXPECT_THAT(offer.bundles, ElementsAre(ElementsAre("0", "1", "2")));
  EXPECT_EQ(offer.media[2].ice_ufrag, "pgn1");
}

TEST(MakeOfferTest, LeavesRejectedSectionsRejected) {
  LocalParameters parameters = local_parameters();
  const SessionDescription answer =
      make_answer(parsed(with(chromium_offer, "BUNDLE 0 1 2", "BUNDLE 0 2")), parameters);
  parameters.previous = &answer;

  const SessionDescription offer = make_offer(parameters);

  EXPECT_THAT(ports(offer), ElementsAre(9, 0, 9));
  EXPECT_THAT(offer.bundles, ElementsAre(ElementsAre("0", "2")));
  EXPECT_EQ(offer.media[1].ice_ufrag, "");
}

TEST(MakeOfferTest, AddsNoSectionPastTheLimit) {
  SessionDescription full;
  full.media.resize(media_sections_max);
  for (MediaSection& section : full.media) section.port = 0;
  LocalParameters parameters = local_parameters();
  parameters.previous = &full;

  EXPECT_THAT(make_offer(parameters).media, SizeIs(media_sections_max));
}

TEST(MakeAnswerTest, LeavesAudioAndVideoOfABrowserInactive) {
  LocalParameters parameters = local_parameters();
  parameters.candidates = {"1 1 udp 2130706431 192.0.2.1 5000 typ host"};

  const SessionDescription answer = make_answer(parsed(chromium_offer), parameters);

  EXPECT_THAT(answer.bundles, ElementsAre(ElementsAre("0", "1", "2")));
  ASSERT_THAT(answer.media, SizeIs(3));
  EXPECT_THAT(ports(answer), ElementsAre(9, 9, 9));
  for (const MediaSection& section : answer.media) {
    EXPECT_EQ(section.ice_ufrag, "pgn1");
    EXPECT_EQ(section.setup, SetupRole::active);
    EXPECT_THAT(section.fingerprints, SizeIs(1));
  }
  const MediaSection& audio = answer.media[0];
  EXPECT_EQ(audio.mid, "0");
  EXPECT_EQ(audio.direction, Direction::inactive);
  EXPECT_THAT(audio.formats, ElementsAre("111", "63", "9", "0"));
  EXPECT_EQ(audio.attributes,
            (LineList{"rtcp-mux", "rtpmap:111 opus/48000/2", "fmtp:111 minptime=10;useinbandfec=1",
                      "rtpmap:63 red/48000/2", "fmtp:63 111/111", "rtpmap:9 G722/8000",
                      "rtpmap:0 PCMU/8000"}));
  EXPECT_THAT(audio.candidates, SizeIs(1));
  EXPECT_THAT(answer.media[1].formats, ElementsAre("96", "97", "98", "99"));
  EXPECT_THAT(answer.media[1].candidates, IsEmpty());
  const MediaSection& data = answer.media[2];
  EXPECT_EQ(data.direction, std::nullopt);
  EXPECT_THAT(data.formats, ElementsAre("webrtc-datachannel"));
  EXPECT_EQ(data.sctp_port, 5'000);
  EXPECT_EQ(data.max_message_size, 262'144U);
  EXPECT_TRUE(data.attributes.empty());
}

TEST(MakeAnswerTest, AnswersEveryStackWithDataChannels) {
  for (const auto& [name, text] : golden_texts) {
    SCOPED_TRACE(name);
    const SessionDescription answer = answer_to(text);

    const MediaSection& data = answer.media.back();
    EXPECT_TRUE(is_data_section(data));
    EXPECT_EQ(data.port, 9);
    EXPECT_THAT(answer.bundles, SizeIs(1));
  }
}

TEST(MakeAnswerTest, RepeatsWhatTheOfferSaysOfAFormatOnce) {
  std::string text = "v=0\no=- 1 2 IN IP4 127.0.0.1\nm=audio 9 UDP/TLS/RTP/SAVPF 1 1 2 1\n";
  for (int i = 0; i < 100; ++i) text += "a=rtpmap:1 opus/48000\na=fmtp:1 x\n";

  const SessionDescription answer = answer_to(text);

  EXPECT_THAT(answer.media[0].formats, ElementsAre("1", "2"));
  EXPECT_EQ(answer.media[0].attributes, (LineList{"rtpmap:1 opus/48000", "fmtp:1 x"}));
}

TEST(MakeAnswerTest, AnswersTheOldFormInTheOldForm) {
  const std::string text = write(answer_to(aiortc_offer));

  EXPECT_THAT(text, testing::HasSubstr("m=application 9 DTLS/SCTP 5000\r\n"));
  EXPECT_THAT(text, testing::HasSubstr("a=sctpmap:5000 webrtc-datachannel 65535\r\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("a=sctp-port")));
}

TEST(MakeAnswerTest, RejectsWhatIsOutsideOfTheBundle) {
  const SessionDescription answer = answer_to(with(chromium_offer, "BUNDLE 0 1 2", "BUNDLE 1 2"));

  EXPECT_THAT(ports(answer), ElementsAre(0, 9, 9));
  EXPECT_THAT(answer.bundles, ElementsAre(ElementsAre("1", "2")));
  EXPECT_EQ(answer.media[0].ice_ufrag, "");
  EXPECT_EQ(answer.media[0].mid, "0");
}

TEST(MakeAnswerTest, ChoosesTheBundleOfTheDataChannels) {
  const SessionDescription answer = answer_to(
      with(chromium_offer, "a=group:BUNDLE 0 1 2", "a=group:BUNDLE 0\r\na=group:BUNDLE 1 2"));

  EXPECT_THAT(ports(answer), ElementsAre(0, 9, 9));
  EXPECT_THAT(answer.bundles, ElementsAre(ElementsAre("1", "2")));
}

TEST(MakeAnswerTest, TakesDataChannelsAloneWithoutABundle) {
  const SessionDescription answer = answer_to(without_line(chromium_offer, "a=group"));

  EXPECT_THAT(ports(answer), ElementsAre(0, 0, 9));
  EXPECT_THAT(answer.bundles, IsEmpty());
  EXPECT_EQ(answer.media[2].ice_ufrag, "pgn1");
}

TEST(MakeAnswerTest, RejectsOtherKindsButTheTaggedOne) {
  const std::string fax = with(chromium_offer, "m=video", "m=image");

  const SessionDescription answer = answer_to(fax);
  EXPECT_THAT(ports(answer), ElementsAre(9, 0, 9));
  EXPECT_THAT(answer.bundles, ElementsAre(ElementsAre("0", "2")));

  const SessionDescription tagged = answer_to(with(fax, "BUNDLE 0 1 2", "BUNDLE 1 0 2"));
  EXPECT_THAT(ports(tagged), ElementsAre(9, 9, 9));
  EXPECT_THAT(tagged.bundles, ElementsAre(ElementsAre("1", "0", "2")));
  EXPECT_EQ(tagged.media[1].direction, Direction::inactive);
}

TEST(MakeAnswerTest, MovesTheTagFromASectionThatTheOfferRejects) {
  const SessionDescription answer = answer_to(with(chromium_offer, "m=audio 9", "m=audio 0"));

  EXPECT_THAT(ports(answer), ElementsAre(0, 9, 9));
  EXPECT_THAT(answer.bundles, ElementsAre(ElementsAre("1", "2")));
}

TEST(MakeAnswerTest, TakesSectionsThatAreOfferedForTheBundleOnly) {
  const SessionDescription answer = answer_to(
      with(with(chromium_offer, "m=video 9", "m=video 0"), "a=mid:1", "a=mid:1\r\na=bundle-only"));

  EXPECT_THAT(ports(answer), ElementsAre(9, 9, 9));
  EXPECT_FALSE(answer.media[1].bundle_only);
}

TEST(MakeAnswerTest, TakesOneSectionOfDataChannels) {
  const std::string second =
      std::string(chromium_data_offer) +
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\na=sctp-port:5000\r\n";

  const SessionDescription answer = answer_to(with(second, "BUNDLE 0", "BUNDLE 0 1"));

  EXPECT_THAT(ports(answer), ElementsAre(9, 0));
  EXPECT_THAT(answer.bundles, ElementsAre(ElementsAre("0")));
}

TEST(MakeAnswerTest, AnswersMediaWithoutDataChannels) {
  const std::string media_only(chromium_offer.substr(0, chromium_offer.find("m=application")));

  const SessionDescription answer = answer_to(media_only);

  EXPECT_THAT(ports(answer), ElementsAre(9, 9));
  EXPECT_THAT(answer.bundles, ElementsAre(ElementsAre("0", "1")));
  EXPECT_EQ(answer.media[0].direction, Direction::inactive);
  EXPECT_EQ(answer.media[1].direction, Direction::inactive);
}

TEST(MakeAnswerTest, AnswersAnOfferOfNothing) {
  const SessionDescription answer = make_answer({}, local_parameters());

  EXPECT_THAT(answer.media, IsEmpty());
  EXPECT_TRUE(parse(write(answer)).has_value());
}

TEST(MakeAnswerTest, CountsUpFromTheDescriptionBefore) {
  LocalParameters parameters = local_parameters();
  const SessionDescription first = make_offer(parameters);
  parameters.previous = &first;

  const SessionDescription answer = make_answer(parsed(chromium_data_offer), parameters);

  EXPECT_EQ(answer.session_version, 2U);
  EXPECT_EQ(answer.session_id, first.session_id);
}

TEST(AnsweringSetupTest, IsTheReverseOfAFixedRole) {
  EXPECT_EQ(answering_setup(SetupRole::active, SetupRole::active), SetupRole::passive);
  EXPECT_EQ(answering_setup(SetupRole::passive, SetupRole::passive), SetupRole::active);
  EXPECT_EQ(answering_setup(std::nullopt, std::nullopt), SetupRole::passive);
}

TEST(AnsweringSetupTest, IsThePreferredRoleOrActive) {
  EXPECT_EQ(answering_setup(SetupRole::actpass, std::nullopt), SetupRole::active);
  EXPECT_EQ(answering_setup(SetupRole::actpass, SetupRole::active), SetupRole::active);
  EXPECT_EQ(answering_setup(SetupRole::actpass, SetupRole::passive), SetupRole::passive);
  EXPECT_EQ(answering_setup(SetupRole::actpass, SetupRole::actpass), SetupRole::active);
}

}  // namespace
}  // namespace pigeon::sdp
