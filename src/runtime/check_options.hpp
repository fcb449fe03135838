#pragma once

#include <optional>
#include <string>

#include "pigeon/options.hpp"

namespace pigeon::runtime {

/// The first thing that is wrong with the options, as a sentence that names the field; nothing if
/// they can be used.
std::optional<std::string> check_options(const HubOptions& options);

}  // namespace pigeon::runtime
