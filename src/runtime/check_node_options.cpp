#include "runtime/check_node_options.hpp"

#include <chrono>
#include <string_view>

#include "base/bytes.hpp"
#include "base/ip_address.hpp"
#include "net/websocket/utf8.hpp"
#include "pigeon/id.hpp"
#include "runtime/ice_servers.hpp"
#include "runtime/option_checks.hpp"
#include "runtime/password_file.hpp"

namespace pigeon::runtime {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t mebi = std::size_t{1} << 20U;
constexpr std::size_t ice_servers_most = 32;

void check_zeros(OptionChecks& checks, std::string_view field, std::string_view text) {
  checks.require(text.find('\0') == std::string_view::npos,
                 std::string(field) + " must not contain a zero byte.");
}

void check_names(OptionChecks& checks, const NodeOptions& options) {
  checks
      .require(options.peer_id.empty() || PeerId::parse(options.peer_id).has_value(),
               "peer_id must be empty or 40 hexadecimal digits.")
      .require(!options.network.empty(), "network must not be empty.")
      .require(options.network.size() <= 256, "network must have at most 256 bytes.");
  check_zeros(checks, "identity_file", options.identity_file);
  check_zeros(checks, "trusted_certificates_file", options.trusted_certificates_file);
}

void check_password(OptionChecks& checks, const NodeOptions& options) {
  const std::string& password = options.identity_password;
  // HMAC takes zeros at the end of a password for none.
  check_zeros(checks, "identity_password", password);
  checks
      .require(password.empty() || !options.identity_file.empty(),
               "identity_password is of use only with identity_file.")
      .require(password.size() <= password_bytes_max,
               "identity_password must have at most 1024 bytes.")
      .require(net::websocket::is_utf8(as_bytes(password)), "identity_password must be UTF-8.");
}

void check_servers(OptionChecks& checks, const std::vector<IceServer>& servers) {
  checks.range("The number of ice_servers", servers.size(), 0, ice_servers_most);
  for (const IceServer& server : servers) {
    const auto url = parse_ice_server_url(server.url);
    if (!url) checks.require(false, "ice_servers: " + url.error());
  }
}

void check_addresses_of(OptionChecks& checks, const RtcLoopOptions& addresses) {
  checks.range("The number of addresses.addresses", addresses.addresses.size(), 0, 64);
  for (const std::string& address : addresses.addresses) {
    checks.require(IpAddress::parse(address).has_value(),
                   "addresses.addresses: '" + address +
                       "' is no IP address. Write one of this machine, as in '192.0.2.1' or "
                       "'2001:db8::1'.");
  }
  checks.require(addresses.port == 0 || addresses.shares_sockets,
                 "addresses.port is of use only with addresses.shares_sockets.");
}

void check_limits(OptionChecks& checks, const NodeLimits& limits) {
  constexpr std::uint64_t tokens_most = 4'000'000'000;
  checks.range("limits.message_bytes_max", limits.message_bytes_max, 16'384, 262'144)
      .range("limits.messages_per_second", limits.messages_per_second, 1, tokens_most)
      .range("limits.messages_burst", limits.messages_burst, 1, tokens_most)
      // One message of the longest kind has to fit.
      .range("limits.bytes_per_second", limits.bytes_per_second, 1'024, tokens_most)
      .range("limits.bytes_burst", limits.bytes_burst, 262'144, tokens_most)
      .range("limits.send_buffer_max", limits.send_buffer_max, mebi / 2, 1'024 * mebi)
      .range("limits.stalled_time_max", limits.stalled_time_max, 100ms, 1h)
      .range("limits.discovered_max", limits.discovered_max, 1, mebi)
      .range("limits.seen_count_max", limits.seen_count_max, 1, 16 * mebi)
      .range("limits.parked_count_max", limits.parked_count_max, 1, mebi)
      .range("limits.streams_per_peer_max", limits.streams_per_peer_max, 1, 4'096);
}

}  // namespace

std::optional<std::string> check_node_options(const NodeOptions& options) {
  OptionChecks checks;
  check_names(checks, options);
  check_password(checks, options);
  checks.range("max_peers", options.max_peers, 1, 50).range("min_peers", options.min_peers, 0, 49);
  check_servers(checks, options.ice_servers);
  check_addresses_of(checks, options.addresses);
  check_limits(checks, options.limits);
  return checks.failure();
}

std::optional<std::string> check_addresses(const RtcLoopOptions& addresses) {
  OptionChecks checks;
  check_addresses_of(checks, addresses);
  return checks.failure();
}

}  // namespace pigeon::runtime
