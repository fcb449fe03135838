#include "suite/random_bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include <openssl/rand.h>

#include "base/assert.hpp"
#include "suite/openssl.hpp"

namespace pigeon::suite {

Result<void, SuiteError> random_bytes(MutableBytesView out) {
  constexpr std::size_t piece_max = std::numeric_limits<int>::max();
  const ErrorQueueGuard guard;
  while (!out.empty()) {
    const std::size_t size = std::min(out.size(), piece_max);
    if (RAND_bytes(out.data(), static_cast<int>(size)) != 1) {
      return Unexpected(SuiteError::no_randomness);
    }
    out = out.subspan(size);
  }
  return {};
}

Random::Seed random_seed() {
  Random::Seed seed{};
  const bool seeded = random_bytes(seed).has_value();
  PIGEON_ASSERT(seeded);
  return seed;
}

}  // namespace pigeon::suite
