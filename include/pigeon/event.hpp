#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

namespace pigeon {

// Events of a hub, named as upstream's PeerPigeonServer names them. Peer ids are spelled as their
// owners spell them.

/// The hub listens.
struct HubStarted {
  std::string host;
  std::uint16_t port = 0;
  bool secure = false;
};

/// The hub has closed every connection.
struct HubStopped {};

/// A client with a valid id has connected.
struct HubPeerConnected {
  std::string peer_id;
  std::size_t total_connections = 0;
};

/// A client's connection has ended. `code` is the WebSocket close code, 1006 if there was none.
struct HubPeerDisconnected {
  std::string peer_id;
  std::uint16_t code = 0;
  std::string reason;
  std::size_t total_connections = 0;
};

/// A client has announced itself in a namespace.
struct HubPeerAnnounced {
  std::string peer_id;
  std::string network;
};

/// A client has said goodbye; its connection may stay.
struct HubPeerGoodbye {
  std::string peer_id;
};

/// Clients were refused because a limit of connections was reached: so many since the last event of
/// this limit, of which there is at most one in ten seconds.
struct HubClientsRefused {
  /// `connections_max`, `connections_per_address` or `connects_per_address`.
  std::string limit;
  std::uint64_t count = 0;
};

/// Something went wrong that an operator should know. A sentence.
struct HubError {
  std::string message;
};

using HubEvent = std::variant<HubStarted, HubStopped, HubPeerConnected, HubPeerDisconnected,
                              HubPeerAnnounced, HubPeerGoodbye, HubClientsRefused, HubError>;

}  // namespace pigeon
