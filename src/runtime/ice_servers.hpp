#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/socket_address.hpp"
#include "pigeon/peer_connection.hpp"
#include "pigeon/result.hpp"
#include "rtc/peer_connection.hpp"

namespace pigeon::runtime {

/// What the URL of a STUN or TURN server says (RFC 7064, RFC 7065).
struct IceServerUrl {
  enum class Kind : std::uint8_t { stun, turn_udp, turn_tcp };
  Kind kind = Kind::stun;
  /// A name or an address, without brackets.
  std::string host;
  std::uint16_t port = 3478;

  friend bool operator==(const IceServerUrl&, const IceServerUrl&) = default;
};

/// The error is a sentence.
Result<IceServerUrl, std::string> parse_ice_server_url(std::string_view url);

/// The servers of a connection, by their addresses.
struct ResolvedServers {
  std::vector<SocketAddress> stun;
  std::vector<ice::TurnServer> turn;

  bool has_turn_over_udp() const;
};

/// Waits for DNS where a server has a name. The error is a sentence that names the URL.
Result<ResolvedServers, std::string> resolve_ice_servers(const std::vector<IceServer>& servers);

/// Servers by their addresses, so that connections made with them do not wait for DNS.
struct NumericServers {
  std::vector<IceServer> servers;
  /// A sentence for each one that was left out, as its name stands for no address.
  std::vector<std::string> failures;
};

/// Waits for DNS. The URLs have been checked.
NumericServers look_up_ice_servers(const std::vector<IceServer>& servers);

}  // namespace pigeon::runtime
