#include "wire/byte_array.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

class ByteArrayTest : public ::testing::Test {
 protected:
  std::optional<Bytes> read(std::string_view text, std::size_t count_max = 1'000) {
    const auto value = reader_.parse(text);
    EXPECT_TRUE(value) << text;
    return value ? read_byte_array(*value, count_max) : std::nullopt;
  }
  JsonReader reader_;
};

TEST_F(ByteArrayTest, EveryByteRoundTrips) {
  Bytes bytes;
  for (unsigned value = 0; value < 256; ++value) bytes.push_back(static_cast<std::uint8_t>(value));
  std::string text = "x";

  append_byte_array(text, bytes);

  EXPECT_TRUE(text.starts_with("x[0,1,2,3,4,5,6,7,8,9,10,11,"));
  EXPECT_TRUE(text.ends_with(",254,255]"));
  EXPECT_THAT(read(text.substr(1)), Optional(bytes));
}

TEST_F(ByteArrayTest, TakesNoMemoryForWhiteSpace) {
  const auto bytes = read("[1" + std::string(100'000, ' ') + ",2]", 65'536);
  EXPECT_THAT(bytes, Optional(ElementsAre(1, 2)));
  EXPECT_LE(bytes->capacity(), 16U);
}

TEST_F(ByteArrayTest, NothingIsAnEmptyArray) {
  std::string text;
  append_byte_array(text, {});
  EXPECT_EQ(text, "[]");
  EXPECT_THAT(read("[]", 0), Optional(Bytes{}));
  EXPECT_THAT(read(" [ \n] "), Optional(Bytes{}));
}

TEST_F(ByteArrayTest, WhiteSpaceCountsForNothing) {
  EXPECT_THAT(read("[ 0\t,\r\n255 , 17]"), Optional(ElementsAre(0, 255, 17)));
}

TEST_F(ByteArrayTest, AnythingElseIsRefused) {
  for (const char* text :
       {"[256]", "[1000]", "[-1]", "[-0]", "[1.5]", "[1e1]", "[1,\"1\"]", "[[1]]", "[1,null]",
        "[true]", "{\"0\":1}", "\"[1]\"", "1", "null", "[99999999999999999999]"}) {
    EXPECT_FALSE(read(text)) << text;
  }
  EXPECT_FALSE(read_byte_array({}, 10));
}

TEST_F(ByteArrayTest, TheCountIsBounded) {
  EXPECT_TRUE(read("[1,2,3]", 3));
  EXPECT_FALSE(read("[1,2,3]", 2));
}

}  // namespace
}  // namespace pigeon::wire
