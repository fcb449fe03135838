#pragma once

#include <chrono>
#include <string>

#include "pigeon/result.hpp"

namespace peerpigeon {

/// The body of a HTTP answer with status 200 or 503, of at most 64 KiB. Waits at most this long
/// from the moment that the name has an address; looking it up takes as long as the system lets it.
/// The error is a sentence.
pigeon::Result<std::string, std::string> get_over_http(const std::string& host,
                                                       const std::string& port,
                                                       const std::string& path,
                                                       std::chrono::milliseconds time_max);

}  // namespace peerpigeon
