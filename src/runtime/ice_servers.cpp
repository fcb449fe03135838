#include "runtime/ice_servers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "net/endpoint.hpp"
#include "net/system_address.hpp"

namespace pigeon::runtime {

namespace {

/// Takes the text up to a separator, which goes too; all of it if there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || stop != end || port == 0) return std::nullopt;
  return port;
}

/// Host and port of `name`, `name:port`, `[::1]` or `[::1]:port`.
bool parse_authority(std::string_view text, IceServerUrl& url) {
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    url.host = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (text.empty()) return !url.host.empty();
    if (!text.starts_with(':')) return false;
    text.remove_prefix(1);
  } else {
    const bool has_port = text.find(':') != std::string_view::npos;
    url.host = take_until(text, ':');
    if (!has_port) return !url.host.empty();
  }
  const auto port = parse_port(text);
  if (port) url.port = *port;
  return port.has_value() && !url.host.empty();
}

Unexpected<std::string> refuse(std::string_view url, std::string_view why) {
  return Unexpected("The ICE server URL '" + std::string(url) + "' " + std::string(why));
}

}  // namespace

Result<IceServerUrl, std::string> parse_ice_server_url(std::string_view url) {
  std::string_view rest = url;
  const std::string_view scheme = take_until(rest, ':');
  const std::string_view authority = take_until(rest, '?');
  IceServerUrl result;
  if (scheme == "turn") {
    result.kind = IceServerUrl::Kind::turn_udp;
  } else if (scheme != "stun") {
    return refuse(url, "cannot be used: it starts neither with 'stun:' nor with 'turn:'.");
  }
  if (!parse_authority(authority, result)) {
    return refuse(url, "has no host and port, as in 'stun:example.org:3478'.");
  }
  if (rest.empty()) return result;
  if (scheme == "turn" && rest == "transport=tcp") {
    result.kind = IceServerUrl::Kind::turn_tcp;
  } else if (scheme != "turn" || rest != "transport=udp") {
    return refuse(url,
                  "has an unknown option: only 'turn:' takes '?transport=udp' or "
                  "'?transport=tcp'.");
  }
  return result;
}

bool ResolvedServers::has_turn_over_udp() const {
  return std::any_of(turn.begin(), turn.end(),
                     [](const auto& one) { return one.transport == ice::TurnTransport::udp; });
}

Result<ResolvedServers, std::string> resolve_ice_servers(const std::vector<IceServer>& servers) {
  ResolvedServers resolved;
  for (const IceServer& server : servers) {
    const auto url = parse_ice_server_url(server.url);
    if (!url) return Unexpected(url.error());
    const auto endpoints = net::resolve(url->host, url->port);
    if (!endpoints) {
      return refuse(server.url, "stands for no address (" + endpoints.error() + ").");
    }
    for (const net::Endpoint& endpoint : *endpoints) {
      const SocketAddress address = net::to_socket_address(endpoint.address);
      if (url->kind == IceServerUrl::Kind::stun) {
        resolved.stun.push_back(address);
      } else {
        resolved.turn.push_back({.address = address,
                                 .transport = url->kind == IceServerUrl::Kind::turn_tcp
                                                  ? ice::TurnTransport::tcp
                                                  : ice::TurnTransport::udp,
                                 .username = server.username,
                                 .password = server.credential});
      }
    }
  }
  return resolved;
}

NumericServers look_up_ice_servers(const std::vector<IceServer>& servers) {
  NumericServers found;
  for (const IceServer& server : servers) {
    const auto resolved = resolve_ice_servers({server});
    if (!resolved) {
      found.failures.push_back(resolved.error());
      continue;
    }
    for (const SocketAddress& address : resolved->stun) {
      found.servers.push_back({.url = "stun:" + address.to_text()});
    }
    for (const ice::TurnServer& turn : resolved->turn) {
      const bool is_tcp = turn.transport == ice::TurnTransport::tcp;
      found.servers.push_back(
          {.url = "turn:" + turn.address.to_text() + (is_tcp ? "?transport=tcp" : ""),
           .username = turn.username,
           .credential = turn.password});
    }
  }
  return found;
}

}  // namespace pigeon::runtime
