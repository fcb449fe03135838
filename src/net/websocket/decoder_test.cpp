#include "net/websocket/decoder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "net/websocket/codec_testing.hpp"
#include "net/websocket/frame.hpp"

// The rules of RFC 6455, frame by frame. How streams may be cut, and what memory they take, is
// tested in decoder_stream_test.cpp.

namespace pigeon::net::websocket {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = LoggedEvent::Kind;
using Events = std::vector<LoggedEvent>;

LoggedEvent text(std::string_view payload) {
  return {.kind = Kind::text, .payload = std::string(payload)};
}

LoggedEvent binary(std::string_view payload) {
  return {.kind = Kind::binary, .payload = std::string(payload)};
}

LoggedEvent ping(std::string_view payload) {
  return {.kind = Kind::ping, .payload = std::string(payload)};
}

LoggedEvent pong(std::string_view payload) {
  return {.kind = Kind::pong, .payload = std::string(payload)};
}

LoggedEvent close(CloseCode code, std::string_view reason = {}) {
  return {.kind = Kind::close, .code = code, .payload = std::string(reason)};
}

LoggedEvent error(CloseCode code, std::string_view sentence) {
  return {.kind = Kind::error, .code = code, .payload = std::string(sentence)};
}

LoggedEvent protocol_error(std::string_view sentence) {
  return error(CloseCode::protocol_error, sentence);
}

constexpr std::array both_roles = {Role::server, Role::client};

/// A frame whose first byte and payload are free to be wrong.
Bytes raw_frame(Role reader, unsigned first_byte, std::string_view payload) {
  Bytes frame;
  append_frame(frame, reader, Opcode::text, as_bytes(payload));
  frame[0] = static_cast<std::uint8_t>(first_byte);
  return frame;
}

Bytes operator+(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// RFC 6455 section 5.7.
TEST(DecoderTest, ReadsTheExamplesOfTheRfc) {
  const Bytes hello = {0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f};
  const Bytes masked_hello = {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58};
  const Bytes fragmented = {0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f};
  const Bytes ping_hello = {0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f};
  const Bytes masked_pong = {0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58};
  const Bytes data_256 = Bytes{0x82, 0x7e, 0x01, 0x00} + Bytes(256, 'x');
  const Bytes data_64k = Bytes{0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0} + Bytes(65'536, 'y');

  EXPECT_THAT(decode_at_once(Role::client, hello), ElementsAre(text("Hello")));
  EXPECT_THAT(decode_at_once(Role::server, masked_hello), ElementsAre(text("Hello")));
  EXPECT_THAT(decode_at_once(Role::client, fragmented), ElementsAre(text("Hello")));
  EXPECT_THAT(decode_at_once(Role::client, ping_hello), ElementsAre(ping("Hello")));
  EXPECT_THAT(decode_at_once(Role::server, masked_pong), ElementsAre(pong("Hello")));
  EXPECT_THAT(decode_at_once(Role::client, data_256), ElementsAre(binary(std::string(256, 'x'))));
  EXPECT_THAT(decode_at_once(Role::client, data_64k),
              ElementsAre(binary(std::string(65'536, 'y'))));
}

TEST(DecoderTest, ReadsManyFramesAtOnceInTheirOrder) {
  for (const Role role : both_roles) {
    Bytes stream;
    append_frame(stream, role, Opcode::text, as_bytes("one"));
    append_frame(stream, role, Opcode::ping, {});
    append_frame(stream, role, Opcode::binary, as_bytes("two"));
    append_frame(stream, role, Opcode::text, {});
    append_frame(stream, role, Opcode::close, {});

    EXPECT_THAT(decode_at_once(role, stream), ElementsAre(text("one"), ping(""), binary("two"),
                                                          text(""), close(CloseCode::no_status)));
  }
}

TEST(DecoderTest, ReportsControlFramesBetweenFragmentsFirst) {
  for (const Role role : both_roles) {
    Bytes stream;
    append_frame(stream, role, Opcode::text, as_bytes("co"), false);
    append_frame(stream, role, Opcode::ping, as_bytes("1"));
    append_frame(stream, role, Opcode::continuation, {}, false);
    append_frame(stream, role, Opcode::pong, as_bytes("2"));
    append_frame(stream, role, Opcode::continuation, as_bytes("o"));
    append_frame(stream, role, Opcode::binary, as_bytes("rest"));

    EXPECT_THAT(decode_at_once(role, stream),
                ElementsAre(ping("1"), pong("2"), text("coo"), binary("rest")));
  }
}

TEST(DecoderTest, ReportsACloseBetweenFragmentsAndDropsTheMessage) {
  Bytes stream;
  append_frame(stream, Role::server, Opcode::text, as_bytes("never finished"), false);
  append_frame(stream, Role::server, Opcode::close, as_bytes("\x03\xe9"));
  append_frame(stream, Role::server, Opcode::continuation, as_bytes("ignored"));
  Decoder decoder(Role::server);
  EventLog log;

  feed(decoder, stream, log);

  EXPECT_THAT(log.events(), ElementsAre(close(CloseCode::going_away)));
  EXPECT_TRUE(decoder.finished());
  EXPECT_EQ(decoder.buffered_bytes(), 0U);
}

TEST(DecoderTest, RefusesReservedBits) {
  for (const Role role : both_roles) {
    for (const unsigned bit : {0x40U, 0x20U, 0x10U, 0x70U}) {
      for (const unsigned opcode : {0x81U, 0x82U, 0x88U, 0x89U, 0x8aU}) {
        EXPECT_THAT(decode_at_once(role, raw_frame(role, opcode | bit, "")),
                    ElementsAre(protocol_error("Reserved bit set")));
      }
    }
  }
}

TEST(DecoderTest, RefusesReservedOpcodes) {
  for (const Role role : both_roles) {
    for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
      for (const unsigned final : {0x80U, 0U}) {
        EXPECT_THAT(decode_at_once(role, raw_frame(role, final | opcode, "x")),
                    ElementsAre(protocol_error("Reserved opcode")));
      }
    }
  }
}

TEST(DecoderTest, DemandsMaskedFramesFromClientsOnly) {
  EXPECT_THAT(decode_at_once(Role::server, raw_frame(Role::client, 0x81, "x")),
              ElementsAre(protocol_error("Unmasked frame from a client")));
  EXPECT_THAT(decode_at_once(Role::client, raw_frame(Role::server, 0x81, "x")),
              ElementsAre(protocol_error("Masked frame from a server")));
}

TEST(DecoderTest, RefusesFragmentedAndLongControlFrames) {
  const std::string longest(125, 'x');
  for (const Role role : both_roles) {
    for (const unsigned opcode : {8U, 9U, 10U}) {
      EXPECT_THAT(decode_at_once(role, raw_frame(role, opcode, "")),
                  ElementsAre(protocol_error("Fragmented control frame")));
      EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x80 | opcode, longest + "x")),
                  ElementsAre(protocol_error("Control frame too long")));
      EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x80 | opcode, std::string(65'536, 'x'))),
                  ElementsAre(protocol_error("Control frame too long")));
    }
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x89, longest)), ElementsAre(ping(longest)));
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x8a, longest)), ElementsAre(pong(longest)));
  }
}

TEST(DecoderTest, RefusesContinuationsWithoutAMessage) {
  const LoggedEvent wrong = protocol_error("Continuation without a message");
  for (const Role role : both_roles) {
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x80, "x")), ElementsAre(wrong));
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x00, "x")), ElementsAre(wrong));
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x81, "done") + raw_frame(role, 0x80, "x")),
                ElementsAre(text("done"), wrong));
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x01, "a") + raw_frame(role, 0x80, "b") +
                                         raw_frame(role, 0x80, "c")),
                ElementsAre(text("ab"), wrong));
  }
}

TEST(DecoderTest, RefusesANewMessageInsideAFragmentedOne) {
  for (const Role role : both_roles) {
    for (const unsigned first_byte : {0x01U, 0x02U, 0x81U, 0x82U}) {
      // The empty first fragment leaves nothing in the buffer that could give the message away.
      for (const std::string_view fragment : {"a", ""}) {
        EXPECT_THAT(decode_at_once(
                        role, raw_frame(role, 0x01, fragment) + raw_frame(role, first_byte, "b")),
                    ElementsAre(protocol_error("Message inside a fragmented message")));
      }
    }
  }
}

TEST(DecoderTest, RefusesLengthsThatAreNotInTheirShortestForm) {
  const LoggedEvent wrong = protocol_error("Frame length not in its shortest form");
  EXPECT_THAT(decode_at_once(Role::client, Bytes{0x82, 126, 0, 0}), ElementsAre(wrong));
  EXPECT_THAT(decode_at_once(Role::client, Bytes{0x82, 126, 0, 125}), ElementsAre(wrong));
  EXPECT_THAT(decode_at_once(Role::client, Bytes{0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0}),
              ElementsAre(wrong));
  EXPECT_THAT(decode_at_once(Role::client, Bytes{0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff}),
              ElementsAre(wrong));
  EXPECT_THAT(decode_at_once(Role::server, Bytes{0x82, 0xfe, 0, 125}), ElementsAre(wrong));

  EXPECT_THAT(decode_at_once(Role::client, Bytes{0x82, 126, 0, 126}), IsEmpty());
  EXPECT_THAT(decode_at_once(Role::client, Bytes{0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}), IsEmpty());
}

TEST(DecoderTest, RefusesLengthsBeyond63Bits) {
  EXPECT_THAT(decode_at_once(Role::client, Bytes{0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0}),
              ElementsAre(protocol_error("Frame length has its top bit set")));
  EXPECT_THAT(decode_at_once(Role::server,
                             Bytes{0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
              ElementsAre(protocol_error("Frame length has its top bit set")));
}

TEST(DecoderTest, RefusesATooBigMessageByItsHeader) {
  const LoggedEvent wrong = error(CloseCode::message_too_big, "Message too big");
  const DecoderOptions options{.message_bytes_max = 200};
  for (const Role role : both_roles) {
    const Bytes fits = raw_frame(role, 0x82, std::string(200, 'x'));
    EXPECT_THAT(decode_at_once(role, fits, options), ElementsAre(binary(std::string(200, 'x'))));

    Bytes header = raw_frame(role, 0x82, std::string(201, 'x'));
    header.resize(4);
    EXPECT_THAT(decode_at_once(role, header, options), ElementsAre(wrong));
  }
  EXPECT_THAT(decode_at_once(Role::client,
                             Bytes{0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
              ElementsAre(wrong));
  // What exceeds 32 bits must not be cut to them.
  EXPECT_THAT(decode_at_once(Role::client, Bytes{0x82, 127, 0, 0, 0, 1, 0, 0, 0, 1}),
              ElementsAre(wrong));
}

TEST(DecoderTest, CountsTheSizeOfAMessageOverItsFragments) {
  const DecoderOptions options{.message_bytes_max = 8};
  const Role role = Role::server;
  const Bytes seven = raw_frame(role, 0x01, "1234") + raw_frame(role, 0x00, "567");
  const Bytes ping_between = raw_frame(role, 0x89, "does not count");

  EXPECT_THAT(decode_at_once(role, seven + ping_between + raw_frame(role, 0x80, "8"), options),
              ElementsAre(ping("does not count"), text("12345678")));
  EXPECT_THAT(
      decode_at_once(role, seven + ping_between + raw_frame(role, 0x80, "89"), options),
      ElementsAre(ping("does not count"), error(CloseCode::message_too_big, "Message too big")));
  EXPECT_THAT(decode_at_once(role, seven + raw_frame(role, 0x80, "8") + seven, options),
              ElementsAre(text("12345678")));
}

TEST(DecoderTest, BoundsEmptyFragmentsPerMessage) {
  for (const Role role : both_roles) {
    Bytes stream = raw_frame(role, 0x01, "");
    for (int i = 1; i < Decoder::empty_fragment_count_max; ++i) {
      stream = std::move(stream) + raw_frame(role, 0x00, "");
    }
    const Bytes message = stream + raw_frame(role, 0x80, "end");
    const Bytes empty_message = stream + raw_frame(role, 0x80, "");

    EXPECT_THAT(decode_at_once(role, message + message), ElementsAre(text("end"), text("end")));
    EXPECT_THAT(decode_at_once(role, empty_message), ElementsAre(text("")));
    EXPECT_THAT(
        decode_at_once(role, stream + raw_frame(role, 0x00, "x") + raw_frame(role, 0x00, "")),
        ElementsAre(error(CloseCode::policy_violation, "Too many empty fragments")));
  }
}

TEST(DecoderTest, RefusesTextThatIsNotUtf8ButNotBinary) {
  for (const Role role : both_roles) {
    for (const std::string_view wrong :
         {"\xff", "ab\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
      EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x81, wrong)),
                  ElementsAre(error(CloseCode::invalid_payload, "Text is not valid UTF-8")));
      EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x82, wrong)), ElementsAre(binary(wrong)));
    }
    EXPECT_THAT(
        decode_at_once(role, raw_frame(role, 0x81, "ab\xe2\x82")),
        ElementsAre(error(CloseCode::invalid_payload, "Text ends inside a UTF-8 character")));
    EXPECT_THAT(
        decode_at_once(role, raw_frame(role, 0x01, "\xe2") + raw_frame(role, 0x80, "")),
        ElementsAre(error(CloseCode::invalid_payload, "Text ends inside a UTF-8 character")));
  }
}

TEST(DecoderTest, ValidatesTextAcrossFragments) {
  for (const Role role : both_roles) {
    EXPECT_THAT(
        decode_at_once(role, raw_frame(role, 0x01, "\xf0\x9f") + raw_frame(role, 0x89, "\xff") +
                                 raw_frame(role, 0x00, "\x95") + raw_frame(role, 0x80, "\x8a")),
        ElementsAre(ping("\xff"), text("\xf0\x9f\x95\x8a")));
    // An unfinished character does not reach into the next message.
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x82, "\xf0") + raw_frame(role, 0x81, "a")),
                ElementsAre(binary("\xf0"), text("a")));
  }
}

TEST(DecoderTest, RefusesBadTextBeforeItsFrameIsComplete) {
  Bytes start = raw_frame(Role::server, 0x01, std::string("good\xff") + std::string(1'000, 'x'));
  start.resize(8 + 5);

  EXPECT_THAT(decode_at_once(Role::server, start),
              ElementsAre(error(CloseCode::invalid_payload, "Text is not valid UTF-8")));
  EXPECT_THAT(decode_at_once(Role::server, BytesView(start).first(start.size() - 1)), IsEmpty());
}

TEST(DecoderTest, ReadsCloseFrames) {
  for (const Role role : both_roles) {
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x88, "")),
                ElementsAre(close(CloseCode::no_status)));
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x88, "\x03\xe8")),
                ElementsAre(close(CloseCode::normal)));
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x88, "\x03\xe9gone \xf0\x9f\x95\x8a")),
                ElementsAre(close(CloseCode::going_away, "gone \xf0\x9f\x95\x8a")));
    EXPECT_THAT(decode_at_once(role, raw_frame(role, 0x88, "\x03")),
                ElementsAre(protocol_error("Close frame of one byte")));
    for (const std::string_view reason : {"\xff", "cut \xf0\x9f\x95"}) {
      EXPECT_THAT(
          decode_at_once(role, raw_frame(role, 0x88, "\x03\xe8" + std::string(reason))),
          ElementsAre(error(CloseCode::invalid_payload, "Close reason is not valid UTF-8")));
    }
  }
}

TEST(DecoderTest, AcceptsOnlyCloseCodesThatMayBeSent) {
  for (unsigned code = 0; code <= 0xffff; ++code) {
    const std::string payload = {static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
    const Events events = decode_at_once(Role::client, raw_frame(Role::client, 0x88, payload));

    const auto expected = may_be_sent(static_cast<CloseCode>(code))
                              ? close(static_cast<CloseCode>(code))
                              : protocol_error("Invalid close code");
    ASSERT_THAT(events, ElementsAre(expected)) << code;
  }
}

TEST(DecoderTest, IgnoresWhatFollowsACloseOrAnError) {
  for (const Role role : both_roles) {
    for (const Bytes& last : {raw_frame(role, 0x88, ""), raw_frame(role, 0x83, "")}) {
      Decoder decoder(role);
      EventLog log;
      feed(decoder, last + raw_frame(role, 0x81, "late"), log);
      feed(decoder, raw_frame(role, 0x81, "later"), log);

      EXPECT_EQ(log.events().size(), 1U);
      EXPECT_TRUE(decoder.finished());
    }
  }
}

TEST(DecoderTest, ErrorSentencesFitIntoACloseFrame) {
  const Events events = decode_at_once(Role::server, raw_frame(Role::client, 0x81, ""));
  ASSERT_EQ(events.size(), 1U);
  const ControlFrame frame = encode_close(events[0].code, events[0].payload);

  EXPECT_THAT(decode_at_once(Role::client, frame.view()),
              ElementsAre(close(events[0].code, events[0].payload)));
}

TEST(DecoderTest, ReadsWhatTheEncoderWrites) {
  const MaskKey key = {0xff, 0x00, 0x5a, 0xa5};
  for (const Role role : both_roles) {
    const auto mask = role == Role::server ? std::optional(key) : std::nullopt;
    Bytes stream;
    for (const ControlFrame& frame :
         {encode_ping(as_bytes("p"), mask), encode_pong(Bytes(125, 'q'), mask),
          encode_close(CloseCode::try_again_later, "later", mask)}) {
      stream.insert(stream.end(), frame.view().begin(), frame.view().end());
    }

    EXPECT_THAT(decode_at_once(role, stream),
                ElementsAre(ping("p"), pong(std::string(125, 'q')),
                            close(CloseCode::try_again_later, "later")));
  }
}

TEST(DecoderTest, ReadsMessagesOfEverySizeClassUnderMasksAtEveryAlignment) {
  for (const std::size_t size :
       {0U, 1U, 7U, 8U, 31U, 32U, 33U, 125U, 126U, 127U, 1'000U, 65'535U, 65'536U, 1'048'576U}) {
    std::string payload(size, 'a');
    for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>('a' + i % 23);
    for (std::size_t shift = 0; shift < 8; ++shift) {
      // A ping in front moves the payload against the start of the memory.
      Bytes stream;
      append_frame(stream, Role::server, Opcode::ping, Bytes(shift));
      append_frame(stream, Role::server, Opcode::text, as_bytes(payload), true, {1, 2, 3, 4});

      const Events events = decode_at_once(Role::server, stream);

      ASSERT_EQ(events.size(), 2U);
      ASSERT_EQ(events[1], text(payload));
    }
  }
}

}  // namespace
}  // namespace pigeon::net::websocket
