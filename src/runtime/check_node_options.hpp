#pragma once

#include <optional>
#include <string>

#include "pigeon/node_options.hpp"

namespace pigeon::runtime {

/// The first thing that is wrong with the options, as a sentence that names the field; nothing if
/// they can be used. Files are not looked at.
std::optional<std::string> check_node_options(const NodeOptions& options);

/// The same for `NodeOptions::addresses`.
std::optional<std::string> check_addresses(const RtcLoopOptions& addresses);

}  // namespace pigeon::runtime
