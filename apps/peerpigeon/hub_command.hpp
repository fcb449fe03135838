#pragma once

#include "apps/peerpigeon/invocation.hpp"
#include "apps/pigeonhub/command.hpp"

namespace peerpigeon {

/// What pigeonhub would do with the flags and the variables that count for it.
pigeon::Result<pigeonhub::Command, SettingsError> hub_command(const Invocation& invocation);

}  // namespace peerpigeon
