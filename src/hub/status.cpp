#include "hub/status.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "pigeon/version.hpp"
#include "wire/json_writer.hpp"
#include "wire/timestamp.hpp"

namespace pigeon::hub {

namespace {

using wire::JsonArrayWriter;
using wire::JsonObjectWriter;

constexpr std::size_t shown_networks_max = 50;
constexpr std::size_t shown_nodes_max = 200;

std::int64_t count(std::uint64_t value) { return static_cast<std::int64_t>(value); }

std::uint64_t sum(const std::array<std::uint64_t, message_kind_count>& counts) {
  std::uint64_t total = 0;
  for (const std::uint64_t value : counts) total += value;
  return total;
}

/// The largest namespaces, at most `shown_networks_max`, in the order of size; equal ones by name.
std::vector<const Network*> largest(const View& view) {
  std::vector<const Network*> networks;
  networks.reserve(view.networks.size());
  for (const auto& [name, network] : view.networks.all()) networks.push_back(network.get());
  const std::size_t shown = std::min(networks.size(), shown_networks_max);
  std::partial_sort(networks.begin(), networks.begin() + static_cast<std::ptrdiff_t>(shown),
                    networks.end(), [](const Network* a, const Network* b) {
                      if (a->members.size() != b->members.size()) {
                        return a->members.size() > b->members.size();
                      }
                      return a->name < b->name;
                    });
  networks.resize(shown);
  return networks;
}

std::string networks_json(const std::vector<const Network*>& networks) {
  JsonArrayWriter list;
  for (const Network* network : networks) {
    JsonObjectWriter entry;
    entry.text("name", network->name).number("peers", count(network->members.size()));
    list.raw(entry.number("links", count(network->answered_ends / 2)).finish());
  }
  return list.finish();
}

std::string kinds_json(const Counters& counters) {
  JsonArrayWriter list;
  for (std::size_t i = 0; i < message_kind_count; ++i) {
    if (counters.in[i] == 0 && counters.out[i] == 0) continue;
    JsonObjectWriter entry;
    entry.text("type", to_text(static_cast<MessageKind>(i)));
    list.raw(
        entry.number("in", count(counters.in[i])).number("out", count(counters.out[i])).finish());
  }
  return list.finish();
}

std::string refusals_json(const Counters& counters) {
  JsonArrayWriter list;
  const auto add = [&](std::string_view reason, std::uint64_t times) {
    if (times == 0) return;
    JsonObjectWriter entry;
    list.raw(entry.text("reason", reason).number("count", count(times)).finish());
  };
  for (std::size_t i = 0; i < refusal_count; ++i) {
    add(to_text(static_cast<Refusal>(i)), counters.refusals[i]);
  }
  for (const auto& [reason, times] : counters.driver_refusals) add(reason, times);
  return list.finish();
}

/// Of a link that is there or under way.
std::string_view link_text(LinkState state) {
  if (state == LinkState::answered) return "answered";
  return state == LinkState::offered ? "offered" : "introduced";
}

std::string node_json(const Peer& peer) {
  const std::string id = peer.id.to_text();
  JsonObjectWriter node;
  node.text("id", id).text("short", id.substr(0, 8));
  node.number("links", count(peer.answered_links())).number("slots", peer.slots);
  return node.finish();
}

std::string graph_json(const Network& network) {
  const auto members = network.members.all();
  const auto shown = members.subspan(0, std::min(members.size(), shown_nodes_max));
  JsonArrayWriter nodes;
  JsonArrayWriter edges;
  for (std::size_t a = 0; a < shown.size(); ++a) {
    nodes.raw(node_json(*shown[a]));
    for (const Link& link : shown[a]->links) {
      if (link.state == LinkState::known) continue;
      // Sorted by id: the place of the other end is found by search, and each edge is drawn once.
      const auto other = std::lower_bound(
          shown.begin(), shown.end(), link.other,
          [](const Peer* left, const Peer* right) { return left->id < right->id; });
      if (other == shown.end() || *other != link.other) continue;
      const auto b = static_cast<std::size_t>(other - shown.begin());
      if (b <= a) continue;
      JsonObjectWriter edge;
      edge.number("a", count(a)).number("b", count(b));
      edges.raw(edge.text("state", link_text(link.state)).finish());
    }
  }
  JsonObjectWriter graph;
  graph.text("namespace", network.name).boolean("truncated", shown.size() < members.size());
  return graph.raw("nodes", nodes.finish()).raw("edges", edges.finish()).finish();
}

std::string messages_json(const Counters& counters) {
  JsonObjectWriter out;
  return out.number("in", count(sum(counters.in))).number("out", count(sum(counters.out))).finish();
}

std::string rates_json(const View& view) {
  const Instant now = view.now.monotonic;
  JsonObjectWriter out;
  out.decimal("inPerSecond", view.counters.in_rate.per_second(now));
  return out.decimal("outPerSecond", view.counters.out_rate.per_second(now)).finish();
}

}  // namespace

std::string status_json(const View& view, std::string_view network) {
  JsonObjectWriter out(4'096);
  out.text("name", "pigeonhub").text("version", PIGEON_VERSION);
  out.text("hubId", view.hub_id.to_text());
  out.number("uptimeMs",
             std::chrono::duration_cast<std::chrono::milliseconds>(view.uptime()).count());
  out.text("startedAt", wire::iso_timestamp(view.started.wall_ms));
  out.text("state", view.is_draining ? "draining" : "ready");
  out.number("connections", count(view.peers.size()))
      .number("peers", count(view.networks.member_count()));
  out.number("connectionsMax", count(view.options.limits.connections_max));
  out.number("memoryBytes", count(view.counters.resident_bytes));
  out.number("bufferedBytes", count(view.counters.buffered_bytes));
  out.number("namespaceCount", count(view.networks.size()));
  out.raw("messages", messages_json(view.counters)).raw("rates", rates_json(view));
  out.raw("byType", kinds_json(view.counters)).raw("refused", refusals_json(view.counters));
  if (view.options.list_peers) {
    const std::vector<const Network*> networks = largest(view);
    const auto chosen = view.networks.all().find(network);
    out.raw("namespaces", networks_json(networks));
    if (chosen != view.networks.all().end()) {
      out.raw("graph", graph_json(*chosen->second));
    } else if (!networks.empty()) {
      out.raw("graph", graph_json(*networks.front()));
    }
  }
  return out.finish();
}

}  // namespace pigeon::hub
