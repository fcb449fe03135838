#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.hpp"

namespace pigeon::sim {

/// A running hash over everything observable in a run (FNV-1a, 64 bits). Two runs that behave alike
/// have the same; it finds differences and does not resist forgery.
class Trace {
 public:
  void note(Instant at, std::uint64_t subject, std::string_view text) {
    mix(static_cast<std::uint64_t>(at.time_since_epoch().count()));
    mix(subject);
    for (const char c : text) mix_byte(static_cast<std::uint8_t>(c));
  }

  std::uint64_t hash() const { return hash_; }

 private:
  void mix_byte(std::uint8_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3ULL; }
  void mix(std::uint64_t value) {
    for (int i = 0; i < 8; ++i) mix_byte(static_cast<std::uint8_t>(value >> (8 * i)));
  }

  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

}  // namespace pigeon::sim
