#pragma once

#include <cstddef>
#include <cstdint>

namespace pigeon::wire {

/// Nesting of objects and arrays that a signaling message may have.
inline constexpr std::size_t json_depth_max = 32;
/// Bytes of one signaling message, as upstream's servers since 1.0 enforce it.
inline constexpr std::size_t message_bytes_max = 1'048'576;
/// Bytes of a namespace name. Upstream has no bound.
inline constexpr std::size_t network_name_bytes_max = 256;
/// Bytes of an unknown type that an error reply repeats.
inline constexpr std::size_t echoed_type_bytes_max = 64;

/// The greatest whole number up to which JavaScript tells all apart: 2^53.
inline constexpr std::uint64_t json_integer_max = std::uint64_t{1} << 53U;

/// The namespace of a client that names none.
inline constexpr const char* default_network = "global";

}  // namespace pigeon::wire
