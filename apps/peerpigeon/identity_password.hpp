#pragma once

#include <string>

#include "apps/peerpigeon/settings.hpp"
#include "pigeon/result.hpp"
// For `pigeon::Wiper`, too.
#include "runtime/password_file.hpp"

namespace peerpigeon {

/// The password of the key file, out of the file that the settings name; empty if they name none.
/// Whoever keeps it wipes it. The error is a sentence.
pigeon::Result<std::string, std::string> read_identity_password(const Settings& settings);

}  // namespace peerpigeon
