#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/sctp/association_testing.hpp"
#include "rtc/sctp/packet/error_chunk.hpp"
#include "rtc/sctp/packet/init_chunk.hpp"
#include "rtc/sctp/packet/parameter.hpp"

namespace pigeon::sctp {
namespace {

using enum LinkedAssociations::Side;
using testing::ElementsAre;
using testing::SizeIs;

CloseReason reason_of(const LinkedAssociations& pair, LinkedAssociations::Side side) {
  const auto closed = pair.events_of<Closed>(side);
  EXPECT_THAT(closed, SizeIs(1));
  return closed.empty() ? CloseReason::shutdown : closed[0].reason;
}

/// The types of the chunks that arrive.
void note_chunks(LinkedAssociations& pair, LinkedAssociations::Side side,
                 std::vector<ChunkType>& types) {
  pair.set_tap([&types, side](LinkedAssociations::Side to, const Bytes& packet) {
    auto reader = PacketReader::open(packet, ZeroChecksum::accepted);
    if (to != side || !reader) return;
    while (const auto chunk = reader->next()) types.push_back(chunk->type);
  });
}

TEST(HandshakeTest, OneSideMayBeginAlone) {
  LinkedAssociations pair;

  pair[left].connect(pair.now());

  EXPECT_TRUE(pair.run_until([&] { return pair.is_established(); }, 1s));
}

TEST(HandshakeTest, TakesTwoRoundTrips) {
  LinkedAssociations pair;
  pair.link().delay = 50ms;
  const Instant begin = pair.now().monotonic;

  pair[left].connect(pair.now());
  pair.run_until([&] { return pair.is_established(); });

  EXPECT_EQ(pair.now().monotonic - begin, 200ms);
}

TEST(HandshakeTest, TheSmallerNumberOfStreamsCounts) {
  LinkedAssociations pair(1, {.streams_out_max = 10, .streams_in_max = 500},
                          {.streams_out_max = 100, .streams_in_max = 20});

  pair.connect();

  EXPECT_THAT(pair.events_of<Established>(left), ElementsAre(Established{10, 100}));
  EXPECT_THAT(pair.events_of<Established>(right), ElementsAre(Established{100, 10}));
  EXPECT_EQ(pair[left].send(10, Ppid::binary, {1}, {}, pair.now()), SendStatus::stream_unavailable);
}

TEST(HandshakeTest, MessagesSentBeforeItGoOutAfterIt) {
  LinkedAssociations pair;
  EXPECT_EQ(pair[left].send(0, Ppid::dcep, {3}, {}, pair.now()), SendStatus::queued);

  pair.connect();
  pair.run_for(1s);

  EXPECT_THAT(pair.events_of<MessageReceived>(right), SizeIs(1));
}

class HandshakeLossTest : public testing::TestWithParam<int> {};

TEST_P(HandshakeLossTest, SurvivesLostRepeatedAndLatePackets) {
  LinkedAssociations pair(static_cast<std::uint64_t>(GetParam()));
  pair.link() = {.loss = 300, .duplication = 200, .reordering = 300, .delay = 50ms};

  pair.begin();
  ASSERT_TRUE(pair.run_until([&] { return pair.is_established(); }, 60s));
  pair.link() = {};
  pair.run_for(60s);

  EXPECT_TRUE(pair.is_established());
  EXPECT_THAT(pair.events_of<Established>(left), SizeIs(1));
  EXPECT_THAT(pair.events_of<Established>(right), SizeIs(1));
  EXPECT_THAT(pair.events_of<Restarted>(left), SizeIs(0));
}

INSTANTIATE_TEST_SUITE_P(Seeds, HandshakeLossTest, testing::Range(1, 200));

TEST(HandshakeTest, GivesUpOnASilentPeerAfterAMinute) {
  LinkedAssociations pair;
  pair.link().loss = 1'000;
  const Instant begin = pair.now().monotonic;

  pair[left].connect(pair.now());
  pair.run_until([&] { return !pair.events_of<Closed>(left).empty(); });

  EXPECT_EQ(reason_of(pair, left), CloseReason::handshake_timeout);
  EXPECT_EQ(pair.now().monotonic - begin, 65s);
  EXPECT_EQ(pair[left].next_timeout(), Instant::max());
}

/// The answer to an INIT with these parameters.
std::size_t answer_size(TlvList parameters, std::size_t& request_size) {
  LinkedAssociations pair;
  std::array<std::uint8_t, 2'048> out{};
  PacketWriter packet(out, {.source_port = 5'000, .destination_port = 5'000});
  EXPECT_TRUE(encode(InitChunk{.initiate_tag = 1,
                               .window = 1'500,
                               .outbound_streams = 1,
                               .inbound_streams = 1,
                               .parameters = parameters},
                     ChunkType::init, packet));
  const BytesView request = packet.finish();
  request_size = request.size();
  pair[right].receive(request, pair.now());
  std::array<std::uint8_t, 2'048> answer{};
  return pair[right].transmit(answer, pair.now());
}

TEST(HandshakeTest, AnswersInitWithLessThanThreeTimesItsSize) {
  std::size_t request_size = 0;

  const std::size_t bare = answer_size({}, request_size);
  EXPECT_EQ(request_size, 32);
  EXPECT_EQ(bare, 92);

  // Parameters that are unknown and to be reported come back with four bytes more each.
  std::array<std::uint8_t, 1'024> room{};
  TlvWriter list(room);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(list.append(0xC123, {}));
  const std::size_t many = answer_size(list.written(), request_size);
  EXPECT_LT(many, 3 * request_size);
  EXPECT_LT(many, 400);
}

TEST(HandshakeTest, ReportsUnknownParametersThatAskForIt) {
  LinkedAssociations pair;
  std::array<std::uint8_t, 64> room{};
  TlvWriter list(room);
  ASSERT_TRUE(list.append(0xC0FF, std::array<std::uint8_t, 2>{1, 2}));
  Bytes answer;
  pair.set_tap([&](LinkedAssociations::Side to, const Bytes& packet) {
    if (to == left) answer = packet;
  });

  pair.forge(
      right,
      [&](PacketWriter& packet) {
        ASSERT_TRUE(encode(InitChunk{.initiate_tag = 9,
                                     .outbound_streams = 1,
                                     .inbound_streams = 1,
                                     .parameters = list.written()},
                           ChunkType::init, packet));
      },
      0);
  pair.run_for(1s);

  auto reader = PacketReader::open(answer);
  ASSERT_TRUE(reader);
  const auto init_ack = decode_init(*reader->next());
  ASSERT_TRUE(init_ack);
  const auto unknown = find(init_ack->parameters, ParameterType::unrecognized_parameter);
  ASSERT_TRUE(unknown);
  EXPECT_THAT(unknown->value, testing::ElementsAre(0xC0, 0xFF, 0, 6, 1, 2));
}

TEST(HandshakeTest, AForgedCookieIsRefused) {
  LinkedAssociations pair;
  Bytes echo;
  pair.set_tap([&](LinkedAssociations::Side to, const Bytes& packet) {
    auto reader = PacketReader::open(packet);
    if (to == right && reader && reader->next()->type == ChunkType::cookie_echo) echo = packet;
  });
  pair[left].connect(pair.now());
  pair.run_until([&] { return pair.is_established(); });
  ASSERT_FALSE(echo.empty());
  pair.replace(right);

  pair.inject(right, echo);
  EXPECT_EQ(pair[right].stats().refused_cookies, 1);
  EXPECT_EQ(pair[right].state(), AssociationState::closed);
}

TEST(HandshakeTest, ARepeatedCookieIsAcknowledgedAgain) {
  LinkedAssociations pair;
  Bytes echo;
  pair.set_tap([&](LinkedAssociations::Side to, const Bytes& packet) {
    auto reader = PacketReader::open(packet);
    if (to == right && reader && reader->next()->type == ChunkType::cookie_echo) echo = packet;
  });
  pair[left].connect(pair.now());
  pair.run_until([&] { return pair.is_established(); });
  std::vector<ChunkType> types;
  note_chunks(pair, left, types);

  // Even beyond its lifetime: it is that of the association (RFC 9260 section 5.2.4).
  pair.run_for(90s);
  types.clear();
  pair.inject(right, echo);
  pair.run_for(100ms);

  EXPECT_THAT(types, ElementsAre(ChunkType::cookie_ack));
  EXPECT_TRUE(pair.is_established());
  EXPECT_EQ(pair[right].stats().restarts, 0);
}

TEST(HandshakeTest, AStaleCookieIsAnsweredByAnErrorAndTheHandshakeBeginsAnew) {
  LinkedAssociations pair(1, {}, {.cookie_lifetime = 100ms});
  pair.link().delay = 80ms;
  pair[left].connect(pair.now());
  pair.run_for(400ms);
  EXPECT_EQ(pair[right].stats().refused_cookies, 1);

  pair.link().delay = 10ms;

  EXPECT_TRUE(pair.run_until([&] { return pair.is_established(); }, 10s));
}

TEST(HandshakeTest, APeerThatHasLostItsStateRestartsTheAssociation) {
  LinkedAssociations pair;
  pair.connect();
  for (int i = 0; i < 50; ++i)
    pair[left].send(1, Ppid::binary, test_message(5'000, 1), {}, pair.now());
  pair.run_for(6ms);
  pair.replace(right);

  pair[right].connect(pair.now());
  ASSERT_TRUE(pair.run_until([&] { return !pair.events_of<Restarted>(left).empty(); }, 10s));
  pair.run_for(5s);

  EXPECT_TRUE(pair.is_established());
  EXPECT_EQ(pair[left].stats().restarts, 1);
  // What waited arrives, in order, from number 0 on.
  const auto received = pair.events_of<MessageReceived>(right);
  EXPECT_GT(received.size(), 10);
  EXPECT_EQ(pair[left].stats().send_buffer_bytes, 0);
  EXPECT_EQ(pair[right].send(1, Ppid::binary, {1}, {}, pair.now()), SendStatus::queued);
  pair.run_for(1s);
  EXPECT_THAT(pair.events_of<MessageReceived>(left), SizeIs(1));
}

TEST(HandshakeTest, AnInitInTheMiddleChangesNothing) {
  LinkedAssociations pair;
  pair.connect();

  for (int i = 0; i < 100; ++i) {
    pair.forge(
        right,
        [&](PacketWriter& packet) {
          ASSERT_TRUE(
              encode(InitChunk{.initiate_tag = 77, .outbound_streams = 1, .inbound_streams = 1},
                     ChunkType::init, packet));
        },
        0);
  }
  pair[left].send(1, Ppid::binary, {1}, {}, pair.now());
  pair.run_for(1s);

  EXPECT_TRUE(pair.is_established());
  EXPECT_THAT(pair.events_of<MessageReceived>(right), SizeIs(1));
}

TEST(HandshakeTest, PacketsWithAWrongTagPortOrChecksumAreDropped) {
  LinkedAssociations pair;
  pair.connect();
  const auto abort = [](PacketWriter& packet) {
    ASSERT_TRUE(encode(ErrorChunk{.abort = true}, packet));
  };
  const auto reflected = [](PacketWriter& packet) {
    ASSERT_TRUE(encode(ErrorChunk{.abort = true, .tag_reflected = true}, packet));
  };

  pair.forge(right, abort, pair.tag_to(right) + 1);
  pair.forge(right, abort, pair.tag_to(left));
  pair.forge(right, reflected, pair.tag_to(right));
  pair.inject(right, Bytes{1, 2, 3});
  EXPECT_EQ(pair[right].stats().foreign_packets, 3);
  EXPECT_EQ(pair[right].stats().malformed_packets, 1);
  EXPECT_TRUE(pair.is_established());

  // The T bit says that the tag is the sender's own (RFC 9260 section 8.5.1).
  pair.forge(right, reflected, pair.tag_to(left));
  EXPECT_EQ(reason_of(pair, right), CloseReason::aborted_by_peer);
}

TEST(HandshakeTest, ExtensionsNeedBothSides) {
  LinkedAssociations pair(1, {.interleaving = false, .partial_reliability = false}, {});
  pair.connect();

  pair[right].send(1, Ppid::binary, {1}, {.max_retransmits = 0}, pair.now());
  std::vector<ChunkType> types;
  note_chunks(pair, left, types);
  pair.run_for(1s);

  EXPECT_THAT(types, testing::Contains(ChunkType::data));
  EXPECT_THAT(pair.events_of<MessageReceived>(left), SizeIs(1));
}

TEST(HandshakeTest, ClosesWithoutAWordBeforeThePeerIsKnown) {
  LinkedAssociations pair;
  pair.link().loss = 1'000;
  pair[left].connect(pair.now());

  pair[left].abort("Not needed any more.");
  pair.flush();

  EXPECT_EQ(reason_of(pair, left), CloseReason::aborted_here);
  EXPECT_EQ(pair[left].send(1, Ppid::binary, {1}, {}, pair.now()), SendStatus::not_open);
}

TEST(HandshakeTest, APeerThatInterleavesButCannotSkipThoseMessagesGetsIDataAndAllOfIt) {
  const std::array<ChunkType, 1> types = {ChunkType::i_data};
  std::array<std::uint8_t, 64> room{};
  TlvWriter list(room);
  ASSERT_TRUE(append(list, ParameterType::forward_tsn_supported));
  ASSERT_TRUE(append_extensions(list, types));

  const auto peer = describe_peer({.initiate_tag = 1,
                                   .window = 100'000,
                                   .outbound_streams = 1,
                                   .inbound_streams = 1,
                                   .parameters = list.written()});

  ASSERT_TRUE(peer);
  EXPECT_TRUE(peer->extensions.interleaving);
  EXPECT_FALSE(peer->extensions.partial_reliability);
}

}  // namespace
}  // namespace pigeon::sctp
