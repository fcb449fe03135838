#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pigeon/result.hpp"

namespace pigeon::signaling {

/// Bytes that the URL of a hub may have.
inline constexpr std::size_t hub_url_bytes_max = 2'048;

/// The address at which a hub is asked for a WebSocket (PeerPigeon protocol, section 2.1): `http`
/// becomes `ws` and `https` becomes `wss`, the query parameter `peerId` is set and all others are
/// kept. Two spellings of one address give one text: scheme and host in lower case, no default
/// port, no fragment. The error is a sentence with the cause and the next step.
Result<std::string, std::string> hub_url(std::string_view given, std::string_view peer_id);

}  // namespace pigeon::signaling
