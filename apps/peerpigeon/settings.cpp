#include "apps/peerpigeon/settings.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <arpa/inet.h>

#include <fmt/format.h>

#include "apps/support/quote.hpp"
#include "pigeon/id.hpp"

namespace peerpigeon {

namespace {

using apps::ValueKind;
using apps::ValueRule;
using pigeon::NodeOptions;

constexpr ValueRule text(std::uint64_t min, std::uint64_t max) {
  return {.kind = ValueKind::text, .min = min, .max = max};
}
constexpr ValueRule count(std::uint64_t min, std::uint64_t max) {
  return {.kind = ValueKind::count, .min = min, .max = max};
}
constexpr ValueRule path = {.kind = ValueKind::path, .max = 4096};
constexpr ValueRule url = {.kind = ValueKind::url, .min = 1, .max = 512};
constexpr ValueRule yes_no = {.kind = ValueKind::yes_no, .max = 1};
constexpr ValueRule size = {.kind = ValueKind::bytes, .max = std::uint64_t{1} << 50U};
constexpr ValueRule duration = {.kind = ValueKind::duration, .min = 100, .max = 3'600'000};

constexpr std::array<std::string_view, 6> verbosity_names = {"off",  "error", "warn",
                                                             "info", "debug", "trace"};
constexpr ValueRule verbosity = {.kind = ValueKind::choice, .max = 5, .choices = verbosity_names};
constexpr std::array<std::string_view, 3> trust_names = {"open", "prefer_verified",
                                                         "verified_only"};
constexpr ValueRule trust = {.kind = ValueKind::choice, .max = 2, .choices = trust_names};

template <auto member>
constexpr apps::FieldAccess<Settings> own() {
  return apps::field<Settings, member>();
}
template <auto member>
constexpr apps::FieldAccess<Settings> node() {
  return apps::field<Settings, &Settings::node, member>();
}

// clang-format off
constexpr auto table = std::to_array<SettingSpec>({
    {"signalingUrl", "--url", "PEERPIGEON_SIGNALING_URL",
     "URL of the hub: ws, wss, http or https.",
     url, own<&Settings::url>()},
    {"peerId", "--peer-id", "PEERPIGEON_PEER_ID",
     "Peer id, 40 hexadecimal digits; empty: the one of the peer's key. Another one cannot be "
     "proven to others.",
     text(0, 40), node<&NodeOptions::peer_id>()},
    {"identityFile", "--identity-file", "PEERPIGEON_IDENTITY_FILE",
     "File with the peer's keys, made if it does not exist; empty: new keys each time.",
     path, node<&NodeOptions::identity_file>()},
    {"identityPasswordFile", "--identity-password-file", "PEERPIGEON_IDENTITY_PASSWORD_FILE",
     "File that only you can read, whose first line is the password that locks the file with the "
     "keys; empty: that is not locked.",
     path, own<&Settings::identity_password_file>()},
    {"network", "--network", "PEERPIGEON_NETWORK",
     "Namespace: only its peers are met.",
     text(1, 256), node<&NodeOptions::network>()},
    {"globalFallback", "--global-fallback", "PEERPIGEON_GLOBAL_FALLBACK",
     "After 30 s alone in its namespace, look into the namespace global until somebody comes. What "
     "is sent meanwhile, everybody there may hear; send, dm and send-file never do it.",
     yes_no, node<&NodeOptions::allow_global_fallback>()},
    {"maxPeers", "--max-peers", "PEERPIGEON_MAX_PEERS",
     "Links, 1 to 50.",
     count(1, 50), node<&NodeOptions::max_peers>()},
    {"minPeers", "--min-peers", "PEERPIGEON_MIN_PEERS",
     "Links below which more are looked for at once, 0 to 49.",
     count(0, 49), node<&NodeOptions::min_peers>()},
    {"autoDiscovery", "--auto-discovery", "PEERPIGEON_AUTO_DISCOVERY",
     "Link with peers that are discovered.",
     yes_no, node<&NodeOptions::auto_discovery>()},
    {"enableCrypto", "--crypto", "PEERPIGEON_CRYPTO",
     "Sign messages and check signatures.",
     yes_no, node<&NodeOptions::enable_crypto>()},
    {"trust", "--trust", "PEERPIGEON_TRUST",
     "Who is believed: open, prefer_verified or verified_only.",
     trust, node<&NodeOptions::trust>()},
    {"iceServers", "--ice-servers", "PEERPIGEON_ICE_SERVERS",
     "STUN servers, separated by commas, as in stun:stun.example.org:3478. None is asked unless "
     "named here.",
     text(0, 2048), own<&Settings::ice_servers>()},
    {"addresses", "--addresses", "PEERPIGEON_ADDRESSES",
     "Addresses of this machine that links use, separated by commas; empty: all but loopback, and "
     "that too if the hub is on this machine.",
     text(0, 2048), own<&Settings::addresses>()},
    {"trustedCertificatesFile", "--trusted-certificates-file",
     "PEERPIGEON_TRUSTED_CERTIFICATES_FILE",
     "PEM file with the certificates that a wss hub may be signed by; empty: the system's.",
     path, node<&NodeOptions::trusted_certificates_file>()},
    {"downloadFolder", "--download-folder", "PEERPIGEON_DOWNLOAD_FOLDER",
     "Where received files go; empty: downloads in the folder of config.json.",
     path, own<&Settings::download_folder>()},
    {"fileBytesMax", "--file-bytes-max", "PEERPIGEON_FILE_BYTES_MAX",
     "Size of the largest file that is taken.",
     size, own<&Settings::file_bytes_max>()},
    {"timeout", "--timeout", "PEERPIGEON_TIMEOUT",
     "How long a command that ends by itself waits for peers and answers.",
     duration, own<&Settings::timeout>()},
    {"debug", "--debug", "PEERPIGEON_DEBUG",
     "How much is told: off, error, warn, info, debug or trace.",
     verbosity, own<&Settings::debug>()},
});
// clang-format on

std::vector<std::string> parts_of(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    std::string_view part = list.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

}  // namespace

std::span<const SettingSpec> setting_table() { return table; }

NodeOptions node_options(const Settings& settings) {
  NodeOptions options = settings.node;
  for (std::string& server : parts_of(settings.ice_servers)) {
    options.ice_servers.push_back({.url = std::move(server)});
  }
  options.addresses.addresses = parts_of(settings.addresses);
  options.addresses.use_loopback = is_local(settings.url);
  return options;
}

namespace {

pigeon::Result<void, SettingsError> check_node(const NodeOptions& options) {
  const bool is_hexadecimal = std::ranges::all_of(
      options.peer_id, [](char c) { return pigeon::detail::hex_digit_value(c) >= 0; });
  if (!options.peer_id.empty() &&
      (!is_hexadecimal || options.peer_id.size() != pigeon::PeerId::text_length)) {
    return pigeon::Unexpected(
        SettingsError{fmt::format("--peer-id: {} is not {} hexadecimal digits",
                                  apps::quote(options.peer_id), pigeon::PeerId::text_length)});
  }
  // Fewer links than the default asks for can be wanted with --max-peers alone.
  if (options.min_peers > options.max_peers && options.min_peers != NodeOptions{}.min_peers) {
    return pigeon::Unexpected(
        SettingsError{fmt::format("--min-peers, {}, must not be more than --max-peers, {}",
                                  options.min_peers, options.max_peers)});
  }
  return {};
}

}  // namespace

pigeon::Result<void, SettingsError> check(const Settings& settings) {
  if (auto good = check_node(settings.node); !good) return good;
  for (const std::string& server : parts_of(settings.ice_servers)) {
    if (!server.starts_with("turn:") && !server.starts_with("turns:")) continue;
    return pigeon::Unexpected(SettingsError{
        fmt::format("the ICE server {} needs a user name and a password, which cannot be given "
                    "here; name a server that begins with stun:",
                    apps::quote(server))});
  }
  return {};
}

bool is_local(std::string_view url) {
  const auto scheme = url.find("://");
  const std::string_view rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view host = authority.starts_with('[')
                                    ? authority.substr(0, authority.find(']'))
                                    : authority.substr(0, authority.find(':'));
  if (host == "localhost" || host == "[::1") return true;
  // A name may begin with 127., too.
  in_addr address{};
  return host.starts_with("127.") && ::inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
}

}  // namespace peerpigeon
