#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "pigeon/id.hpp"

namespace pigeon {

/// The exclusive-or of two ids: their distance in Kademlia's metric, compared as an unsigned
/// integer (Maymounkov and Mazieres 2002, section 2.1).
using Distance = Id<struct DistanceTag, PeerId::byte_count>;

/// The one distance of this project.
constexpr Distance distance(const PeerId& a, const PeerId& b) {
  std::array<std::uint8_t, PeerId::byte_count> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(a.bytes()[i] ^ b.bytes()[i]);
  }
  return Distance(bytes);
}

/// Number of leading bits that two ids share, 0 to 160: the index of the bucket that one occupies
/// as seen from the other. 160 means that they are equal.
constexpr std::size_t common_prefix_bits(const PeerId& a, const PeerId& b) {
  const Distance d = distance(a, b);
  for (std::size_t i = 0; i < d.bytes().size(); ++i) {
    if (d.bytes()[i] != 0) return 8 * i + static_cast<std::size_t>(std::countl_zero(d.bytes()[i]));
  }
  return 8 * PeerId::byte_count;
}

}  // namespace pigeon
