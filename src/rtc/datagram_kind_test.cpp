#include "rtc/datagram_kind.hpp"

#include <array>

#include <gtest/gtest.h>

namespace pigeon::rtc {
namespace {

// RFC 7983 section 7.
DatagramKind expected(unsigned first) {
  if (first < 4) return DatagramKind::stun;
  if (first < 20) return DatagramKind::unknown;
  if (first < 64) return DatagramKind::dtls;
  if (first < 80) return DatagramKind::turn_channel;
  if (first < 128) return DatagramKind::unknown;
  return first < 192 ? DatagramKind::media : DatagramKind::unknown;
}

TEST(DatagramKindTest, IsToldByTheFirstByte) {
  for (unsigned first = 0; first < 256; ++first) {
    const std::array<std::uint8_t, 2> datagram = {static_cast<std::uint8_t>(first), 0};

    EXPECT_EQ(kind_of(datagram), expected(first)) << first;
  }
  EXPECT_EQ(kind_of({}), DatagramKind::unknown);
}

}  // namespace
}  // namespace pigeon::rtc
