#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "net/websocket/codec_testing.hpp"
#include "net/websocket/decoder.hpp"
#include "net/websocket/frame.hpp"

// How the decoder copes with streams that are cut anywhere, and what memory it holds meanwhile.

namespace pigeon::net::websocket {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = LoggedEvent::Kind;
using Events = std::vector<LoggedEvent>;

constexpr std::array both_roles = {Role::server, Role::client};
// What the decoder may hold beyond twice of what has arrived: room for a control frame, and
// padding.
constexpr std::size_t slack = control_payload_bytes_max + Decoder::payload_padding;

/// A stream and what it must be decoded to.
struct Scenario {
  Bytes stream;
  Events events;
};

std::string random_text(Random& random, std::size_t count) {
  constexpr std::array<std::string_view, 6> characters = {
      "a", "Z", "\"", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x95\x8a"};
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += characters[random.below(characters.size())];
  return text;
}

void append_random_control(Scenario& scenario, Role reader, Random& random) {
  Bytes payload(random.below(control_payload_bytes_max + 1));
  random.fill(payload);
  const bool is_ping = random.chance(1, 2);
  MaskKey key{};
  random.fill(key);
  append_frame(scenario.stream, reader, is_ping ? Opcode::ping : Opcode::pong, payload, true, key);
  scenario.events.push_back(
      {.kind = is_ping ? Kind::ping : Kind::pong, .payload = std::string(as_text(payload))});
}

/// A message in up to five fragments cut anywhere, with control frames between them.
void append_random_message(Scenario& scenario, Role reader, Random& random) {
  const bool is_text = random.chance(1, 2);
  std::string payload = random_text(random, random.below(random.chance(1, 8) ? 400 : 40));
  if (!is_text) payload += "\xff";
  BytesView rest = as_bytes(payload);
  Opcode opcode = is_text ? Opcode::text : Opcode::binary;
  for (std::uint64_t more = random.below(5); more > 0; --more) {
    const std::size_t size = random.below(rest.size() + 1);
    MaskKey key{};
    random.fill(key);
    append_frame(scenario.stream, reader, opcode, rest.first(size), false, key);
    rest = rest.subspan(size);
    opcode = Opcode::continuation;
    if (random.chance(1, 3)) append_random_control(scenario, reader, random);
  }
  append_frame(scenario.stream, reader, opcode, rest);
  scenario.events.push_back({.kind = is_text ? Kind::text : Kind::binary, .payload = payload});
}

Scenario make_scenario(Role reader, std::uint64_t seed) {
  Random random = Random::from_number(seed);
  Scenario scenario;
  for (int i = 0; i < 4; ++i) {
    append_random_message(scenario, reader, random);
    if (random.chance(1, 3)) append_random_control(scenario, reader, random);
  }
  append_frame(scenario.stream, reader, Opcode::close,
               as_bytes("\x03\xe9"
                        "bye"));
  scenario.events.push_back({.kind = Kind::close, .code = CloseCode::going_away, .payload = "bye"});
  return scenario;
}

Events decode_bytewise(Role role, BytesView stream, DecoderOptions options = {}) {
  return decode_in_pieces(role, options, stream, [] { return std::size_t{1}; });
}

Events decode_cut_at(Role role, BytesView stream, std::size_t cut) {
  Decoder decoder(role);
  EventLog log;
  feed(decoder, stream.first(cut), log);
  feed(decoder, stream.subspan(cut), log);
  return log.events();
}

TEST(DecoderStreamTest, GivesTheSameEventsHoweverTheStreamIsCut) {
  for (const Role role : both_roles) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      SCOPED_TRACE(seed);
      const auto [stream, expected] = make_scenario(role, seed);
      Random random = Random::from_number(seed + 1'000);

      EXPECT_EQ(decode_at_once(role, stream), expected);
      EXPECT_EQ(decode_bytewise(role, stream), expected);
      for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(decode_in_pieces(role, {}, stream, [&] { return random.below(40); }), expected);
      }
      for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        ASSERT_EQ(decode_cut_at(role, stream, cut), expected) << "cut at " << cut;
      }
    }
  }
}

TEST(DecoderStreamTest, GivesTheSameErrorsHoweverABrokenStreamIsCut) {
  const DecoderOptions options{.message_bytes_max = 600};
  std::set<CloseCode> errors_seen;
  for (const Role role : both_roles) {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      SCOPED_TRACE(seed);
      Bytes stream = make_scenario(role, seed).stream;
      Random random = Random::from_number(seed + 2'000);
      for (int flips = 0; flips < 3; ++flips) {
        stream[random.below(stream.size())] ^= static_cast<std::uint8_t>(1 + random.below(255));
      }
      const Events expected = decode_at_once(role, stream, options);

      EXPECT_EQ(decode_bytewise(role, stream, options), expected);
      for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(decode_in_pieces(role, options, stream, [&] { return random.below(60); }),
                  expected);
      }
      if (!expected.empty() && expected.back().kind == Kind::error) {
        errors_seen.insert(expected.back().code);
      }
    }
  }
  EXPECT_THAT(errors_seen, ElementsAre(CloseCode::protocol_error, CloseCode::invalid_payload,
                                       CloseCode::message_too_big));
}

TEST(DecoderStreamTest, ATruncatedStreamGivesABeginningOfTheEvents) {
  for (const Role role : both_roles) {
    const auto [stream, expected] = make_scenario(role, 5);
    std::size_t count_before = 0;
    for (std::size_t size = 0; size < stream.size(); ++size) {
      const Events events = decode_bytewise(role, BytesView(stream).first(size));

      ASSERT_LT(events.size(), expected.size());
      ASSERT_TRUE(std::equal(events.begin(), events.end(), expected.begin())) << size;
      ASSERT_GE(events.size(), count_before);
      count_before = events.size();
    }
  }
}

TEST(DecoderStreamTest, IsSmallAndHoldsNothingWhenIdle) {
  Decoder decoder(Role::server);
  EventLog log;
  EXPECT_LE(sizeof(Decoder), 64U);
  EXPECT_EQ(decoder.buffered_bytes(), 0U);

  for (const std::uint8_t byte : make_scenario(Role::server, 3).stream) {
    feed(decoder, BytesView(&byte, 1), log);
  }

  EXPECT_TRUE(decoder.finished());
  EXPECT_EQ(decoder.buffered_bytes(), 0U);
}

/// Notes where payloads lie.
struct PlaceSink {
  void message(Opcode, BytesView payload) { places.push_back(payload); }
  void ping(BytesView payload) { places.push_back(payload); }
  void pong(BytesView payload) { places.push_back(payload); }
  void close(std::optional<CloseCode>, std::string_view) {}
  void error(CloseCode, std::string_view) {}

  std::vector<BytesView> places;
};

TEST(DecoderStreamTest, ReportsAWholeFrameWithoutCopying) {
  Bytes stream;
  append_frame(stream, Role::server, Opcode::text, Bytes(1'000, 'a'));
  const std::size_t second_at = stream.size() + 6;
  append_frame(stream, Role::server, Opcode::ping, Bytes(10, 'b'));
  Decoder decoder(Role::server);
  PlaceSink sink;

  // The header alone arrives first, which takes no buffer either.
  decoder.decode(MutableBytesView(stream).first(8), sink);
  EXPECT_EQ(decoder.buffered_bytes(), 0U);
  decoder.decode(MutableBytesView(stream).subspan(8), sink);

  ASSERT_EQ(sink.places.size(), 2U);
  EXPECT_EQ(sink.places[0].data(), stream.data() + 8);
  EXPECT_EQ(sink.places[1].data(), stream.data() + second_at);
  EXPECT_EQ(decoder.buffered_bytes(), 0U);
}

TEST(DecoderStreamTest, ReservesNothingForAHeadersClaim) {
  Bytes claim;
  append_frame(claim, Role::server, Opcode::binary, Bytes(1'048'576));
  Decoder decoder(Role::server);
  EventLog log;

  feed(decoder, BytesView(claim).first(14), log);
  EXPECT_EQ(decoder.buffered_bytes(), 0U);
  feed(decoder, BytesView(claim).subspan(14, 100), log);

  EXPECT_LE(decoder.buffered_bytes(), 200 + slack);
  EXPECT_THAT(log.events(), IsEmpty());
}

TEST(DecoderStreamTest, HoldsAtMostTwiceWhatHasArrived) {
  constexpr std::size_t message_bytes_max = 10'000;
  for (const bool final : {true, false}) {
    Bytes frame;
    append_frame(frame, Role::client, Opcode::binary, Bytes(message_bytes_max), final);
    Decoder decoder(Role::client, {.message_bytes_max = message_bytes_max});
    EventLog log;
    for (std::size_t arrived = 0; arrived + 1 < frame.size(); ++arrived) {
      feed(decoder, BytesView(frame).subspan(arrived, 1), log);

      ASSERT_LE(decoder.buffered_bytes(), 2 * (arrived + 1) + slack);
      ASSERT_LE(decoder.buffered_bytes(), message_bytes_max + slack);
    }
  }
}

TEST(DecoderStreamTest, HoldsNoMoreThanTheMessageCanBecome) {
  Bytes frame;
  append_frame(frame, Role::client, Opcode::binary, Bytes(1'000));
  Decoder decoder(Role::client);
  EventLog log;

  feed(decoder, BytesView(frame).first(900), log);

  EXPECT_LE(decoder.buffered_bytes(), 1'000 + slack);
}

TEST(DecoderStreamTest, GrowsRarelyUnderFragmentsOfOneByte) {
  constexpr std::size_t count = 1'000'000;
  Decoder decoder(Role::server);
  EventLog log;
  std::set<std::size_t> capacities;
  Bytes fragment;
  for (std::size_t i = 0; i < count; ++i) {
    fragment.clear();
    append_frame(fragment, Role::server, i == 0 ? Opcode::text : Opcode::continuation,
                 as_bytes("x"), i + 1 == count);
    feed(decoder, fragment, log);
    capacities.insert(decoder.buffered_bytes());
  }

  EXPECT_LE(capacities.size(), 24U);
  ASSERT_EQ(log.events().size(), 1U);
  EXPECT_EQ(log.events()[0].payload, std::string(count, 'x'));
  EXPECT_EQ(decoder.buffered_bytes(), 0U);
}

TEST(DecoderStreamTest, EndsFragmentsWithoutEndAtTheLimit) {
  Decoder decoder(Role::server, {.message_bytes_max = 5'000});
  EventLog log;
  Bytes fragment;
  append_frame(fragment, Role::server, Opcode::binary, as_bytes("12345678"), false);
  feed(decoder, fragment, log);
  fragment[0] = 0;
  for (int i = 0; i < 1'000 && !decoder.finished(); ++i) {
    feed(decoder, fragment, log);
    ASSERT_LE(decoder.buffered_bytes(), 5'000 + slack);
  }

  EXPECT_THAT(log.events(), ElementsAre(LoggedEvent{.kind = Kind::error,
                                                    .code = CloseCode::message_too_big,
                                                    .payload = "Message too big"}));
  EXPECT_EQ(decoder.buffered_bytes(), 0U);
}

// A control frame is assembled behind the message; if that moved the message each time, every byte
// of it would cost a copy of the message.
TEST(DecoderStreamTest, DoesNotMoveALargeMessageForControlFramesThatDribbleIn) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{1'000}, std::size_t{65'536}}) {
    Bytes start;
    append_frame(start, Role::server, Opcode::binary, Bytes(size, 'm'), false);
    Bytes ping;
    append_frame(ping, Role::server, Opcode::ping, Bytes(control_payload_bytes_max, 'p'));
    Decoder decoder(Role::server, {.message_bytes_max = 65'536});
    EventLog log;
    feed(decoder, start, log);
    const std::size_t held = decoder.buffered_bytes();

    for (int i = 0; i < 3; ++i) {
      for (const std::uint8_t& byte : ping) {
        feed(decoder, BytesView(&byte, 1), log);
        ASSERT_EQ(decoder.buffered_bytes(), held);
      }
    }

    EXPECT_EQ(log.events().size(), 3U);
  }
}

/// Reads the promised bytes behind each message.
struct PaddingSink : EventLog {
  void message(Opcode opcode, BytesView payload) {
    EventLog::message(opcode, payload);
    const std::uint8_t* end = payload.data() + payload.size();
    for (std::size_t i = 0; i < Decoder::payload_padding; ++i) {
      sum = static_cast<std::uint8_t>(sum + end[i]);
    }
  }

  std::uint8_t sum = 0;
};

TEST(DecoderStreamTest, LeavesReadableBytesBehindMessages) {
  for (std::size_t size = 0; size < 600; ++size) {
    Bytes stream;
    append_frame(stream, Role::server, Opcode::text, Bytes(size, 'x'));
    for (const std::size_t cut : {std::size_t{0}, stream.size() / 2, stream.size() - 1}) {
      Bytes input = stream;
      input.resize(stream.size() + Decoder::payload_padding);
      Decoder decoder(Role::server);
      PaddingSink sink;
      decoder.decode(MutableBytesView(input).first(cut), sink);
      decoder.decode(MutableBytesView(input).subspan(cut, stream.size() - cut), sink);

      ASSERT_EQ(sink.events().size(), 1U);
      ASSERT_EQ(sink.events()[0].payload, std::string(size, 'x'));
    }
  }
}

}  // namespace
}  // namespace pigeon::net::websocket
