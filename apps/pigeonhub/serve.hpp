#pragma once

#include "apps/pigeonhub/command.hpp"
#include "pigeon/hub.hpp"

namespace pigeonhub {

/// Runs a hub until a signal stops it. Returns the program's exit status.
int serve(const Command& command);

/// What is printed once the hub listens, with the next steps.
std::string listening_sentence(const pigeon::HubAddress& address, bool secure);

/// A sentence if strangers can reach this address and nothing protects the connections; else empty.
std::string exposure_warning(const pigeon::HubAddress& address, bool secure);

}  // namespace pigeonhub
