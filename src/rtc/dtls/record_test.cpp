#include "rtc/dtls/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::dtls {
namespace {

using ::testing::ElementsAre;

// An alert of epoch 0 and a record of one byte of application data of epoch 1, in one datagram.
const Bytes two_records = {21, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 7, 0, 2, 1, 90,
                           23, 0xfe, 0xfd, 0, 1, 1, 2, 3, 4, 5, 6, 0, 1, 42};

TEST(RecordTest, TakesRecordsOneByOne) {
  BytesView rest = two_records;

  const auto first = take_record(rest);
  const auto second = take_record(rest);

  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, ContentType::alert);
  EXPECT_EQ(first->epoch, 0);
  EXPECT_EQ(first->sequence, 7U);
  EXPECT_THAT(first->fragment, ElementsAre(1, 90));
  EXPECT_EQ(first->whole.size(), 15U);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->type, ContentType::application_data);
  EXPECT_EQ(second->epoch, 1);
  EXPECT_EQ(second->sequence, 0x010203040506U);
  EXPECT_THAT(second->fragment, ElementsAre(42));
  EXPECT_TRUE(rest.empty());
  EXPECT_FALSE(take_record(rest));
}

TEST(RecordTest, TakesNothingFromAnyTruncation) {
  for (std::size_t size = 0; size < 15; ++size) {
    BytesView rest = BytesView(two_records).first(size);
    EXPECT_FALSE(take_record(rest)) << size;
  }
}

TEST(RecordTest, RefusesOtherTypesAndVersions) {
  for (const auto& [index, value] : {std::pair<std::size_t, std::uint8_t>{0, 19},
                                     {0, 24},
                                     {0, 128},
                                     {1, 3},
                                     {2, 0xfc},
                                     {2, 3}}) {
    Bytes bytes = two_records;
    bytes[index] = value;
    BytesView rest = bytes;
    EXPECT_FALSE(take_record(rest)) << index << ' ' << int{value};
  }
}

TEST(RecordTest, WritesWhatItReads) {
  Bytes written(record_header_size + 1, 42);
  write_record_header(written, ContentType::application_data, 1, 0x010203040506U, 1);

  EXPECT_TRUE(std::ranges::equal(written, BytesView(two_records).subspan(15)));
}

}  // namespace
}  // namespace pigeon::dtls
