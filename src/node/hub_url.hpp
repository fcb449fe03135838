#pragma once

#include "signaling/hub_url.hpp"

namespace pigeon::node {

/// The URL at which a node asks a hub for a WebSocket, for those who want to ask as it does.
using signaling::hub_url;

}  // namespace pigeon::node
