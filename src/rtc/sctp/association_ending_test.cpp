#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/sctp/association_testing.hpp"
#include "rtc/sctp/packet/data_chunk.hpp"

namespace pigeon::sctp {
namespace {

using enum LinkedAssociations::Side;
using testing::SizeIs;

std::vector<CloseReason> reasons(const LinkedAssociations& pair, LinkedAssociations::Side side) {
  std::vector<CloseReason> found;
  for (const Closed& closed : pair.events_of<Closed>(side)) found.push_back(closed.reason);
  return found;
}

const std::vector<CloseReason> shut_down = {CloseReason::shutdown};

TEST(EndingTest, AShutdownDeliversWhatWasQueued) {
  LinkedAssociations pair;
  pair.link().loss = 50;
  pair.connect();
  for (int i = 0; i < 20; ++i) {
    pair[left].send(1, Ppid::binary, test_message(20'000, 1), {}, pair.now());
    pair[right].send(1, Ppid::binary, test_message(20'000, 1), {}, pair.now());
  }

  pair[left].shutdown(pair.now());
  EXPECT_EQ(pair[left].send(1, Ppid::binary, {1}, {}, pair.now()), SendStatus::not_open);
  pair.run_for(60s);

  EXPECT_EQ(reasons(pair, left), shut_down);
  EXPECT_EQ(reasons(pair, right), shut_down);
  EXPECT_THAT(pair.events_of<MessageReceived>(left), SizeIs(20));
  EXPECT_THAT(pair.events_of<MessageReceived>(right), SizeIs(20));
  EXPECT_EQ(pair[left].next_timeout(), Instant::max());
  EXPECT_EQ(pair[right].next_timeout(), Instant::max());
}

class ShutdownLossTest : public testing::TestWithParam<int> {};

TEST_P(ShutdownLossTest, BothSidesAtOnceOverABadLink) {
  LinkedAssociations pair(static_cast<std::uint64_t>(GetParam()));
  pair.connect();
  pair.link() = {.loss = 200, .duplication = 100, .reordering = 200};

  pair[left].shutdown(pair.now());
  if (GetParam() % 2 == 0) pair[right].shutdown(pair.now());
  pair.run_for(200s);

  // Who waits for a lost SHUTDOWN-COMPLETE asks again and is answered.
  EXPECT_EQ(reasons(pair, left), shut_down);
  EXPECT_EQ(reasons(pair, right), shut_down);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ShutdownLossTest, testing::Range(1, 100));

TEST(EndingTest, AShutdownThatThePeerDoesNotAnswerEndsInBoundedTime) {
  LinkedAssociations pair;
  pair.connect();
  pair.link().loss = 1'000;
  const Instant begin = pair.now().monotonic;

  pair[left].shutdown(pair.now());
  pair.run_until([&] { return !reasons(pair, left).empty(); });

  EXPECT_EQ(reasons(pair, left), std::vector{CloseReason::shutdown_timeout});
  EXPECT_EQ(pair.now().monotonic - begin, 50s);
}

TEST(EndingTest, AnAbortReachesThePeerWithItsReason) {
  LinkedAssociations pair;
  pair.connect();

  pair[left].abort("Enough.");
  pair.run_for(1s);

  EXPECT_EQ(reasons(pair, left), std::vector{CloseReason::aborted_here});
  ASSERT_EQ(reasons(pair, right), std::vector{CloseReason::aborted_by_peer});
  EXPECT_THAT(pair.events_of<Closed>(right)[0].text, testing::HasSubstr("Enough."));
}

TEST(EndingTest, APeerThatIsGoneIsNoticedInBoundedTime) {
  LinkedAssociations pair;
  pair.connect();
  pair[left].send(1, Ppid::binary, {1}, {}, pair.now());
  pair.link().loss = 1'000;
  const Instant begin = pair.now().monotonic;

  pair.run_until([&] { return !reasons(pair, left).empty() && !reasons(pair, right).empty(); });

  // With data waiting by its timer, else by heartbeats.
  EXPECT_EQ(reasons(pair, left), std::vector{CloseReason::peer_unreachable});
  EXPECT_EQ(reasons(pair, right), std::vector{CloseReason::peer_unreachable});
  EXPECT_LT(pair.now().monotonic - begin, 150s);
}

TEST(EndingTest, AnOutageOfSecondsIsSurvived) {
  LinkedAssociations pair;
  pair.connect();
  for (int i = 0; i < 50; ++i)
    pair[left].send(1, Ppid::binary, test_message(9'000, 1), {}, pair.now());
  pair.run_for(6ms);
  pair.link().loss = 1'000;
  pair.run_for(25s);
  pair.link().loss = 0;
  pair.run_for(15s);

  EXPECT_TRUE(pair.is_established());
  EXPECT_THAT(pair.events_of<MessageReceived>(right), SizeIs(50));
}

TEST(EndingTest, AFragmentWithoutDataEndsTheAssociation) {
  LinkedAssociations pair;
  DataChunk last;
  pair.set_tap([&](LinkedAssociations::Side to, const Bytes& packet) {
    auto reader = PacketReader::open(packet, ZeroChecksum::accepted);
    while (const auto chunk = to == right && reader ? reader->next() : std::nullopt) {
      if (const auto data = decode_data(*chunk)) last = *data;
    }
  });
  pair.connect();
  pair[left].send(1, Ppid::binary, {1}, {}, pair.now());
  pair.run_for(1s);

  last.tsn += 1;
  last.message += 1;
  last.payload = {};
  pair.forge(right, [&](PacketWriter& packet) { ASSERT_TRUE(encode(last, packet)); });
  pair.run_for(1s);

  EXPECT_EQ(reasons(pair, right), std::vector{CloseReason::protocol_violation});
  EXPECT_EQ(reasons(pair, left), std::vector{CloseReason::aborted_by_peer});
}

TEST(EndingTest, AMessageBeyondTheAgreedSizeEndsTheAssociation) {
  LinkedAssociations pair(1, {}, {.message_receive_max = 10'000});
  pair.connect();

  pair[left].send(1, Ppid::binary, Bytes(20'000), {}, pair.now());
  pair.run_for(1s);

  EXPECT_EQ(reasons(pair, right), std::vector{CloseReason::protocol_violation});
}

}  // namespace
}  // namespace pigeon::sctp
