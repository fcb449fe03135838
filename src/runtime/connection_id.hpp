#pragma once

#include <cstddef>
#include <cstdint>

#include "hub/input.hpp"

namespace pigeon::runtime {

using hub::ConnectionId;

/// The parts of a connection's id: the loop that owns it (8 bits), its place there (24 bits), and
/// how often that place was used before (32 bits), so that no id is used twice.
struct ConnectionPlace {
  static constexpr std::size_t loops_max = std::size_t{1} << 8U;
  static constexpr std::size_t slots_max = std::size_t{1} << 24U;

  std::uint8_t loop = 0;
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;

  static constexpr ConnectionPlace of(ConnectionId id) {
    const auto bits = static_cast<std::uint64_t>(id);
    return {.loop = static_cast<std::uint8_t>(bits >> 56U),
            .slot = static_cast<std::uint32_t>(bits >> 32U) & 0xffffffU,
            .generation = static_cast<std::uint32_t>(bits)};
  }

  constexpr ConnectionId id() const {
    return ConnectionId{std::uint64_t{loop} << 56U | std::uint64_t{slot} << 32U | generation};
  }
};

}  // namespace pigeon::runtime
