#pragma once

namespace pigeon::detail {
/// Prints the broken assumption and ends the program.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}  // namespace pigeon::detail

/// States what can only be false through a bug of ours. Checked in every build.
#define PIGEON_ASSERT(condition) \
  (static_cast<bool>(condition)  \
       ? static_cast<void>(0)    \
       : ::pigeon::detail::assertion_failed(#condition, __FILE__, __LINE__))
