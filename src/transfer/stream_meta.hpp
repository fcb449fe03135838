#pragma once

#include <string>

#include "base/random.hpp"
#include "base/time.hpp"
#include "transfer/transfer_effect.hpp"

namespace pigeon::transfer {

/// Whether every receiver of this project reads it.
bool fits(const StreamMeta& meta);

/// A name as upstream's peers make them: `stream`, the time in milliseconds and seven digits of
/// base 36, with `mark` between them.
std::string make_stream_id(char mark, Random& random, Now now);

}  // namespace pigeon::transfer
