#pragma once

#include <chrono>

#include "base/time.hpp"

namespace pigeon::net {

/// The present moment of the machine's clocks.
Now read_clock();

/// An instant as the event loop's timers want it. `Instant::max()` stays the end of time.
std::chrono::steady_clock::time_point to_steady(Instant instant);

}  // namespace pigeon::net
