#include "apps/peerpigeon/listing.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pigeon/safe_text.hpp"

namespace peerpigeon {

namespace json = boost::json;

std::vector<Report> list_peers(const pigeon::Node& node) {
  std::vector<Report> lines;
  const auto linked = node.peers();
  for (const pigeon::PeerStatus& peer : linked) {
    const std::string id = peer.peer.to_text();
    lines.push_back(
        {Verbosity::info,
         "peer",
         fmt::format(
             "{}  {}{}{}", id, to_string(peer.state), peer.is_verified ? ", proven" : "",
             peer.state == pigeon::PeerState::connected
                 ? fmt::format(", for {:.1f} s", static_cast<double>(peer.connected_for_ms) / 1e3)
                 : ""),
         {{"peer", id},
          {"state", to_string(peer.state)},
          {"initiator", peer.is_initiator},
          {"verified", peer.is_verified},
          {"connected_for_ms", peer.connected_for_ms}}});
  }
  for (const pigeon::DiscoveredPeer& peer : node.discovered_peers()) {
    const bool is_listed = std::ranges::any_of(
        linked, [&](const pigeon::PeerStatus& other) { return other.peer == peer.peer; });
    if (is_listed) continue;
    const std::string id = peer.peer.to_text();
    lines.push_back({Verbosity::info,
                     "peer",
                     id + "  known, not linked",
                     {{"peer", id}, {"state", "discovered"}, {"verified", false}}});
  }
  return lines;
}

namespace {

json::object fields_of(const pigeon::NodeStatus& status, const std::vector<std::string>& hubs) {
  const pigeon::NodeCounters& counted = status.counters;
  return {{"peer", status.peer_id.to_text()},
          {"connected", status.is_connected},
          {"hubs", json::value_from(hubs)},
          {"network", pigeon::valid_utf8(status.network)},
          {"in_fallback", status.is_in_fallback},
          {"connected_count", status.connected_count},
          {"discovered_count", status.discovered_count},
          {"min_peers", status.min_peers},
          {"max_peers", status.max_peers},
          {"messages_received", counted.messages_received},
          {"messages_sent", counted.messages_sent},
          {"delivered", counted.delivered},
          {"forwarded", counted.forwarded},
          {"duplicates", counted.duplicates},
          {"malformed", counted.malformed},
          {"forged", counted.forged},
          {"over_rate", counted.over_rate},
          {"unsent", counted.unsent}};
}

}  // namespace

Report tell_status(const pigeon::Node& node) {
  const pigeon::NodeStatus status = node.status();
  const pigeon::NodeCounters& counted = status.counters;
  std::vector<std::string> hubs;
  for (const std::string& hub : status.hubs) hubs.push_back(pigeon::safe_text(hub));
  const std::string text = fmt::format(
      "id        {}\n"
      "hub       {}, {}\n"
      "network   {}{}\n"
      "links     {} of {} to {}; {} peers known\n"
      "messages  {} received, {} sent, {} passed on, {} dropped",
      status.peer_id.to_text(), fmt::join(hubs, ", "),
      status.is_connected ? "connected" : "not connected", pigeon::safe_text(status.network),
      status.is_in_fallback ? " (nobody is in " + pigeon::safe_text(status.original_network) + ")"
                            : "",
      status.connected_count, status.min_peers, status.max_peers,
      std::max(status.discovered_count, status.connected_count), counted.messages_received,
      counted.messages_sent, counted.forwarded,
      counted.malformed + counted.forged + counted.over_rate + counted.unsent + counted.unparked);
  return {Verbosity::info, "status", text, fields_of(status, hubs)};
}

}  // namespace peerpigeon
