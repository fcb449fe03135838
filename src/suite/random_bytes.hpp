#pragma once

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "pigeon/result.hpp"
#include "suite/suite_error.hpp"

namespace pigeon::suite {

/// Fills the whole span with bytes fit for keys.
Result<void, SuiteError> random_bytes(MutableBytesView out);

/// A seed for the core's `Random`. Ends the program if the operating system has no randomness:
/// nothing could be done safely after that.
Random::Seed random_seed();

}  // namespace pigeon::suite
