#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pattern.hpp"
#include "tests/support/village.hpp"
#include "wire/broadcast_part.hpp"
#include "wire/peer_message.hpp"

// Streams to everybody.

namespace pigeon::node {
namespace {

using test::Village;

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Nodes in a row: each linked with the next one only.
struct BroadcastTest : testing::Test {
  Village village;

  void meet(std::size_t count, const NodeOptions& options = {.auto_discovery = false}) {
    village.add_connected(count, options);
    for (std::size_t i = 0; i + 1 < count; ++i) {
      ASSERT_TRUE(village.node(i).connect_to_peer(village.id(i + 1), village.now));
      village.run();
    }
  }

  /// Writes all, as the stream takes it.
  void send(std::size_t sender, StreamId stream, BytesView data) {
    std::size_t told = 0;
    std::size_t credit = 0;
    while (!data.empty()) {
      const auto events = village.events<StreamWritable>(sender);
      for (; told < events.size(); ++told) {
        if (events[told].stream == stream) credit += events[told].bytes;
      }
      const std::size_t size = std::min(credit, data.size());
      ASSERT_TRUE(village.node(sender).write_stream(stream, data.first(size), village.now));
      credit -= size;
      data = data.subspan(size);
      village.pass(50ms);
    }
  }
  StreamId open(std::size_t sender, StreamInfo info = {}) {
    const auto stream = village.node(sender).open_broadcast_stream(info, village.now);
    EXPECT_TRUE(stream);
    return stream.value_or(StreamId{});
  }
  Bytes received(std::size_t index) {
    Bytes all;
    for (const StreamData& event : village.events<StreamData>(index)) {
      all.insert(all.end(), event.data.begin(), event.data.end());
    }
    return all;
  }

  /// A part that says it is from a node, without a proof.
  std::string unsigned_part(std::size_t from, std::uint64_t number, std::string_view subtype,
                            const std::string& content) {
    return wire::encode(wire::OutgoingGossip{.id = Random::from_number(number).id<MessageId>(),
                                             .subtype = subtype,
                                             .content = content,
                                             .from = village.id(from),
                                             .network = "global",
                                             .timestamp = village.now.wall_ms});
  }
  /// A message with another id, passed on by a node.
  std::string passed_on(const std::string& text, std::size_t by) {
    wire::JsonReader reader;
    const auto decoded = wire::decode_peer_message(text, reader);
    return wire::encode_forward(std::get<wire::GossipMessage>(*decoded), village.id(by), false);
  }
};

Bytes some(std::size_t size) { return test::pattern(size); }

TEST_F(BroadcastTest, EverybodyGetsAStreamAndARelayPassesItOn) {
  meet(3);
  const Bytes data = some(300'000);
  const StreamId stream = open(0, {.type = "file", .filename = "f", .total_size = data.size()});

  send(0, stream, data);
  ASSERT_TRUE(village.node(0).end_stream(stream, village.now));
  village.pass(1s);

  for (const std::size_t receiver : {1U, 2U}) {
    const auto begun = village.events<StreamReceived>(receiver);
    ASSERT_THAT(begun, SizeIs(1)) << receiver;
    EXPECT_EQ(begun[0].peer, village.id(0));
    EXPECT_EQ(begun[0].info.filename, "f");
    EXPECT_TRUE(begun[0].broadcast);
    EXPECT_TRUE(begun[0].verified);
    EXPECT_EQ(received(receiver), data);
    ASSERT_THAT(village.events<StreamCompleted>(receiver), SizeIs(1));
    EXPECT_EQ(village.events<StreamCompleted>(receiver)[0].total_bytes, data.size());
    EXPECT_EQ(village.node(receiver).status().counters.malformed, 0U);
    EXPECT_EQ(village.node(receiver).status().counters.forged, 0U);
  }
  ASSERT_THAT(village.events<StreamCompleted>(0), SizeIs(1));
  EXPECT_EQ(village.events<StreamCompleted>(0)[0].peer, village.id(0));
  EXPECT_THAT(village.events<StreamReceived>(0), IsEmpty()) << "what comes back is nothing";
}

TEST_F(BroadcastTest, OverSeveralPathsEachByteComesOnce) {
  village.add_connected(6);
  village.pass(20s);
  const Bytes data = some(100'000);
  const StreamId stream = open(0);

  send(0, stream, data);
  ASSERT_TRUE(village.node(0).end_stream(stream, village.now));
  village.pass(1s);

  for (std::size_t receiver = 1; receiver < 6; ++receiver) EXPECT_EQ(received(receiver), data);
}

TEST_F(BroadcastTest, ALostChunkIsTold) {
  meet(3);
  village.on_text = [&](std::size_t from, std::size_t, std::string& text) {
    if (from == 1 && text.find("\"chunkIndex\":2,") != std::string::npos) text.clear();
  };
  const StreamId stream = open(0);
  send(0, stream, some(100'000));
  ASSERT_TRUE(village.node(0).end_stream(stream, village.now));
  village.run();
  village.pass(9s);
  EXPECT_THAT(village.events<StreamAborted>(2), IsEmpty());

  village.pass(2s);

  EXPECT_THAT(village.events<StreamCompleted>(1), SizeIs(1));
  EXPECT_THAT(village.events<StreamCompleted>(2), IsEmpty());
  const auto aborted = village.events<StreamAborted>(2);
  ASSERT_THAT(aborted, SizeIs(1));
  EXPECT_EQ(aborted[0].peer, village.id(0));
  EXPECT_EQ(aborted[0].reason, "chunks are missing");
  EXPECT_EQ(received(2).size(), 2 * 16'384U);
}

TEST_F(BroadcastTest, AnAbortReachesAll) {
  meet(3);
  const StreamId stream = open(0);
  send(0, stream, some(20'000));
  ASSERT_TRUE(village.node(0).abort_stream(stream, "changed my mind", village.now));
  village.run();

  EXPECT_EQ(village.events<StreamAborted>(2).at(0).reason, "changed my mind");
  EXPECT_THAT(village.events<StreamAborted>(0), IsEmpty());
}

TEST_F(BroadcastTest, AReceiverThatAbortsStillPassesOn) {
  meet(3);
  const StreamId stream = open(0);
  send(0, stream, some(20'000));
  const StreamId incoming = village.events<StreamReceived>(1).at(0).stream;
  ASSERT_TRUE(village.node(1).abort_stream(incoming, "no room", village.now));
  const std::size_t before = received(1).size();
  send(0, stream, some(20'000));
  ASSERT_TRUE(village.node(0).end_stream(stream, village.now));
  village.pass(1s);

  EXPECT_EQ(received(1).size(), before);
  EXPECT_EQ(received(2).size(), 40'000U);
  EXPECT_THAT(village.events<StreamCompleted>(2), SizeIs(1));
  EXPECT_THAT(village.events<StreamAborted>(0), IsEmpty());
}

TEST_F(BroadcastTest, ForgedPartsOfAProvenPeerAreNotTaken) {
  meet(3);
  const StreamId stream = open(0);
  send(0, stream, some(20'000));
  std::string id;
  village.on_text = [&](std::size_t, std::size_t, std::string& text) {
    const std::size_t at = text.find("stream_");
    if (at != std::string::npos) id = text.substr(at, text.find('"', at) - at);
  };
  send(0, stream, some(10));
  village.on_text = nullptr;
  ASSERT_THAT(id, HasSubstr("stream_"));
  const std::size_t before = received(2).size();
  const NodeCounters counters = village.node(2).status().counters;

  const wire::BroadcastChunk next{.stream = id, .index = 3, .data = {6, 6, 6}};
  const wire::BroadcastChunk first{.stream = "other", .index = 0, .data = {6}};
  const wire::BroadcastAbort abort{id, "forged", {}};
  village.inject(2, 1,
                 passed_on(unsigned_part(0, 1, "stream-chunk", wire::encode_content(next, 1)), 1));
  village.inject(2, 1,
                 passed_on(unsigned_part(0, 2, "stream-chunk", wire::encode_content(first, 1)), 1));
  village.inject(
      2, 1, passed_on(unsigned_part(0, 3, "stream-control", wire::encode_content(abort, 1)), 1));

  EXPECT_EQ(village.node(2).status().counters.forged, counters.forged + 3);
  EXPECT_EQ(received(2).size(), before);
  EXPECT_THAT(village.events<StreamReceived>(2), SizeIs(1));
  EXPECT_THAT(village.events<StreamAborted>(2), IsEmpty());
  send(0, stream, some(10));
  ASSERT_TRUE(village.node(0).end_stream(stream, village.now));
  village.pass(1s);
  EXPECT_THAT(village.events<StreamCompleted>(2), SizeIs(1));
}

TEST_F(BroadcastTest, AChangedPartIsNotTakenAndNotMixedIn) {
  meet(3);
  village.on_text = [&](std::size_t from, std::size_t, std::string& text) {
    const std::size_t at = text.find("\"chunkIndex\":1,\"data\":[");
    if (from == 1 && at != std::string::npos) text[at + 24] = text[at + 24] == '1' ? '2' : '1';
  };
  const StreamId stream = open(0);
  send(0, stream, some(60'000));
  ASSERT_TRUE(village.node(0).end_stream(stream, village.now));
  village.pass(20s);

  EXPECT_EQ(received(2).size(), 16'384U);
  EXPECT_THAT(village.events<StreamAborted>(2), SizeIs(1));
  EXPECT_THAT(village.events<StreamReceived>(2), SizeIs(1));
}

TEST_F(BroadcastTest, StreamsOfPeersWithoutProofAreMarkedAndSwitchedOffByThePolicy) {
  village.add_connected(2, {.auto_discovery = false, .enable_crypto = false});
  ASSERT_TRUE(village.node(0).connect_to_peer(village.id(1), village.now));
  village.run();
  const StreamId stream = open(0);
  send(0, stream, some(20'000));
  ASSERT_TRUE(village.node(0).end_stream(stream, village.now));
  village.pass(1s);

  ASSERT_THAT(village.events<StreamReceived>(1), SizeIs(1));
  EXPECT_FALSE(village.events<StreamReceived>(1)[0].verified);
  EXPECT_EQ(received(1).size(), 20'000U);
}

TEST_F(BroadcastTest, AStrictNodeTakesNoUnsignedPart) {
  meet(2, {.auto_discovery = false, .trust = TrustPolicy::verified_only});
  const wire::BroadcastChunk first{.stream = "s", .index = 0, .data = {6}};
  village.inject(1, 0, unsigned_part(0, 1, "stream-chunk", wire::encode_content(first, 1)));
  EXPECT_THAT(village.events<StreamReceived>(1), IsEmpty());
  EXPECT_EQ(village.node(1).status().counters.forged, 1U);
}

TEST_F(BroadcastTest, MalformedPartsAreCountedAndPassedOn) {
  meet(3, {.auto_discovery = false, .enable_crypto = false});
  village.inject(1, 0, unsigned_part(0, 1, "stream-chunk", R"({"streamId":"s","data":[1]})"));
  village.inject(1, 0, unsigned_part(0, 2, "stream-control", "\"end\""));
  EXPECT_EQ(village.node(1).status().counters.malformed, 2U);
  EXPECT_EQ(village.node(2).status().counters.malformed, 2U);
}

TEST_F(BroadcastTest, AFullGateCostsNoChunk) {
  NodeOptions options{.auto_discovery = false};
  options.limits.parked_count_max = 4;
  meet(2, options);
  const StreamId stream = open(0);
  const Bytes data = some(60'000);
  ASSERT_TRUE(village.node(0).write_stream(stream, data, village.now));
  // The gate fills up with messages that nobody signs for the moment.
  for (int i = 0; i < 8; ++i) (void)village.node(0).send_message("hello", village.now);
  village.run();
  ASSERT_TRUE(village.node(0).end_stream(stream, village.now));
  village.pass(1s);

  EXPECT_EQ(received(1), data);
  EXPECT_THAT(village.events<StreamCompleted>(1), SizeIs(1));
}

TEST_F(BroadcastTest, WhoLeavesBreaksThemOff) {
  meet(3);
  const StreamId stream = open(0);
  const StreamId other = open(2);
  send(0, stream, some(20'000));
  send(2, other, some(20'000));

  village.node(0).disconnect(village.now);
  village.run();
  EXPECT_THAT(village.events<StreamAborted>(0), SizeIs(2));
  EXPECT_FALSE(village.node(0).write_stream(stream, some(1), village.now));
  EXPECT_EQ(village.node(0).open_broadcast_stream({}, village.now).error().kind,
            NodeErrorKind::not_connected);

  village.pass(30s);
  const auto aborted = village.events<StreamAborted>(2);
  ASSERT_THAT(aborted, SizeIs(1));
  EXPECT_EQ(aborted[0].reason, "nothing more has come");
}

TEST_F(BroadcastTest, OptionsThatMeanNothingAreRefused) {
  meet(2);
  const auto kind = [&](const StreamInfo& info) {
    const auto stream = village.node(0).open_broadcast_stream(info, village.now);
    return stream ? std::nullopt : std::optional(stream.error().kind);
  };
  EXPECT_EQ(kind({.resume_token = "t"}), NodeErrorKind::bad_argument);
  EXPECT_EQ(kind({.filename = "a\xff"}), NodeErrorKind::bad_argument);
  EXPECT_EQ(kind({.filename = std::string(2'000, 'f')}), NodeErrorKind::too_large);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(kind({}), std::nullopt);
  EXPECT_EQ(kind({}), NodeErrorKind::busy);
}

TEST_F(BroadcastTest, StreamsOfNeighborsTellWhetherTheLinkIsVerified) {
  meet(2);
  ASSERT_TRUE(village.node(0).open_stream(village.id(1), {}, village.now));
  village.run();
  const auto begun = village.events<StreamReceived>(1);
  ASSERT_THAT(begun, SizeIs(1));
  EXPECT_FALSE(begun[0].broadcast);
  EXPECT_TRUE(begun[0].verified);
}

TEST_F(BroadcastTest, TheLargestChunkFitsIntoAMessage) {
  std::size_t longest = 0;
  meet(2);
  village.on_text = [&](std::size_t, std::size_t, std::string& text) {
    longest = std::max(longest, text.size());
  };
  const StreamId stream = open(0, {.filename = std::string(1'024, '\x01'), .chunk_size = 65'536});
  send(0, stream, Bytes(40'000, 255));
  ASSERT_TRUE(village.node(0).end_stream(stream, village.now));
  village.pass(1s);
  EXPECT_EQ(received(1), Bytes(40'000, 255));
  EXPECT_GT(longest, 131'072U);
  EXPECT_LT(longest, 200'000U);
}

}  // namespace
}  // namespace pigeon::node
