#include "suite/seeded_openssl.hpp"

#include <cstddef>

// The interface of generators as providers would need a whole provider for this.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>

#include "base/assert.hpp"

namespace pigeon::suite {

namespace {

Random& stream() {
  static Random random = Random::from_number(0);
  return random;
}

int draw(unsigned char* out, int size) {
  stream().fill({out, static_cast<std::size_t>(size)});
  return 1;
}

int is_seeded() { return 1; }

}  // namespace

void seed_openssl(const Random& random) {
  stream() = random;
  static constexpr RAND_METHOD method = {nullptr, draw, nullptr, nullptr, draw, is_seeded};
  PIGEON_ASSERT(RAND_set_rand_method(&method) == 1);
}

}  // namespace pigeon::suite
