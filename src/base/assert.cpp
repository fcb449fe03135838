#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace pigeon::detail {

// The one place below the drivers that prints: the process is ending and nobody is left to tell.
void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "Internal error: '%s' does not hold at %s:%d. Please report this.\n",
               condition, file, line);
  std::abort();
}

}  // namespace pigeon::detail
