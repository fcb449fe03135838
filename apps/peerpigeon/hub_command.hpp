#pragma once

#include <string>

#include "apps/peerpigeon/invocation.hpp"
#include "apps/pigeonhub/command.hpp"
#include "pigeon/hub.hpp"

namespace peerpigeon {

/// What pigeonhub would do with the flags and the variables that count for it.
pigeon::Result<pigeonhub::Command, SettingsError> hub_command(const Invocation& invocation);

/// Where clients on this machine reach a hub that listens at `host`.
std::string host_to_ask(const std::string& host);

/// The same as a URL.
std::string hub_url(const pigeon::HubAddress& address, bool is_secure);

}  // namespace peerpigeon
