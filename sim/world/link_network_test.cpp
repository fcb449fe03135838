#include "sim/world/link_network.hpp"

#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr node::LinkId link{1};

/// Has one link, and notes what it hears.
class Owner final : public LinkOwner {
 public:
  void receive_link(const node::Input& input) override {
    if (const auto* described = std::get_if<node::LinkDescription>(&input)) {
      description = described->description;
    } else if (const auto* found = std::get_if<node::LinkCandidate>(&input)) {
      candidate = found->candidate;
    } else if (std::get_if<node::LinkOpened>(&input) != nullptr) {
      heard.emplace_back("opened");
    } else if (const auto* text = std::get_if<node::LinkText>(&input)) {
      heard.emplace_back(text->text);
    } else if (const auto* closed = std::get_if<node::LinkClosed>(&input)) {
      heard.push_back("closed: " + std::string(closed->reason));
    } else if (const auto* silent = std::get_if<node::LinkSilent>(&input)) {
      heard.emplace_back(silent->is_silent ? "silent" : "heard again");
    } else if (std::get_if<node::LinkDrained>(&input) != nullptr) {
      heard.emplace_back("drained");
    } else if (const auto* refused = std::get_if<node::LinkOverflowed>(&input)) {
      heard.emplace_back(refused->has_lost_frame ? "overflowed with a frame" : "overflowed");
    }
  }

  std::optional<rtc::SessionDescription> description;
  std::optional<rtc::IceCandidate> candidate;
  std::vector<std::string> heard;
};

class LinkNetworkTest : public ::testing::Test {
 protected:
  explicit LinkNetworkTest(const LinkConditions& conditions = {.bandwidth = 0})
      : network_(scheduler_, Random::from_number(1), conditions) {}

  void describe() {
    network_.dial(alice_id_, link);
    scheduler_.run_for(10ms);
    network_.accept(bob_id_, link, *alice_.description);
    scheduler_.run_for(10ms);
  }

  void open() {
    describe();
    network_.apply(alice_id_, link, *bob_.description);
    network_.apply(alice_id_, link, *bob_.candidate);
    scheduler_.run_for(1s);
    alice_.heard.clear();
    bob_.heard.clear();
  }

  void send(std::string text) {
    network_.send_text(alice_id_, link, std::make_shared<const std::string>(std::move(text)));
  }

  Scheduler scheduler_;
  LinkNetwork network_;
  Owner alice_;
  Owner bob_;
  OwnerId alice_id_ = network_.add(alice_);
  OwnerId bob_id_ = network_.add(bob_);
};

TEST_F(LinkNetworkTest, OpensOnBothSidesWhenTheAnswerAndACandidateHaveArrived) {
  describe();
  network_.apply(alice_id_, link, *bob_.description);
  scheduler_.run_for(1s);
  EXPECT_THAT(alice_.heard, IsEmpty());

  network_.apply(alice_id_, link, *bob_.candidate);
  scheduler_.run_for(1s);

  EXPECT_THAT(alice_.heard, ElementsAre("opened"));
  EXPECT_THAT(bob_.heard, ElementsAre("opened"));
  EXPECT_EQ(network_.other_side(alice_id_, link), bob_id_);
}

TEST_F(LinkNetworkTest, FailsIfTheFingerprintIsNotTheOtherSides) {
  describe();
  auto answer = *bob_.description;
  const std::size_t at = answer.sdp.find("sha-256 ") + 8;
  answer.sdp[at] = answer.sdp[at] == 'A' ? 'B' : 'A';

  network_.apply(alice_id_, link, answer);
  network_.apply(alice_id_, link, *bob_.candidate);
  scheduler_.run_for(1s);

  EXPECT_THAT(alice_.heard, ElementsAre("closed: connection failed"));
}

TEST_F(LinkNetworkTest, GivesAnAttemptWithoutAnAnswerUp) {
  describe();

  scheduler_.run_for(31s);

  EXPECT_THAT(alice_.heard, ElementsAre("closed: ICE negotiation timeout"));
  EXPECT_THAT(bob_.heard, ElementsAre("closed: ICE negotiation timeout"));
}

TEST_F(LinkNetworkTest, DeliversInOrderAndThenTheClose) {
  open();

  for (int i = 0; i < 5; ++i) send(std::to_string(i));
  network_.close(alice_id_, link);
  send("too late");
  scheduler_.run_for(1s);

  EXPECT_THAT(bob_.heard, ElementsAre("0", "1", "2", "3", "4", "closed: data channel closed"));
}

TEST_F(LinkNetworkTest, LosesLinksOfAPartitionThatLasts) {
  open();

  network_.set_group(bob_id_, 1);
  network_.regroup();
  send("lost");
  scheduler_.run_for(LinkConditions().loss_notice + 1s);

  EXPECT_THAT(alice_.heard, ElementsAre("silent", "closed: ICE disconnected"));
  EXPECT_THAT(bob_.heard, ElementsAre("silent", "closed: ICE disconnected"));
}

TEST_F(LinkNetworkTest, DeliversLateWhatAShortPartitionHasHeldUp) {
  open();

  network_.set_group(bob_id_, 1);
  network_.regroup();
  send("late");
  scheduler_.run_for(5s);
  EXPECT_THAT(bob_.heard, IsEmpty());
  network_.set_group(bob_id_, 0);
  network_.regroup();
  scheduler_.run_for(20s);

  EXPECT_THAT(bob_.heard, ElementsAre("late"));
}

TEST_F(LinkNetworkTest, TellsThatADeadPathIsSilentAndThatItIsHeardAgain) {
  open();

  network_.set_group(bob_id_, 1);
  network_.regroup();
  scheduler_.run_for(LinkConditions().silence_notice + 1s);
  EXPECT_THAT(alice_.heard, ElementsAre("silent"));
  network_.set_group(bob_id_, 0);
  network_.regroup();
  scheduler_.run_for(20s);

  EXPECT_THAT(alice_.heard, ElementsAre("silent", "heard again"));
}

TEST_F(LinkNetworkTest, NoticesLaterThatTheOtherSideIsGone) {
  open();

  network_.remove(bob_id_);
  scheduler_.run_for(LinkConditions().loss_notice - 1s);
  EXPECT_THAT(alice_.heard, ElementsAre("silent"));
  scheduler_.run_for(2s);

  EXPECT_THAT(alice_.heard, ElementsAre("silent", "closed: connection disconnected"));
}

TEST_F(LinkNetworkTest, RefusesMoreThanMayWaitForWhoeverDoesNotRead) {
  open();
  network_.set_reading(bob_id_, false);

  for (int i = 0; i < 60; ++i) {
    send(std::string(100'000, 'x'));
    scheduler_.run_for(100ms);
  }

  EXPECT_THAT(bob_.heard, IsEmpty());
  EXPECT_THAT(alice_.heard, ::testing::Contains("overflowed"));
  network_.set_reading(bob_id_, true);
  EXPECT_GT(bob_.heard.size(), 40U);
}

TEST_F(LinkNetworkTest, TellsOfARefusedFrameThatWhatFollowsNoLongerFits) {
  open();
  network_.set_reading(bob_id_, false);

  for (int i = 0; i < 60; ++i) {
    network_.send_binary(alice_id_, link, Bytes(100'000, 1));
    scheduler_.run_for(100ms);
  }

  EXPECT_THAT(alice_.heard, ::testing::Contains("overflowed with a frame"));
  EXPECT_THAT(alice_.heard, ::testing::Not(::testing::Contains("overflowed")));
}

class NarrowLinkTest : public LinkNetworkTest {
 protected:
  NarrowLinkTest() : LinkNetworkTest({.bandwidth = 100'000}) {}
};

TEST_F(NarrowLinkTest, TellsWhenEnoughHasLeft) {
  open();
  for (int i = 0; i < 10; ++i) send(std::string(100'000, 'x'));

  network_.notify_drained(alice_id_, link, 300'000);
  scheduler_.run_for(6s);
  EXPECT_THAT(alice_.heard, IsEmpty());
  scheduler_.run_for(2s);

  EXPECT_THAT(alice_.heard, ElementsAre("drained"));
}

}  // namespace
}  // namespace pigeon::sim
