#pragma once

#include <cstddef>

namespace pigeon::test {

/// Bytes that this process has in use.
std::size_t used_bytes();

}  // namespace pigeon::test
