#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/sctp/association_testing.hpp"
#include "rtc/sctp/packet/plain_chunks.hpp"

// States in which data waits: something must always move it on, and soon.

namespace pigeon::sctp {
namespace {

using enum LinkedAssociations::Side;
using testing::SizeIs;

TEST(StallTest, APeerThatReadsAgainGetsTheRestAtOnce) {
  LinkedAssociations pair;
  pair.connect();
  pair.set_reading(right, false);
  for (int i = 0; i < 40; ++i) {
    pair[left].send(1, Ppid::binary, test_message(50'000, 1), {}, pair.now());
  }
  pair.run_for(300s);

  pair.set_reading(right, true);

  EXPECT_TRUE(pair.run_until([&] { return pair.count<MessageReceived>(right) == 40; }, 2s));
}

TEST(StallTest, ManyLongMessagesAtOnceFitIntoTheReceiveWindow) {
  LinkedAssociations pair;
  pair.connect();

  for (StreamId stream = 0; stream < 40; ++stream) {
    pair[left].send(stream, Ppid::binary, test_message(250'000, stream), {}, pair.now());
  }

  EXPECT_TRUE(pair.run_until([&] { return pair.count<MessageReceived>(right) == 40; }, 60s));
}

TEST(StallTest, AResetThatWaitedForAnExpiredMessageGoesOut) {
  LinkedAssociations pair(1, {.packet_probe_max = 1'163}, {.packet_probe_max = 1'163});
  pair.link() = {.delay = 100ms, .in_batches = true};
  pair[left].send(3, Ppid::binary, Bytes(10), {.lifetime = 50ms}, pair.now());
  pair[left].reset_streams(std::array<StreamId, 1>{3});

  pair[left].connect(pair.now());

  EXPECT_TRUE(pair.run_until([&] { return pair.count<OutgoingResetDone>(left) == 1; }, 2s));
}

}  // namespace
}  // namespace pigeon::sctp
