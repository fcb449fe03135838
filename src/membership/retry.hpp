#pragma once

#include <algorithm>
#include <cstdint>

#include "base/random.hpp"
#include "base/time.hpp"
#include "membership/membership_options.hpp"

namespace pigeon::membership {

/// Between `whole` and one and a half of it, so that peers that failed together do not try again
/// together.
inline Duration with_jitter(Duration whole, Random& random) {
  return whole + Duration(random.below(static_cast<std::uint64_t>(whole.count()) / 2 + 1));
}

/// The wait after the given number of failures in a row, 1 or more: doubled each time up to
/// `retry_max`, before jitter.
inline Duration retry_wait(unsigned failures, const MembershipOptions& options, Random& random) {
  Duration wait = options.retry_first;
  for (unsigned i = 1; i < failures && wait < options.retry_max; ++i) wait *= 2;
  return with_jitter(std::min(wait, options.retry_max), random);
}

/// The wait after an open link broke: the peer was there a moment ago.
inline Duration reconnect_wait(const MembershipOptions& options, Random& random) {
  return with_jitter(options.retry_first / 2, random);
}

}  // namespace pigeon::membership
