#include "transfer/incoming_broadcasts.hpp"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfer/broadcast_testing.hpp"

namespace pigeon::transfer {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class IncomingBroadcastsTest : public ::testing::Test {
 protected:
  explicit IncomingBroadcastsTest(const TransferOptions& options = {}) : caster_(options) {}

  /// Why the one stream has broken off since the last call.
  std::string take_reason() {
    const auto broken = caster_.take<StreamBroken>();
    EXPECT_THAT(broken, SizeIs(1));
    return broken.empty() ? std::string() : broken[0].reason;
  }
  void expect_nothing() {
    EXPECT_THAT(caster_.take<StreamBegan>(), IsEmpty());
    EXPECT_THAT(caster_.take<StreamBytes>(), IsEmpty());
    EXPECT_THAT(caster_.take<StreamEnded>(), IsEmpty());
    EXPECT_THAT(caster_.take<StreamBroken>(), IsEmpty());
  }

  Caster caster_;
};

TEST_F(IncomingBroadcastsTest, TakesAStream) {
  EXPECT_TRUE(caster_.hear(chunk_part(0, {1, 2}, "s", 3)));
  EXPECT_TRUE(caster_.hear(chunk_part(1, {3}, "s", 3)));
  EXPECT_TRUE(caster_.hear(end_part(2, 3)));

  const auto began = caster_.take<StreamBegan>();
  ASSERT_THAT(began, SizeIs(1));
  EXPECT_EQ(began[0].from, alice);
  EXPECT_TRUE(began[0].is_broadcast);
  EXPECT_TRUE(began[0].is_verified);
  EXPECT_EQ(began[0].meta.type, "file");
  EXPECT_EQ(began[0].meta.filename, "f");
  EXPECT_EQ(began[0].meta.mime_type, "m");
  EXPECT_EQ(began[0].meta.total_size, 3U);
  EXPECT_EQ(caster_.take_bytes(), Bytes({1, 2, 3}));
  const auto ended = caster_.take<StreamEnded>();
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].stream, began[0].stream);
  EXPECT_EQ(ended[0].total_bytes, 3U);
  EXPECT_EQ(caster_->next_timeout(), Instant::max());
}

TEST_F(IncomingBroadcastsTest, TakesWhatAnotherPeerSends) {
  Caster sender;
  const Bytes data = some_bytes(60'000);
  const StreamKey key = sender.open({.type = "file", .total_size = data.size()});
  ASSERT_TRUE(sender->write(key, data));
  ASSERT_TRUE(sender->end(key));

  for (const SentPart& part : sender.publish_all()) EXPECT_TRUE(caster_.hear(part));

  EXPECT_EQ(caster_.take_bytes(), data);
  EXPECT_THAT(caster_.take<StreamEnded>(), SizeIs(1));
}

TEST_F(IncomingBroadcastsTest, PutsChunksInOrder) {
  EXPECT_TRUE(caster_.hear(end_part(4, 4)));
  EXPECT_TRUE(caster_.hear(chunk_part(3, {4})));
  EXPECT_TRUE(caster_.hear(chunk_part(1, {2})));
  expect_nothing();
  EXPECT_TRUE(caster_.hear(chunk_part(0, {1})));
  EXPECT_EQ(caster_.take_bytes(), Bytes({1, 2}));
  EXPECT_TRUE(caster_.hear(chunk_part(2, {3})));
  EXPECT_EQ(caster_.take_bytes(), Bytes({3, 4}));
  EXPECT_THAT(caster_.take<StreamEnded>(), SizeIs(1));
}

TEST_F(IncomingBroadcastsTest, ASecondCopyOfAChunkIsNothing) {
  EXPECT_TRUE(caster_.hear(chunk_part(0, {1})));
  EXPECT_TRUE(caster_.hear(chunk_part(0, {9})));
  EXPECT_TRUE(caster_.hear(chunk_part(2, {3})));
  EXPECT_TRUE(caster_.hear(chunk_part(2, {9})));
  EXPECT_TRUE(caster_.hear(chunk_part(1, {2})));
  EXPECT_TRUE(caster_.hear(chunk_part(1, {9})));
  EXPECT_EQ(caster_.take_bytes(), Bytes({1, 2, 3}));
  EXPECT_THAT(caster_.take<StreamBegan>(), SizeIs(1));
}

TEST_F(IncomingBroadcastsTest, AStreamWithoutChunksIsOne) {
  EXPECT_TRUE(caster_.hear(end_part(0, 0)));
  EXPECT_THAT(caster_.take<StreamBegan>(), SizeIs(1));
  EXPECT_THAT(caster_.take<StreamEnded>(), SizeIs(1));
  EXPECT_FALSE(caster_.hear(end_part(0, 5, "t")));
  EXPECT_EQ(take_reason(), "fewer bytes than were stated");
}

TEST_F(IncomingBroadcastsTest, TheSenderMayAbort) {
  EXPECT_TRUE(caster_.hear(chunk_part(0, {1})));
  EXPECT_TRUE(caster_.hear(abort_part(std::string(1'000, 'x'))));
  EXPECT_EQ(take_reason(), std::string(256, 'x'));
  EXPECT_TRUE(caster_.hear(abort_part("again")));
}

TEST_F(IncomingBroadcastsTest, AnAbortMayOvertakeWhatItEnds) {
  EXPECT_TRUE(caster_.hear(abort_part("why")));
  EXPECT_TRUE(caster_.hear(chunk_part(0, {1})));
  expect_nothing();
  EXPECT_EQ(caster_->next_timeout(), Instant::max());
}

TEST_F(IncomingBroadcastsTest, SilentOnesGiveWay) {
  for (std::uint8_t sender = 1; sender <= 32; ++sender) {
    ASSERT_TRUE(caster_.hear(chunk_part(0, {1}), true, test_peer(sender)));
  }
  caster_.pass(1s);
  ASSERT_TRUE(caster_.hear(chunk_part(1, {1}), true, test_peer(1)));
  EXPECT_FALSE(caster_.hear(chunk_part(0, {1}), true, test_peer(40)));
  caster_.pass(1s);

  EXPECT_TRUE(caster_.hear(chunk_part(0, {1}), true, test_peer(40)));
  const auto broken = caster_.take<StreamBroken>();
  ASSERT_THAT(broken, SizeIs(1));
  EXPECT_EQ(broken[0].peer, test_peer(2)) << "the first one has been heard since";
  EXPECT_EQ(broken[0].reason, "nothing more has come, and others wait");
}

TEST_F(IncomingBroadcastsTest, NoneGivesWayToOneThatIsNotTaken) {
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(caster_.hear(chunk_part(0, {1}, "s" + std::to_string(i)), true, alice, bob));
  }
  caster_.pass(2s);
  for (std::uint8_t sender = 1; sender <= 32; ++sender) {
    ASSERT_TRUE(caster_.hear(chunk_part(0, {1}), true, test_peer(sender), carol));
  }

  EXPECT_FALSE(caster_.hear(chunk_part(0, {1}, "new"), true, alice, carol))
      << "a place of alice's over bob is none of carol's";
  EXPECT_THAT(caster_.take<StreamBroken>(), IsEmpty());
}

TEST_F(IncomingBroadcastsTest, WhatIsOverDoesNotBeginAgain) {
  caster_.hear(chunk_part(0, {1}));
  caster_.hear(end_part(1, 1));
  caster_.take<StreamBegan>();
  caster_.take<StreamBytes>();
  caster_.take<StreamEnded>();

  EXPECT_TRUE(caster_.hear(chunk_part(0, {1})));
  EXPECT_TRUE(caster_.hear(end_part(1, 1)));
  expect_nothing();
}

TEST_F(IncomingBroadcastsTest, OurAbortIsForUsOnly) {
  caster_.hear(chunk_part(0, {1}));
  const StreamKey key = caster_.take<StreamBegan>().at(0).stream;
  caster_.take<StreamBytes>();
  EXPECT_EQ(caster_->write(key, {}).error(), TransferError::unknown_stream);
  EXPECT_EQ(caster_->end(key).error(), TransferError::unknown_stream);

  ASSERT_TRUE(caster_->abort(key, "no room"));

  EXPECT_TRUE(caster_.hear(chunk_part(1, {2})));
  EXPECT_TRUE(caster_.hear(end_part(2, 2)));
  expect_nothing();
  EXPECT_FALSE(caster_.publish());
  EXPECT_THAT(caster_.take<TransferText>(), IsEmpty());
  EXPECT_EQ(caster_->abort(key, "").error(), TransferError::ended);
  EXPECT_EQ(caster_->next_timeout(), Instant::max());
}

TEST_F(IncomingBroadcastsTest, NobodyPutsBytesIntoTheStreamOfAProvenPeer) {
  caster_.hear(chunk_part(0, {1}));
  EXPECT_TRUE(caster_.hear(chunk_part(1, {9}), false));
  EXPECT_TRUE(caster_.hear(abort_part("forged"), false));
  EXPECT_TRUE(caster_.hear(chunk_part(1, {9}), true, carol));
  EXPECT_TRUE(caster_.hear(chunk_part(1, {2})));
  EXPECT_TRUE(caster_.hear(end_part(2, 2)));

  EXPECT_EQ(caster_.take_bytes(), Bytes({1, 2}));
  EXPECT_THAT(caster_.take<StreamBegan>(), SizeIs(1));
  EXPECT_THAT(caster_.take<StreamEnded>(), SizeIs(1));
}

TEST_F(IncomingBroadcastsTest, StreamsOfOneNameByProvenAndUnprovenAreTwo) {
  caster_.hear(chunk_part(0, {1}));
  caster_.hear(chunk_part(0, {2}), false);

  const auto began = caster_.take<StreamBegan>();
  ASSERT_THAT(began, SizeIs(2));
  EXPECT_TRUE(began[0].is_verified);
  EXPECT_FALSE(began[1].is_verified);
  EXPECT_NE(began[0].stream, began[1].stream);
}

TEST_F(IncomingBroadcastsTest, OfAStreamThatIsUnderWayNothingIsTold) {
  EXPECT_TRUE(caster_.hear(chunk_part(500, Bytes(100))));
  EXPECT_EQ(caster_->next_timeout(), Instant::max());
  EXPECT_TRUE(caster_.hear(chunk_part(5, Bytes(100))));
  EXPECT_EQ(caster_->next_timeout(), caster_.now.monotonic + 10s);
  caster_.pass(10s);
  EXPECT_EQ(caster_->next_timeout(), Instant::max());
  EXPECT_TRUE(caster_.hear(chunk_part(0, Bytes(100))));
  EXPECT_TRUE(caster_.hear(end_part(501, 1)));
  expect_nothing();
}

TEST_F(IncomingBroadcastsTest, AMissingChunkIsWaitedForABoundedTime) {
  caster_.hear(chunk_part(0, {1}));
  caster_.hear(chunk_part(2, {3}));
  caster_.pass(9s);
  caster_.hear(chunk_part(3, {4}));
  caster_.pass(999ms);
  EXPECT_THAT(caster_.take<StreamBroken>(), IsEmpty());
  caster_.pass(1ms);
  EXPECT_EQ(take_reason(), "chunks are missing");
  EXPECT_TRUE(caster_.hear(chunk_part(1, {2})));
  EXPECT_EQ(caster_.take_bytes(), Bytes({1}));
}

TEST_F(IncomingBroadcastsTest, EachGapHasItsTime) {
  caster_.hear(chunk_part(0, {1}));
  caster_.hear(chunk_part(2, {3}));
  caster_.hear(chunk_part(4, {5}));
  caster_.pass(9s);
  caster_.hear(chunk_part(1, {2}));
  caster_.pass(9s);
  EXPECT_THAT(caster_.take<StreamBroken>(), IsEmpty());
  caster_.hear(chunk_part(3, {4}));
  EXPECT_EQ(caster_.take_bytes(), Bytes({1, 2, 3, 4, 5}));
}

TEST_F(IncomingBroadcastsTest, AfterTheEndMissingChunksAreWaitedForABoundedTime) {
  caster_.hear(chunk_part(0, {1}));
  caster_.hear(end_part(2, 2));
  EXPECT_THAT(caster_.take<StreamEnded>(), IsEmpty());
  caster_.pass(10s);
  EXPECT_EQ(take_reason(), "chunks are missing");
}

TEST_F(IncomingBroadcastsTest, ASilentStreamIsOver) {
  caster_.hear(chunk_part(0, {1}));
  caster_.pass(29s);
  caster_.hear(chunk_part(1, {}));
  caster_.pass(29s);
  // Copies are no news.
  caster_.hear(chunk_part(1, {}));
  EXPECT_THAT(caster_.take<StreamBroken>(), IsEmpty());
  caster_.pass(1s);
  EXPECT_EQ(take_reason(), "nothing more has come");
}

TEST_F(IncomingBroadcastsTest, ChunksFarAheadEndIt) {
  caster_.hear(chunk_part(0, {1}));
  EXPECT_TRUE(caster_.hear(chunk_part(128, {1})));
  EXPECT_FALSE(caster_.hear(chunk_part(129, {1})));
  EXPECT_EQ(take_reason(), "chunks are missing");
}

TEST_F(IncomingBroadcastsTest, AnIndexDoesNotOverflow) {
  caster_.hear(chunk_part(0, {1}));
  EXPECT_FALSE(caster_.hear(chunk_part(std::uint64_t{1} << 53U, {1})));
  EXPECT_EQ(take_reason(), "chunks are missing");
  EXPECT_FALSE(caster_.hear(chunk_part(std::numeric_limits<std::uint64_t>::max(), {1}, "t")));
}

TEST_F(IncomingBroadcastsTest, WhatIsKeptOfAStreamIsBounded) {
  caster_.hear(chunk_part(0, {1}));
  for (std::uint64_t i = 0; i < 64; ++i)
    EXPECT_TRUE(caster_.hear(chunk_part(2 + i, Bytes(65'536))));
  EXPECT_FALSE(caster_.hear(chunk_part(100, Bytes(1))));
  EXPECT_EQ(take_reason(), "chunks are missing");
}

TEST_F(IncomingBroadcastsTest, WhatIsKeptOfAllIsBoundedForEachNeighborToo) {
  for (std::uint8_t sender = 1; sender <= 2; ++sender) {
    for (std::uint64_t i = 1; i <= 64; ++i) {
      EXPECT_TRUE(caster_.hear(chunk_part(i, Bytes(60'000)), false, test_peer(sender)));
    }
  }
  for (std::uint64_t i = 1; i <= 11; ++i) {
    EXPECT_TRUE(caster_.hear(chunk_part(i, Bytes(60'000)), false, test_peer(3)));
  }
  EXPECT_FALSE(caster_.hear(chunk_part(12, Bytes(60'000)), false, test_peer(3)));
  // Those of proven peers have room of their own, and so has another neighbor.
  EXPECT_TRUE(caster_.hear(chunk_part(1, Bytes(60'000)), true, test_peer(7)));
  EXPECT_TRUE(caster_.hear(chunk_part(1, Bytes(60'000)), false, test_peer(8), carol));
}

TEST_F(IncomingBroadcastsTest, OpenOnesAreBounded) {
  std::size_t count = 0;
  for (std::uint8_t sender = 1; sender <= 20; ++sender) {
    for (int i = 0; i < 20; ++i) {
      const PeerId& neighbor = sender % 2 == 0 ? bob : carol;
      if (caster_.hear(chunk_part(0, {1}, "s" + std::to_string(i)), false, test_peer(sender),
                       neighbor)) {
        ++count;
      }
    }
  }
  EXPECT_EQ(count, 64U);
  EXPECT_THAT(caster_.take<StreamBegan>(), SizeIs(64));
  EXPECT_TRUE(caster_.hear(chunk_part(0, {1}), true)) << "proven ones have places of their own";
  caster_.pass(30s);
  EXPECT_THAT(caster_.take<StreamBroken>(), SizeIs(65));
  EXPECT_TRUE(caster_.hear(chunk_part(0, {1}, "new"), false));
}

TEST_F(IncomingBroadcastsTest, OneNeighborOrSenderDoesNotTakeAllPlaces) {
  std::size_t of_one_sender = 0;
  std::size_t of_one_neighbor = 0;
  for (int i = 0; i < 20; ++i) {
    if (caster_.hear(chunk_part(0, {1}, "s" + std::to_string(i)))) ++of_one_sender;
  }
  for (std::uint8_t sender = 1; sender <= 50; ++sender) {
    if (caster_.hear(chunk_part(0, {1}), true, test_peer(sender))) ++of_one_neighbor;
  }
  EXPECT_EQ(of_one_sender, 8U);
  EXPECT_EQ(of_one_sender + of_one_neighbor, 32U);
}

TEST_F(IncomingBroadcastsTest, MoreOrLessThanWasStatedBreaksIt) {
  caster_.hear(chunk_part(0, {1}, "a", 2));
  EXPECT_FALSE(caster_.hear(chunk_part(1, {2, 3}, "a")));
  EXPECT_EQ(take_reason(), "more bytes than were stated");

  caster_.hear(chunk_part(0, {1}, "b", 2));
  EXPECT_FALSE(caster_.hear(end_part(1, 1, "b")));
  EXPECT_EQ(take_reason(), "fewer bytes than were stated");

  caster_.hear(chunk_part(0, {1}, "c"));
  EXPECT_FALSE(caster_.hear(end_part(1, 2, "c")));
  EXPECT_EQ(take_reason(), "fewer bytes than were stated");

  caster_.hear(end_part(1, 2, "d"));
  EXPECT_FALSE(caster_.hear(chunk_part(0, {1, 2, 3}, "d")));
  EXPECT_EQ(take_reason(), "more bytes than were stated");

  caster_.hear(chunk_part(0, {1}, "e"));
  caster_.hear(chunk_part(1, {1}, "e"));
  EXPECT_FALSE(caster_.hear(end_part(1, 1, "e")));
  EXPECT_EQ(take_reason(), "more chunks than were stated");

  caster_.hear(chunk_part(0, {1}, "f"));
  caster_.hear(chunk_part(3, {1}, "f"));
  EXPECT_FALSE(caster_.hear(end_part(3, 3, "f")));
  EXPECT_EQ(take_reason(), "more chunks than were stated");

  caster_.hear(chunk_part(0, {1}, "g"));
  caster_.hear(end_part(3, 3, "g"));
  EXPECT_FALSE(caster_.hear(chunk_part(3, {1}, "g")));
  EXPECT_EQ(take_reason(), "more chunks than were stated");
}

TEST_F(IncomingBroadcastsTest, TheFirstEndCounts) {
  caster_.hear(chunk_part(0, {1}));
  caster_.hear(end_part(2, 2));
  EXPECT_TRUE(caster_.hear(end_part(1, 1)));
  EXPECT_THAT(caster_.take<StreamEnded>(), IsEmpty());
  caster_.hear(chunk_part(1, {1}));
  EXPECT_THAT(caster_.take<StreamEnded>(), SizeIs(1));
}

TEST_F(IncomingBroadcastsTest, LeavingTheNetworkBreaksThemOff) {
  caster_.hear(chunk_part(0, {1}));
  caster_.hear(chunk_part(1, {1}, "waits"));
  caster_->abort_broadcasts("gone");
  EXPECT_EQ(take_reason(), "gone");
  EXPECT_EQ(caster_->next_timeout(), Instant::max());
}

class BoundedBroadcastsTest : public IncomingBroadcastsTest {
 protected:
  BoundedBroadcastsTest() : IncomingBroadcastsTest({.stream_bytes_max = 10}) {}
};

TEST_F(BoundedBroadcastsTest, LongStreamsAreNotTaken) {
  EXPECT_FALSE(caster_.hear(chunk_part(0, {1}, "stated", 11)));
  EXPECT_EQ(take_reason(), "too large");
  EXPECT_TRUE(caster_.hear(chunk_part(0, Bytes(10), "grows")));
  EXPECT_FALSE(caster_.hear(chunk_part(1, Bytes(1), "grows")));
  EXPECT_EQ(take_reason(), "too large");
}

}  // namespace
}  // namespace pigeon::transfer
