#include "hub/peer_lists.hpp"

#include <algorithm>
#include <chrono>

#include "wire/json_writer.hpp"
#include "wire/timestamp.hpp"

namespace pigeon::hub {

namespace {

using wire::JsonArrayWriter;
using wire::JsonObjectWriter;

/// Peers that a list shows.
constexpr std::size_t listed_max = 1'000;

std::int64_t milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == ':' || c == '[' || c == ']';
}

/// What a Host header may be (RFC 3986 section 3.2.2), without the rarer characters: a name or an
/// address, that of IPv6 in brackets, perhaps with a port.
bool is_plausible_host(std::string_view host) {
  if (host.size() > 255 || !std::all_of(host.begin(), host.end(), is_host_character)) return false;
  const std::size_t open = host.find('[');
  const std::size_t close = host.find(']');
  if (open == std::string_view::npos && close == std::string_view::npos) {
    return host.find(':') != 0 && !host.empty();
  }
  return open == 0 && host.rfind('[') == 0 && close != std::string_view::npos && close > 1 &&
         host.rfind(']') == close && (close + 1 == host.size() || host[close + 1] == ':');
}

/// An address that begins with http, https, ws or wss, as one for sockets and without a slash at
/// its end.
std::string socket_url_of(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return "ws" + std::string(url.substr(url.starts_with("http") ? 4 : 2));
}

std::string node_id(const View& view) {
  return view.options.node_id.empty() ? "node-" + std::to_string(view.options.listen.port)
                                      : view.options.node_id;
}

/// Calls `visit` with announced peers, at most `listed_max`, namespace by namespace.
template <class Visit>
void for_each_listed(const View& view, Visit&& visit) {
  if (!view.options.list_peers) return;
  std::size_t listed = 0;
  for (const auto& [name, network] : view.networks.all()) {
    for (const Peer* peer : network->members.all()) {
      if (listed++ == listed_max) return;
      visit(*peer);
    }
  }
}

JsonObjectWriter listed_peer(const Peer& peer) {
  const std::string id = peer.id.to_text();
  JsonObjectWriter out;
  out.text("peerId", id.substr(0, 8) + "...").text("fullPeerId", id);
  out.boolean("connected", true).number("timestamp", peer.announced_wall_ms);
  return out;
}

}  // namespace

std::string socket_url(const HttpRequest& request, const View& view) {
  if (!view.options.public_url.empty()) return socket_url_of(view.options.public_url);
  const std::string host = is_plausible_host(request.host)
                               ? request.host
                               : "localhost:" + std::to_string(view.options.listen.port);
  return (request.secure ? "wss://" : "ws://") + host;
}

std::string health_json(const View& view) {
  JsonObjectWriter memory;
  memory.number("rss", static_cast<std::int64_t>(view.counters.resident_bytes));
  JsonObjectWriter out;
  out.text("status", view.is_draining ? "draining" : "healthy").text("nodeId", node_id(view));
  out.number("port", view.options.listen.port).number("uptime", milliseconds(view.uptime()));
  // The reference node has a table here that it calls a DHT; this hub keeps no records.
  out.boolean("connected", true).boolean("isBootstrapping", false);
  out.boolean("dhtReady", false).boolean("signalDirReady", false);
  out.number("connections", static_cast<std::int64_t>(view.peers.size()));
  out.number("peers", static_cast<std::int64_t>(view.networks.member_count()));
  out.number("networks", static_cast<std::int64_t>(view.networks.size()));
  out.boolean("isHub", false).number("hubs", 0).raw("memory", memory.finish());
  out.text("timestamp", wire::iso_timestamp(view.now.wall_ms));
  return out.finish();
}

std::string signaling_json(const View& view, std::string_view socket_url,
                           std::string_view sample_id) {
  const std::string socket(socket_url);
  // ws: or wss: becomes http: or https:.
  const std::string http = "http" + socket.substr(2);
  const std::string local = "ws://127.0.0.1:" + std::to_string(view.options.listen.port);
  const std::string query = "?peerId=" + std::string(sample_id);
  JsonArrayWriter peers;
  for_each_listed(view, [&](const Peer& peer) { peers.raw(listed_peer(peer).finish()); });
  JsonObjectWriter alternatives;
  alternatives.text("wsUrl127", local).text("webrtcUrl127", local + query);
  JsonObjectWriter out;
  out.text("nodeId", node_id(view)).number("signalingPort", view.options.listen.port);
  out.text("wsUrl", socket).text("webrtcUrl", socket + query);
  out.text("generatePeerIdUrl", http + "/generate-peer-id").raw("connectedPeers", peers.finish());
  out.number("totalConnections", static_cast<std::int64_t>(view.peers.size()));
  out.number("peerDataEntries", static_cast<std::int64_t>(view.networks.member_count()));
  out.text("instructions", "Use /generate-peer-id to create a proper SHA1 peer ID");
  out.raw("alternativeUrls", alternatives.finish());
  out.text("timestamp", wire::iso_timestamp(view.now.wall_ms));
  return out.finish();
}

std::string generated_id_json(const View& view, std::string_view socket_url, std::string_view id) {
  const std::string query = "?peerId=" + std::string(id);
  const std::string url = std::string(socket_url) + query;
  const std::string local = "ws://127.0.0.1:" + std::to_string(view.options.listen.port) + query;
  JsonObjectWriter usage;
  usage.text("description", "Use this peer ID to connect to the signaling server");
  usage.text("example", "const ws = new WebSocket('" + url + "');");
  usage.text("alternativeExample", "const ws = new WebSocket('" + local + "');");
  JsonObjectWriter out;
  out.text("peerId", id).number("length", static_cast<std::int64_t>(id.size()));
  out.text("wsUrl", url).raw("usage", usage.finish()).text("nodeId", node_id(view));
  out.text("timestamp", wire::iso_timestamp(view.now.wall_ms));
  return out.finish();
}

std::string peers_json(const View& view) {
  JsonArrayWriter peers;
  for_each_listed(view, [&](const Peer& peer) {
    peers.raw(listed_peer(peer).raw("data", "{" + peer.members + "}").finish());
  });
  JsonObjectWriter out;
  out.text("nodeId", node_id(view)).raw("peers", peers.finish());
  out.number("count", static_cast<std::int64_t>(view.networks.member_count()));
  out.text("timestamp", wire::iso_timestamp(view.now.wall_ms));
  return out.finish();
}

}  // namespace pigeon::hub
