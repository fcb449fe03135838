#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/socket_address.hpp"
#include "base/time.hpp"

namespace pigeon::ice {

/// How the client speaks with the TURN server; the relay speaks UDP with the peers either way.
enum class TurnTransport : std::uint8_t { udp, tcp };

/// A TURN server and the account there, as an `iceServers` entry names them.
struct TurnServer {
  SocketAddress address;
  TurnTransport transport = TurnTransport::udp;
  /// UTF-8, up to `turn_username_size_max` bytes. Empty for a server that asks for no credentials.
  std::string username;
  std::string password;
  /// Asked of the server at allocation and refresh; it may grant another. RFC 8656 section 3.2.
  std::chrono::seconds lifetime = 600s;
  /// Asks for a relayed address of IPv6 instead of IPv4; a relay reaches peers of its own family
  /// only (RFC 8656 section 7.1).
  bool relay_v6 = false;
};

/// RFC 8489 section 14.3: a user name has less than 509 bytes.
constexpr std::size_t turn_username_size_max = 508;
/// Addresses with a permission; `permit` refuses more.
constexpr std::size_t turn_permission_count_max = 64;
/// Peers with a channel; `bind_channel` refuses more.
constexpr std::size_t turn_channel_count_max = 64;
/// Requests without an answer; more wait until one is answered.
constexpr std::size_t turn_transaction_count_max = 32;
/// What `TurnAllocation::wrap` puts around a payload at most: a Send indication with an IPv6 peer
/// address (20 + 24 + 4) and the padding.
constexpr std::size_t turn_overhead_max = 51;

enum class TurnState : std::uint8_t {
  idle,
  allocating,
  /// There is a relayed address.
  ready,
  /// The server has been asked to forget the allocation.
  releasing,
  /// Given back, or failed; nothing happens any more.
  ended,
};

/// Why there is no allocation, or no permission.
enum class TurnError : std::uint8_t {
  bad_credentials,
  allocation_mismatch,
  quota_reached,
  insufficient_capacity,
  alternate_server,
  forbidden,
  family_not_supported,
  transport_not_supported,
  refused,
  malformed_answer,
  integrity_violated,
  no_answer,
  expired,
  broken_stream,
  disconnected,
};

/// A sentence for the log of an application.
std::string_view to_string(TurnError error);

/// The server has given a relayed address.
struct TurnReady {
  /// Where peers send to: the relayed candidate.
  SocketAddress relayed;
  /// This end as the server sees it: the candidate's related address, and over UDP a
  /// server-reflexive candidate.
  SocketAddress mapped;

  friend bool operator==(const TurnReady&, const TurnReady&) = default;
};

/// There is no allocation, or no longer. The last event.
struct TurnFailed {
  TurnError error = TurnError::refused;
  /// The STUN error code of the server's answer, 0 if it was not an answer.
  std::uint16_t code = 0;

  friend bool operator==(const TurnFailed&, const TurnFailed&) = default;
};

/// The allocation has been given back. The last event.
struct TurnReleased {
  friend bool operator==(const TurnReleased&, const TurnReleased&) = default;
};

/// From now on the relay forwards to and from the peer's IP address.
struct TurnPeerPermitted {
  SocketAddress peer;

  friend bool operator==(const TurnPeerPermitted&, const TurnPeerPermitted&) = default;
};

/// The relay will not, or no longer, forward to and from the peer's IP address. The allocation
/// stays; `permit` may be called again.
struct TurnPeerRefused {
  SocketAddress peer;
  TurnError error = TurnError::refused;
  std::uint16_t code = 0;

  friend bool operator==(const TurnPeerRefused&, const TurnPeerRefused&) = default;
};

using TurnEvent =
    std::variant<TurnReady, TurnFailed, TurnReleased, TurnPeerPermitted, TurnPeerRefused>;

/// What the relay has brought from a peer.
struct RelayedDatagram {
  SocketAddress peer;
  BytesView payload;
};

/// What was dropped, and how often the server was asked again.
struct TurnCounters {
  std::uint64_t requests = 0;
  std::uint64_t retransmissions = 0;
  std::uint64_t stale_nonces = 0;
  /// Neither STUN nor ChannelData, or cut short.
  std::uint64_t malformed = 0;
  /// An answer to nothing that was asked, or a message that a server does not send.
  std::uint64_t unexpected = 0;
  std::uint64_t bad_integrity = 0;
  /// Data on an unbound channel or of a peer without permission (RFC 8656 sections 11.4, 12.6).
  std::uint64_t unpermitted = 0;
};

}  // namespace pigeon::ice
