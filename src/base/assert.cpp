#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace pigeon::detail {

#ifdef __wasm__

// There is nothing to print to. Who runs the module gets an error with the names of the calls.
void assertion_failed(const char* /*condition*/, const char* /*file*/, int /*line*/) {
  __builtin_trap();
}

#else

// The one place below the drivers that prints: the process is ending and nobody is left to tell.
void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "Internal error: '%s' does not hold at %s:%d. Please report this.\n",
               condition, file, line);
  std::abort();
}

#endif

}  // namespace pigeon::detail
