#include "rtc/sdp/negotiation.hpp"

#include <limits>
#include <string>

#include <gmock/gmock.h>

#include "rtc/sdp/description_testing.hpp"
#include "rtc/sdp/golden_testing.hpp"

namespace pigeon::sdp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

RemoteParameters offered(std::string_view text) {
  auto parameters = read_offer(parsed(text));
  EXPECT_TRUE(parameters.has_value()) << to_string(parameters.error());
  return parameters ? *parameters : RemoteParameters{};
}

NegotiationError offer_error(std::string_view text) {
  const auto parameters = read_offer(parsed(text));
  EXPECT_FALSE(parameters.has_value()) << text;
  return parameters ? NegotiationError{} : parameters.error();
}

/// What becomes of our offer and an answer to it.
Result<RemoteParameters, NegotiationError> answered(std::string_view answer) {
  return negotiate(make_offer(local_parameters()), parsed(answer), LocalSide::offerer);
}

NegotiationError answer_error(std::string_view answer) {
  const auto parameters = answered(answer);
  EXPECT_FALSE(parameters.has_value()) << answer;
  return parameters ? NegotiationError{} : parameters.error();
}

TEST(ReadOfferTest, FindsTheTransportInTheTaggedSection) {
  const RemoteParameters offer = offered(chromium_offer);

  EXPECT_EQ(offer.ice_ufrag, "a7+s");
  EXPECT_EQ(offer.ice_pwd, "Ox8BbuDioddYcM5ofesaHJac");
  EXPECT_FALSE(offer.ice_lite);
  EXPECT_TRUE(offer.trickle);
  EXPECT_THAT(offer.fingerprints, SizeIs(1));
  EXPECT_TRUE(offer.is_dtls_client);
  EXPECT_EQ(offer.section, 0U);
  EXPECT_EQ(offer.mid, "0");
  ASSERT_TRUE(offer.data.has_value());
  EXPECT_EQ(offer.data->section, 2U);
  EXPECT_EQ(offer.data->mid, "2");
  EXPECT_EQ(offer.data->sctp_port, 5'000);
  EXPECT_EQ(offer.data->max_message_size, 262'144U);
}

TEST(ReadOfferTest, UnderstandsEveryStack) {
  for (const auto& [name, text] : golden_texts) {
    if (text == chromium_answer) continue;
    SCOPED_TRACE(name);
    const RemoteParameters offer = offered(text);

    EXPECT_TRUE(offer.data.has_value());
    EXPECT_TRUE(offer.is_dtls_client);
    EXPECT_EQ(offer.mid, "0");
    EXPECT_EQ(offer.trickle, text != aiortc_offer);
  }
}

TEST(ReadOfferTest, TakesCandidatesOfTheTaggedSectionOnly) {
  EXPECT_THAT(offered(firefox_offer).candidates, IsEmpty());
  EXPECT_THAT(offered(safari_offer).candidates, SizeIs(2));
  EXPECT_FALSE(offered(safari_offer).end_of_candidates);
  EXPECT_TRUE(offered(aiortc_offer).end_of_candidates);
}

TEST(ReadOfferTest, ReadsTheTransportOfDataChannelsIfTheTaggedSectionHasNone) {
  const std::string text = without_line(without_line(firefox_offer, "a=ice-ufrag"), "a=ice-pwd");

  EXPECT_EQ(offered(text).ice_ufrag, "9c1e4f2a");
  EXPECT_EQ(offered(text).section, 0U);
}

TEST(ReadOfferTest, LimitsMessagesAsThePeerSays) {
  const auto limit = [](std::string_view instead) {
    return offered(with(chromium_data_offer, "a=max-message-size:262144\r\n", instead))
        .data->max_message_size;
  };

  EXPECT_EQ(limit(""), 65'536U);
  EXPECT_EQ(limit("a=max-message-size:-1\r\n"), 65'536U);
  EXPECT_EQ(limit("a=max-message-size:0\r\n"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(limit("a=max-message-size:1000\r\n"), 1'000U);
}

TEST(ReadOfferTest, TakesTheRoleThatTheOfferLeaves) {
  EXPECT_FALSE(offered(with(chromium_data_offer, "actpass", "active")).is_dtls_client);
  EXPECT_TRUE(offered(with(chromium_data_offer, "actpass", "passive")).is_dtls_client);
  EXPECT_FALSE(offered(without_line(chromium_data_offer, "a=setup")).is_dtls_client);
  EXPECT_EQ(offer_error(with(chromium_data_offer, "actpass", "holdconn")),
            NegotiationError::setup_undecided);
}

TEST(ReadOfferTest, SeesIceLite) {
  EXPECT_TRUE(offered(with(chromium_data_offer, "t=0 0", "t=0 0\r\na=ice-lite")).ice_lite);
}

TEST(ReadOfferTest, ExplainsWhatIsMissing) {
  using enum NegotiationError;
  const std::string_view text = chromium_data_offer;

  EXPECT_EQ(offer_error(without_line(text, "a=ice-ufrag")), no_ice_credentials);
  EXPECT_EQ(offer_error(without_line(text, "a=ice-pwd")), no_ice_credentials);
  EXPECT_EQ(offer_error(with(text, "a=ice-ufrag:5Hqg", "a=ice-ufrag:abc")), bad_ice_ufrag);
  EXPECT_EQ(offer_error(with(text, "a=ice-ufrag:5Hqg", "a=ice-ufrag:ab:cd")), bad_ice_ufrag);
  EXPECT_EQ(offer_error(with(text, "a=ice-pwd:XEx", "a=ice-pwd:")), bad_ice_pwd);
  EXPECT_EQ(offer_error(without_line(text, "a=fingerprint")), no_fingerprint);
  EXPECT_EQ(offer_error(with(text, "sha-256", "sha-1")), no_verifiable_fingerprint);
  EXPECT_EQ(offer_error(with(text, "m=application 9", "m=application 0")), nothing_accepted);
  EXPECT_EQ(offer_error(with(text, "a=sctp-port:5000", "a=sctp-port:0")), no_sctp_port);
}

TEST(ReadOfferTest, TakesCredentialsOfTheLengthsAllowed) {
  const std::string ufrag(256, 'u');
  const std::string pwd(22, 'p');

  EXPECT_EQ(offered(with(chromium_data_offer, "5Hqg", ufrag)).ice_ufrag, ufrag);
  EXPECT_EQ(offered(with(chromium_data_offer, "XExAH6WxG0kXhruejN69TqNE", pwd)).ice_pwd, pwd);
}

TEST(ReadOfferTest, DropsFingerprintsThatCannotBeVerified) {
  const RemoteParameters offer =
      offered(with(chromium_data_offer, "a=setup", "a=fingerprint:sha-1 01:02\r\na=setup"));

  EXPECT_THAT(offer.fingerprints, SizeIs(1));
  EXPECT_EQ(offer.fingerprints[0].algorithm, "sha-256");
}

TEST(NegotiateTest, AgreesWithTheAnswerOfABrowser) {
  const auto answer = answered(chromium_answer);

  ASSERT_TRUE(answer.has_value()) << to_string(answer.error());
  EXPECT_EQ(answer->ice_ufrag, parsed(chromium_answer).media[0].ice_ufrag);
  EXPECT_FALSE(answer->is_dtls_client);
  EXPECT_TRUE(answer->data.has_value());
}

TEST(NegotiateTest, AgreesWithOurselves) {
  const SessionDescription offer = make_offer(local_parameters());
  for (const SetupRole setup : {SetupRole::active, SetupRole::passive}) {
    LocalParameters parameters = local_parameters();
    parameters.setup = setup;
    const SessionDescription answer = make_answer(offer, parameters);

    const auto offerer = negotiate(offer, answer, LocalSide::offerer);
    const auto answerer = negotiate(answer, offer, LocalSide::answerer);

    ASSERT_TRUE(offerer.has_value());
    ASSERT_TRUE(answerer.has_value());
    EXPECT_EQ(offerer->is_dtls_client, setup == SetupRole::passive);
    EXPECT_EQ(answerer->is_dtls_client, setup == SetupRole::active);
  }
}

TEST(NegotiateTest, AgreesWithOurAnswerToEveryStack) {
  for (const auto& [name, text] : golden_texts) {
    if (text == chromium_answer) continue;
    SCOPED_TRACE(name);
    const SessionDescription offer = parsed(text);

    const auto agreed =
        negotiate(make_answer(offer, local_parameters()), offer, LocalSide::answerer);

    ASSERT_TRUE(agreed.has_value()) << to_string(agreed.error());
    EXPECT_TRUE(agreed->is_dtls_client);
    EXPECT_TRUE(agreed->data.has_value());
  }
}

TEST(NegotiateTest, AgreesOnTheRoleIfOnlyTheDataChannelsHaveATransport) {
  std::string text(firefox_offer);
  for (const std::string_view line : {"a=ice-ufrag", "a=ice-pwd", "a=setup"}) {
    text = without_line(text, line);
  }
  const SessionDescription offer = parsed(text);

  const auto agreed = negotiate(make_answer(offer, local_parameters()), offer, LocalSide::answerer);

  ASSERT_TRUE(agreed.has_value());
  EXPECT_EQ(agreed->is_dtls_client, read_offer(offer)->is_dtls_client);
}

TEST(NegotiateTest, TakesAnAnswerWithoutABundleToASingleSection) {
  EXPECT_TRUE(answered(without_line(chromium_answer, "a=group")).has_value());
}

TEST(NegotiateTest, KeepsAConnectionWhoseDataChannelsAreRejected) {
  const SessionDescription offer = parsed(chromium_offer);
  SessionDescription answer = make_answer(offer, local_parameters());
  answer.media[2].port = 0;

  const auto agreed = negotiate(answer, offer, LocalSide::answerer);

  ASSERT_TRUE(agreed.has_value());
  EXPECT_FALSE(agreed->data.has_value());
}

TEST(NegotiateTest, ExplainsWhyAnAnswerDoesNotFit) {
  using enum NegotiationError;

  EXPECT_EQ(answer_error(chromium_offer), sections_differ);
  EXPECT_EQ(answer_error(with(chromium_answer, "m=application", "m=audio")), sections_differ);
  EXPECT_EQ(answer_error(with(chromium_answer, "a=mid:0", "a=mid:1")), sections_differ);
  EXPECT_EQ(answer_error(with(chromium_answer, "m=application 9", "m=application 0")),
            nothing_accepted);
  EXPECT_EQ(answer_error(with(chromium_answer, "setup:active", "setup:actpass")), setup_undecided);
  EXPECT_EQ(answer_error(with(chromium_answer, "setup:active", "setup:holdconn")), setup_undecided);
  EXPECT_EQ(answer_error(without_line(chromium_answer, "a=fingerprint")), no_fingerprint);
}

TEST(NegotiateTest, RefusesTheSameRoleOnBothSides) {
  LocalParameters parameters = local_parameters();
  parameters.setup = SetupRole::active;

  const auto agreed =
      negotiate(make_offer(parameters), parsed(chromium_answer), LocalSide::offerer);

  ASSERT_FALSE(agreed.has_value());
  EXPECT_EQ(agreed.error(), NegotiationError::setup_conflict);
}

TEST(NegotiateTest, RefusesATransportBesideThatOfTheDataChannels) {
  const SessionDescription offer = parsed(chromium_offer);
  SessionDescription answer = make_answer(offer, local_parameters());
  answer.bundles = {{"0", "1"}};

  const auto agreed = negotiate(answer, offer, LocalSide::answerer);

  ASSERT_FALSE(agreed.has_value());
  EXPECT_EQ(agreed.error(), NegotiationError::application_not_bundled);
}

TEST(NegotiateTest, SurvivesAnswersToOffersOfNothing) {
  SessionDescription offer = parsed(chromium_data_offer);
  offer.media[0].port = 0;

  const auto agreed = negotiate(offer, parsed(chromium_answer), LocalSide::offerer);

  ASSERT_FALSE(agreed.has_value());
  EXPECT_EQ(agreed.error(), NegotiationError::nothing_accepted);
}

TEST(IceRestartTest, IsAskedForByNewCredentials) {
  const RemoteParameters before = offered(chromium_data_offer);
  RemoteParameters after = before;
  EXPECT_FALSE(is_ice_restart(before, after));

  after.candidates = {"another"};
  EXPECT_FALSE(is_ice_restart(before, after));

  after.ice_pwd += "x";
  EXPECT_TRUE(is_ice_restart(before, after));
  after = before;
  after.ice_ufrag = "other";
  EXPECT_TRUE(is_ice_restart(before, after));
}

}  // namespace
}  // namespace pigeon::sdp
