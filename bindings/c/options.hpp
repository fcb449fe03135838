#pragma once

#include <cstring>
#include <string>

#include "pigeon/node_options.hpp"
#include "pigeon/pigeon.h"

namespace pigeon::c {

/// Overwrites a text that may be a password, also if nobody reads it again.
inline void wipe(std::string& text) { ::explicit_bzero(text.data(), text.size()); }

}  // namespace pigeon::c

struct pigeon_node_options {
  pigeon::NodeOptions options;

  pigeon_node_options() = default;
  ~pigeon_node_options() { pigeon::c::wipe(options.identity_password); }
  pigeon_node_options(const pigeon_node_options&) = delete;
  pigeon_node_options& operator=(const pigeon_node_options&) = delete;
};
