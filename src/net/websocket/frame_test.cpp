#include "net/websocket/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "base/random.hpp"

namespace pigeon::net::websocket {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

constexpr MaskKey rfc_key = {0x37, 0xfa, 0x21, 0x3d};

// RFC 6455 section 5.7.
TEST(FrameTest, WritesTheHeadersOfTheRfc) {
  EXPECT_THAT(encode_header(Opcode::text, 5).view(), ElementsAre(0x81, 0x05));
  EXPECT_THAT(encode_header(Opcode::text, 5, rfc_key).view(),
              ElementsAre(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d));
  EXPECT_THAT(encode_header(Opcode::text, 3, {}, false).view(), ElementsAre(0x01, 0x03));
  EXPECT_THAT(encode_header(Opcode::continuation, 2).view(), ElementsAre(0x80, 0x02));
  EXPECT_THAT(encode_header(Opcode::binary, 256).view(), ElementsAre(0x82, 0x7e, 0x01, 0x00));
  EXPECT_THAT(encode_header(Opcode::binary, 65'536).view(),
              ElementsAre(0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0));
}

TEST(FrameTest, WritesLengthsInTheirShortestForm) {
  EXPECT_THAT(encode_header(Opcode::binary, 0).view(), ElementsAre(0x82, 0));
  EXPECT_THAT(encode_header(Opcode::binary, 125).view(), ElementsAre(0x82, 125));
  EXPECT_THAT(encode_header(Opcode::binary, 126).view(), ElementsAre(0x82, 126, 0, 126));
  EXPECT_THAT(encode_header(Opcode::binary, 65'535).view(), ElementsAre(0x82, 126, 0xff, 0xff));
  EXPECT_THAT(encode_header(Opcode::binary, 0x7fff'ffff'ffff'ffff, rfc_key).view(),
              ElementsAre(0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  //
                          0x37, 0xfa, 0x21, 0x3d));
}

TEST(FrameTest, WritesPingAndPongOfTheRfc) {
  EXPECT_THAT(encode_ping(as_bytes("Hello")).view(),
              ElementsAre(0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f));
  EXPECT_THAT(encode_pong(as_bytes("Hello"), rfc_key).view(),
              ElementsAre(0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58));
}

TEST(FrameTest, WritesTheLargestControlFrame) {
  const Bytes payload(control_payload_bytes_max, 'x');

  EXPECT_EQ(encode_ping(payload).size, 2 + control_payload_bytes_max);
  EXPECT_EQ(encode_ping(payload, rfc_key).size, 2 + 4 + control_payload_bytes_max);
  EXPECT_DEATH(encode_ping(Bytes(control_payload_bytes_max + 1)), "Internal error");
}

TEST(FrameTest, WritesCloseFrames) {
  EXPECT_THAT(encode_close(std::nullopt, "dropped").view(), ElementsAre(0x88, 0));
  EXPECT_THAT(encode_close(std::nullopt, {}, rfc_key).view(),
              ElementsAre(0x88, 0x80, 0x37, 0xfa, 0x21, 0x3d));
  EXPECT_THAT(encode_close(CloseCode::normal).view(), ElementsAre(0x88, 2, 0x03, 0xe8));
  EXPECT_THAT(encode_close(CloseCode::going_away, "bye").view(),
              ElementsAre(0x88, 5, 0x03, 0xe9, 'b', 'y', 'e'));
  EXPECT_THAT(
      encode_close(static_cast<CloseCode>(4999), "a", rfc_key).view(),
      ElementsAre(0x88, 0x83, 0x37, 0xfa, 0x21, 0x3d, 0x13 ^ 0x37, 0x87 ^ 0xfa, 'a' ^ 0x21));
  EXPECT_DEATH(encode_close(CloseCode::no_status), "Internal error");
}

TEST(FrameTest, CutsALongCloseReasonBetweenCharacters) {
  const std::string fits(123, 'a');
  EXPECT_EQ(as_text(encode_close(CloseCode::normal, fits).view().subspan(4)), fits);
  EXPECT_EQ(as_text(encode_close(CloseCode::normal, fits + "b").view().subspan(4)), fits);

  const std::string dove = "\xf0\x9f\x95\x8a";
  for (std::size_t before = 0; before < 4; ++before) {
    const std::string start(119 + before, 'a');
    const std::string expected = before == 0 ? start + dove : start;
    EXPECT_EQ(as_text(encode_close(CloseCode::normal, start + dove + "tail").view().subspan(4)),
              expected);
  }
}

TEST(FrameTest, KnowsWhichCloseCodesMayBeSent) {
  for (unsigned code = 0; code <= 0xffff; ++code) {
    const bool registered =
        code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
    const bool open_to_all = code >= 3000 && code <= 4999;
    EXPECT_EQ(may_be_sent(static_cast<CloseCode>(code)), registered || open_to_all) << code;
  }
}

TEST(FrameTest, MasksAtEveryAlignmentOffsetAndSize) {
  Random random = Random::from_number(1);
  Bytes original(160);
  random.fill(original);
  const MaskKey key = {0x01, 0x80, 0xfe, 0x55};
  for (std::size_t start = 0; start < 16; ++start) {
    for (std::size_t offset = 0; offset < 9; ++offset) {
      for (std::size_t size = 0; size + start <= 120; ++size) {
        Bytes expected = original;
        for (std::size_t i = 0; i < size; ++i) expected[start + i] ^= key[(offset + i) % 4];

        Bytes masked = original;
        apply_mask(MutableBytesView(masked).subspan(start, size), key, offset);

        ASSERT_THAT(masked, ElementsAreArray(expected)) << start << ' ' << offset << ' ' << size;
      }
    }
  }
}

TEST(FrameTest, MaskingInPiecesIsMaskingAtOnce) {
  Bytes whole(100, 7);
  apply_mask(whole, rfc_key);
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    Bytes pieces(100, 7);
    apply_mask(MutableBytesView(pieces).first(cut), rfc_key);
    apply_mask(MutableBytesView(pieces).subspan(cut), rfc_key, cut);

    EXPECT_EQ(pieces, whole) << cut;
  }
}

}  // namespace
}  // namespace pigeon::net::websocket
