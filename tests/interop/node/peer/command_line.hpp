#pragma once

#include <string>

#include "pigeon/node_options.hpp"
#include "pigeon/result.hpp"

namespace pigeon::interop {

/// Options of the peer from `--name value` pairs, as ../README.md lists them. The error is a
/// sentence.
Result<NodeOptions, std::string> read_command_line(int count, char** arguments);

}  // namespace pigeon::interop
