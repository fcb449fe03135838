#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace pigeon::crypto {

/// Takes `bytes` into a CRC32C (Castagnoli; RFC 3720 section 12.1, RFC 9260 appendix A) of what
/// came before; starts from 0. However a text is cut into calls, the result is the same. Uses the
/// processor's instructions if it has them.
std::uint32_t crc32c(BytesView bytes, std::uint32_t before = 0);

/// The same by tables alone. For tests; `crc32c` uses it where the processor has no instructions.
std::uint32_t crc32c_by_tables(BytesView bytes, std::uint32_t before = 0);

}  // namespace pigeon::crypto
