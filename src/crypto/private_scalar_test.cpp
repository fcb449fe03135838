#include "crypto/private_scalar.hpp"

#include <algorithm>
#include <new>

#include <gtest/gtest.h>

namespace pigeon::crypto {
namespace {

constexpr std::string_view ones_text = "ERERERERERERERERERERERERERERERERERERERERERE";

PrivateScalar ones() {
  std::array<std::uint8_t, PrivateScalar::byte_count> bytes{};
  bytes.fill(0x11);
  return PrivateScalar(bytes);
}

TEST(PrivateScalarTest, HasTheTextOfUnsea) {
  EXPECT_EQ(ones().to_text(), ones_text);
  EXPECT_EQ(PrivateScalar::parse(ones_text), ones());
}

TEST(PrivateScalarTest, RefusesOtherTexts) {
  for (std::size_t size = 0; size < ones_text.size(); ++size) {
    EXPECT_EQ(PrivateScalar::parse(ones_text.substr(0, size)), std::nullopt) << size;
  }
  const std::string text(ones_text);
  EXPECT_EQ(PrivateScalar::parse(text + "E"), std::nullopt);
  EXPECT_EQ(PrivateScalar::parse(text + "="), std::nullopt);
  EXPECT_EQ(PrivateScalar::parse(text.substr(1) + "="), std::nullopt);
  EXPECT_EQ(PrivateScalar::parse(text.substr(1) + " "), std::nullopt);
  // A bit after the last byte.
  EXPECT_EQ(PrivateScalar::parse(text.substr(1) + "F"), std::nullopt);
}

TEST(PrivateScalarTest, LeavesNothingBehind) {
  alignas(PrivateScalar) std::array<std::uint8_t, sizeof(PrivateScalar)> memory{};
  auto* scalar = new (memory.data()) PrivateScalar(ones());
  ASSERT_EQ(std::count(memory.begin(), memory.end(), 0x11), 32);

  scalar->~PrivateScalar();

  EXPECT_EQ(std::count(memory.begin(), memory.end(), 0x11), 0);
}

}  // namespace
}  // namespace pigeon::crypto
