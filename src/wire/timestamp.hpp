#pragma once

#include <cstdint>
#include <string>

namespace pigeon::wire {

/// `2026-01-31T12:34:56.789Z` (ISO 8601, UTC) for milliseconds since the Unix epoch.
std::string iso_timestamp(std::int64_t wall_ms);

}  // namespace pigeon::wire
