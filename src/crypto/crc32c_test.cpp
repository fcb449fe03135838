#include "crypto/crc32c.hpp"

#include <cstddef>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon::crypto {
namespace {

class Crc32cTest : public testing::TestWithParam<bool> {
 protected:
  static std::uint32_t crc(BytesView bytes) {
    return GetParam() ? crc32c_by_tables(bytes) : crc32c(bytes);
  }
};

INSTANTIATE_TEST_SUITE_P(BothWays, Crc32cTest, testing::Bool());

Bytes counted(std::uint8_t first, int step) {
  Bytes bytes;
  int next = first;
  for (int i = 0; i < 32; ++i, next += step) bytes.push_back(static_cast<std::uint8_t>(next));
  return bytes;
}

// RFC 3720 appendix B.4; there the bytes stand in the order of the wire.
TEST_P(Crc32cTest, AgreesWithRfc3720) {
  EXPECT_EQ(crc(Bytes(32, 0x00)), 0x8a9136aaU);
  EXPECT_EQ(crc(Bytes(32, 0xff)), 0x62a8ab43U);
  EXPECT_EQ(crc(counted(0, 1)), 0x46dd794eU);
  EXPECT_EQ(crc(counted(31, -1)), 0x113fdb5cU);

  Bytes read_command(48, 0);
  read_command[0] = 0x01;
  read_command[1] = 0xc0;
  read_command[16] = 0x14;
  read_command[22] = 0x04;
  read_command[27] = 0x14;
  read_command[31] = 0x18;
  read_command[32] = 0x28;
  read_command[40] = 0x02;
  EXPECT_EQ(crc(read_command), 0xd9963a56U);
}

TEST_P(Crc32cTest, KnowsTheCheckValueOfTheCatalogues) {
  EXPECT_EQ(crc(as_bytes("123456789")), 0xe3069283U);
  EXPECT_EQ(crc({}), 0U);
}

TEST(Crc32cByAnyMeansTest, GivesTheSameForEveryLengthAndOffset) {
  Random random = Random::from_number(1);
  Bytes bytes(5'000);
  random.fill(bytes);

  for (std::size_t size = 0; size < 1'700; ++size) {
    const BytesView part = BytesView(bytes).subspan(random.below(9), size);
    const auto before = static_cast<std::uint32_t>(random.next_u64());
    ASSERT_EQ(crc32c(part, before), crc32c_by_tables(part, before)) << size;
  }
  for (int run = 0; run < 500; ++run) {
    const std::size_t offset = random.below(bytes.size());
    const BytesView part = BytesView(bytes).subspan(offset, random.below(bytes.size() - offset));
    ASSERT_EQ(crc32c(part), crc32c_by_tables(part)) << offset << ' ' << part.size();
  }
}

TEST(Crc32cByAnyMeansTest, DoesNotDependOnHowTheTextIsCut) {
  Random random = Random::from_number(2);
  Bytes bytes(1'000);
  random.fill(bytes);
  const std::uint32_t whole = crc32c(bytes);

  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const BytesView text = bytes;
    ASSERT_EQ(crc32c(text.subspan(cut), crc32c(text.first(cut))), whole);
    ASSERT_EQ(crc32c_by_tables(text.subspan(cut), crc32c_by_tables(text.first(cut))), whole);
  }
}

}  // namespace
}  // namespace pigeon::crypto
