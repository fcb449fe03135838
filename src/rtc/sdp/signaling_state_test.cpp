#include "rtc/sdp/signaling_state.hpp"

#include <gmock/gmock.h>

namespace pigeon::sdp {
namespace {

using enum DescriptionType;

/// Descriptions that can be told apart.
SessionDescription numbered(std::uint64_t number) { return {.session_version = number}; }

/// The number of a description, 0 for none.
std::uint64_t number_of(const SessionDescription* description) {
  return description == nullptr ? 0 : description->session_version;
}

void expect_error(const Result<void, SignalingError>& result, SignalingError error) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error(), error) << to_string(result.error());
}

TEST(SignalingStateTest, IsStableAfterOurOfferIsAnswered) {
  SignalingState state;

  ASSERT_TRUE(state.set_local(offer, numbered(1)));
  EXPECT_EQ(state.phase(), SignalingPhase::have_local_offer);
  EXPECT_EQ(number_of(state.pending_local()), 1U);
  EXPECT_EQ(number_of(state.local()), 1U);
  EXPECT_EQ(state.current_local(), nullptr);
  ASSERT_TRUE(state.set_remote(answer, numbered(2)));

  EXPECT_EQ(state.phase(), SignalingPhase::stable);
  EXPECT_EQ(number_of(state.current_local()), 1U);
  EXPECT_EQ(number_of(state.current_remote()), 2U);
  EXPECT_EQ(state.pending_local(), nullptr);
  EXPECT_EQ(state.pending_remote(), nullptr);
}

TEST(SignalingStateTest, IsStableAfterWeAnswered) {
  SignalingState state;

  ASSERT_TRUE(state.set_remote(offer, numbered(1)));
  EXPECT_EQ(state.phase(), SignalingPhase::have_remote_offer);
  EXPECT_EQ(number_of(state.remote()), 1U);
  ASSERT_TRUE(state.set_local(answer, numbered(2)));

  EXPECT_EQ(state.phase(), SignalingPhase::stable);
  EXPECT_EQ(number_of(state.current_remote()), 1U);
  EXPECT_EQ(number_of(state.current_local()), 2U);
}

TEST(SignalingStateTest, TakesProvisionalAnswersBeforeTheLastOne) {
  SignalingState state;
  ASSERT_TRUE(state.set_local(offer, numbered(1)));

  ASSERT_TRUE(state.set_remote(pranswer, numbered(2)));
  EXPECT_EQ(state.phase(), SignalingPhase::have_remote_pranswer);
  EXPECT_EQ(number_of(state.pending_remote()), 2U);
  ASSERT_TRUE(state.set_remote(pranswer, numbered(3)));
  EXPECT_EQ(number_of(state.pending_remote()), 3U);
  ASSERT_TRUE(state.set_remote(answer, numbered(4)));

  EXPECT_EQ(state.phase(), SignalingPhase::stable);
  EXPECT_EQ(number_of(state.current_local()), 1U);
  EXPECT_EQ(number_of(state.current_remote()), 4U);
}

TEST(SignalingStateTest, GivesProvisionalAnswersOfOurs) {
  SignalingState state;
  ASSERT_TRUE(state.set_remote(offer, numbered(1)));

  ASSERT_TRUE(state.set_local(pranswer, numbered(2)));
  EXPECT_EQ(state.phase(), SignalingPhase::have_local_pranswer);
  expect_error(state.set_remote(answer, numbered(3)), SignalingError::answer_without_offer);
  ASSERT_TRUE(state.set_local(answer, numbered(4)));

  EXPECT_EQ(state.phase(), SignalingPhase::stable);
  EXPECT_EQ(number_of(state.current_local()), 4U);
}

TEST(SignalingStateTest, RollsBackToWhatWasAgreedOn) {
  SignalingState state;
  ASSERT_TRUE(state.set_local(offer, numbered(1)));
  ASSERT_TRUE(state.set_remote(answer, numbered(2)));

  ASSERT_TRUE(state.set_local(offer, numbered(3)));
  ASSERT_TRUE(state.set_local(rollback, {}));
  EXPECT_EQ(state.phase(), SignalingPhase::stable);
  EXPECT_EQ(number_of(state.local()), 1U);
  ASSERT_TRUE(state.set_remote(offer, numbered(4)));
  ASSERT_TRUE(state.set_remote(rollback, {}));

  EXPECT_EQ(state.phase(), SignalingPhase::stable);
  EXPECT_EQ(number_of(state.remote()), 2U);
  EXPECT_EQ(state.pending_remote(), nullptr);
}

TEST(SignalingStateTest, TakesOurOfferBackWhenTheirsArrives) {
  SignalingState state;
  ASSERT_TRUE(state.set_local(offer, numbered(1)));

  ASSERT_TRUE(state.set_remote(offer, numbered(2)));

  EXPECT_EQ(state.phase(), SignalingPhase::have_remote_offer);
  EXPECT_EQ(state.pending_local(), nullptr);
  EXPECT_EQ(number_of(state.pending_remote()), 2U);
  ASSERT_TRUE(state.set_local(answer, numbered(3)));
  EXPECT_EQ(number_of(state.current_local()), 3U);
}

TEST(SignalingStateTest, ReplacesAnOfferByTheNextOfTheSameSide) {
  SignalingState state;
  ASSERT_TRUE(state.set_local(offer, numbered(1)));
  ASSERT_TRUE(state.set_local(offer, numbered(2)));
  EXPECT_EQ(number_of(state.pending_local()), 2U);

  ASSERT_TRUE(state.set_remote(offer, numbered(3)));
  ASSERT_TRUE(state.set_remote(offer, numbered(4)));
  EXPECT_EQ(number_of(state.pending_remote()), 4U);
}

TEST(SignalingStateTest, RefusesWhatDoesNotFit) {
  SignalingState state;
  expect_error(state.set_local(answer, {}), SignalingError::answer_without_offer);
  expect_error(state.set_remote(pranswer, {}), SignalingError::answer_without_offer);
  expect_error(state.set_local(rollback, {}), SignalingError::nothing_to_roll_back);

  ASSERT_TRUE(state.set_remote(offer, numbered(1)));
  expect_error(state.set_local(offer, {}), SignalingError::offer_while_remote_offer);
  expect_error(state.set_remote(answer, {}), SignalingError::answer_without_offer);

  ASSERT_TRUE(state.set_local(pranswer, numbered(2)));
  expect_error(state.set_local(offer, {}), SignalingError::offer_while_answering);
  expect_error(state.set_remote(offer, {}), SignalingError::offer_while_answering);
  expect_error(state.set_local(rollback, {}), SignalingError::nothing_to_roll_back);
  EXPECT_EQ(state.phase(), SignalingPhase::have_local_pranswer);
  EXPECT_EQ(number_of(state.pending_local()), 2U);
}

TEST(SignalingStateTest, TakesNothingAfterItIsClosed) {
  SignalingState state;
  ASSERT_TRUE(state.set_local(offer, numbered(1)));

  state.close();

  EXPECT_EQ(state.phase(), SignalingPhase::closed);
  for (const DescriptionType type : {offer, pranswer, answer, rollback}) {
    expect_error(state.set_local(type, {}), SignalingError::closed);
    expect_error(state.set_remote(type, {}), SignalingError::closed);
  }
  EXPECT_EQ(number_of(state.local()), 1U);
}

TEST(SignalingStateTest, HasTheNamesOfTheW3c) {
  EXPECT_EQ(to_string(SignalingPhase::have_remote_pranswer), "have-remote-pranswer");
  EXPECT_EQ(to_string(SignalingPhase::stable), "stable");
  EXPECT_EQ(to_string(pranswer), "pranswer");
}

}  // namespace
}  // namespace pigeon::sdp
