#pragma once

#include <cstdint>

namespace pigeon::runtime {

/// Lets this process have as many descriptors as it may (RLIMIT_NOFILE); gives their number.
std::uint64_t raise_descriptor_limit();

/// Bytes of this process in the machine's memory; 0 if the system does not say.
std::uint64_t resident_bytes();

/// Gives freed memory back to the system as far as that is possible.
void trim_memory();

}  // namespace pigeon::runtime
