#pragma once

#include <string>
#include <string_view>

#include "pigeon/result.hpp"
#include "suite/node_identity.hpp"

namespace pigeon::runtime {

/// The keys of a node: out of the file (`NodeOptions::identity_file`), which is made with new ones
/// if it does not exist; with an empty path, new ones that live as long as the value. With a
/// password the file is locked by it, without one it is not; a file of the other kind is an error.
/// Nodes that open a file at once get the same keys. The error is a sentence with the cause and the
/// next step.
Result<suite::NodeIdentity, std::string> open_identity(const std::string& path,
                                                       std::string_view password = {});

}  // namespace pigeon::runtime
