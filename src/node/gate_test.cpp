#include "node/gate.hpp"

#include <gmock/gmock.h>

namespace pigeon::node {
namespace {

constexpr PeerId loud{std::array<std::uint8_t, PeerId::byte_count>{1}};
constexpr PeerId quiet{std::array<std::uint8_t, PeerId::byte_count>{2}};

TEST(GateTest, GivesBackWhatWaitsOnce) {
  Gate gate(8);
  const auto ticket = gate.park(CheckedMessage{loud, "text"});
  ASSERT_TRUE(ticket);

  const auto parked = gate.take(*ticket);

  ASSERT_TRUE(parked);
  EXPECT_EQ(std::get<CheckedMessage>(*parked).text, "text");
  EXPECT_FALSE(gate.take(*ticket));
}

TEST(GateTest, ANeighborGetsAQuarterOfTheRoom) {
  Gate gate(16);
  std::vector<crypto::Ticket> tickets;
  for (int i = 0; i < 4; ++i) tickets.push_back(*gate.park(CheckedMessage{loud, "text"}));

  EXPECT_FALSE(gate.park(CheckedMessage{loud, "text"}));
  EXPECT_TRUE(gate.park(CheckedMessage{quiet, "text"}));

  gate.take(tickets.front());
  EXPECT_TRUE(gate.park(CheckedMessage{loud, "text"}));
  EXPECT_FALSE(gate.park(CheckedMessage{loud, "text"}));
}

TEST(GateTest, ANeighborGetsSoManyBytes) {
  Gate gate(1'024);
  const std::string text(Gate::neighbor_bytes_max / 2 + 1, 'x');
  const auto first = gate.park(CheckedMessage{loud, text});
  ASSERT_TRUE(first);

  EXPECT_FALSE(gate.park(CheckedMessage{loud, text}));
  EXPECT_TRUE(gate.park(CheckedMessage{quiet, text}));

  gate.take(*first);
  EXPECT_TRUE(gate.park(CheckedMessage{loud, text}));
}

TEST(GateTest, WhatIsToBeOpenedCountsAsWell) {
  Gate gate(16);
  const auto large = gate.park(OpenedMessage{.neighbor = loud, .bytes = Gate::neighbor_bytes_max});
  ASSERT_TRUE(large);
  EXPECT_FALSE(gate.park(OpenedMessage{.neighbor = loud, .bytes = 1}));
  EXPECT_TRUE(gate.park(OpenedMessage{.neighbor = quiet, .bytes = 1}));
  gate.take(*large);

  for (int i = 0; i < 4; ++i) EXPECT_TRUE(gate.park(OpenedMessage{.neighbor = loud}));
  EXPECT_FALSE(gate.park(CheckedMessage{loud, "text"}));
}

TEST(GateTest, WhatIsOursHasTheWholeRoom) {
  Gate gate(8);
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(gate.park(SignedMessage{}));
  EXPECT_TRUE(gate.is_full());
  EXPECT_FALSE(gate.park(SignedMessage{}));
}

TEST(GateTest, TheSmallestStillTakesAMessage) {
  Gate gate(1);
  EXPECT_TRUE(gate.park(CheckedMessage{loud, "text"}));
}

}  // namespace
}  // namespace pigeon::node
