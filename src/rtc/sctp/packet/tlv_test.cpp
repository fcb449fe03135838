#include "rtc/sctp/packet/tlv.hpp"

#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/sctp/packet/parameter.hpp"

namespace pigeon::sctp {
namespace {

using testing::ElementsAre;

std::vector<std::uint16_t> types(const TlvList& list) {
  std::vector<std::uint16_t> found;
  for (const Tlv& item : list) found.push_back(item.type);
  return found;
}

TEST(TlvTest, WritesPaddingBetweenButNotBehind) {
  std::array<std::uint8_t, 16> room{};
  room.fill(0xee);
  TlvWriter writer(room);

  EXPECT_TRUE(writer.append(7, as_bytes("abc")));
  EXPECT_TRUE(writer.append(0xc000, as_bytes("d")));

  const BytesView written = writer.written().bytes();
  EXPECT_THAT(Bytes(written.begin(), written.end()),
              ElementsAre(0, 7, 0, 7, 'a', 'b', 'c', 0, 0xc0, 0, 0, 5, 'd'));
}

TEST(TlvTest, RefusesWhatDoesNotFitAndKeepsTheRest) {
  std::array<std::uint8_t, 12> room{};
  TlvWriter writer(room);
  EXPECT_TRUE(writer.append(1, as_bytes("a")));

  EXPECT_FALSE(writer.append(2, as_bytes("a")));

  EXPECT_TRUE(writer.append(3, {}));
  EXPECT_FALSE(writer.append(4, {}));
  EXPECT_THAT(types(writer.written()), ElementsAre(1, 3));
}

TEST(TlvTest, RefusesAValueBeyondTheLengthField) {
  Bytes room(70'000);
  TlvWriter writer(room);

  EXPECT_FALSE(writer.append(1, Bytes(65'532)));
  EXPECT_TRUE(writer.append(1, Bytes(65'531)));
}

TEST(TlvTest, ReadsWithAndWithoutTheLastPadding) {
  const Bytes padded_list = {0, 1, 0, 5, 9, 0, 0, 0, 0x80, 8, 0, 6, 1, 2, 0, 0};

  for (const std::size_t size : {14U, 15U, 16U}) {
    const auto list = TlvList::parse(BytesView(padded_list).first(size));
    ASSERT_TRUE(list);
    EXPECT_THAT(types(*list), ElementsAre(1, 0x8008));
    EXPECT_EQ(list->find(0x8008)->value.size(), 2U);
    EXPECT_EQ(list->find(1)->whole.size(), 5U);
  }
  EXPECT_FALSE(TlvList::parse(BytesView(padded_list).first(13)));
}

TEST(TlvTest, RefusesLengthsOutOfBounds) {
  EXPECT_FALSE(TlvList::parse(Bytes{0, 1, 0}));
  EXPECT_FALSE(TlvList::parse(Bytes{0, 1, 0, 3}));
  EXPECT_FALSE(TlvList::parse(Bytes{0, 1, 0, 0}));
  EXPECT_FALSE(TlvList::parse(Bytes{0, 1, 0, 5}));
  EXPECT_TRUE(TlvList::parse(Bytes{}));
}

TEST(ParameterTest, ListsTheSupportedExtensions) {
  std::array<std::uint8_t, 64> room{};
  TlvWriter writer(room);
  const std::array extensions = {ChunkType::re_config, ChunkType::forward_tsn};
  ASSERT_TRUE(append_extensions(writer, extensions));
  ASSERT_TRUE(append(writer, ParameterType::forward_tsn_supported));
  ASSERT_TRUE(append_u32(writer, ParameterType::zero_checksum_acceptable, error_detection_by_dtls));
  const auto list = TlvList::parse(writer.written().bytes());
  ASSERT_TRUE(list);

  EXPECT_TRUE(has_extension(*list, ChunkType::re_config));
  EXPECT_FALSE(has_extension(*list, ChunkType::i_data));
  EXPECT_TRUE(find(*list, ParameterType::forward_tsn_supported));
  EXPECT_FALSE(find(*list, ParameterType::state_cookie));
  EXPECT_EQ(decode_u32(*find(*list, ParameterType::zero_checksum_acceptable)),
            error_detection_by_dtls);
  EXPECT_FALSE(decode_u32(*find(*list, ParameterType::supported_extensions)));
}

// RFC 9260 section 3.2.1.
TEST(ParameterTest, TheHighestBitsSayWhatToDoAboutAnUnknownOne) {
  EXPECT_EQ(unknown_rule(ParameterType{0x0100}), (UnknownRule{.stop = true, .report = false}));
  EXPECT_EQ(unknown_rule(ParameterType{0x4100}), (UnknownRule{.stop = true, .report = true}));
  EXPECT_EQ(unknown_rule(ParameterType{0x8100}), (UnknownRule{.stop = false, .report = false}));
  EXPECT_EQ(unknown_rule(ParameterType{0xc100}), (UnknownRule{.stop = false, .report = true}));
}

}  // namespace
}  // namespace pigeon::sctp
