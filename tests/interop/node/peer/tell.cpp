#include "tests/interop/node/peer/tell.hpp"

#include <cstdio>
#include <string>
#include <variant>

#include "tests/interop/rtc/peer/content.hpp"

namespace pigeon::interop {
namespace {

namespace json = boost::json;

/// Each overload gives the fields of one event, and its name.
struct Describer {
  json::object operator()(const HubStatusChanged& event) const {
    using State = HubStatusChanged::State;
    const char* const type = event.state == State::connected    ? "connected"
                             : event.state == State::connecting ? "connecting"
                                                                : "disconnected";
    return {{"name", "statusChanged"},
            {"type", type},
            {"message", event.reason},
            {"retry_in_ms", event.retry_in_ms}};
  }
  json::object operator()(const PeerDiscovered& event) const {
    return with_peer("peerDiscovered", event.peer);
  }
  json::object operator()(const PeerConnected& event) const {
    return with_peer("peerConnected", event.peer);
  }
  json::object operator()(const PeerDisconnected& event) const {
    return with_reason("peerDisconnected", event.peer, event.reason);
  }
  json::object operator()(const PeerEvicted& event) const {
    json::object told = with_reason("peerEvicted", event.peer, event.reason);
    told["by_peer"] = event.initiated_by_peer;
    return told;
  }
  json::object operator()(const PeerVerified& event) const {
    return with_peer("peerVerified", event.peer);
  }
  json::object operator()(const PeerKeyAdded& event) const {
    json::object told = with_peer("peerKeyAdded", event.peer);
    told["key"] = event.public_key;
    return told;
  }
  json::object operator()(const ConnectFailed& event) const {
    return with_reason("connectFailed", event.peer, event.reason);
  }
  json::object operator()(const MessageReceived& event) const {
    return {{"name", "messageReceived"},
            {"from", event.from.to_text()},
            {"message", event.id.to_text()},
            {"content", json::parse(event.json)},
            {"hops", event.hops},
            {"direct", event.direct},
            {"encrypted", event.encrypted},
            {"verified", event.verified}};
  }
  json::object operator()(const MessageDelivered& event) const {
    json::object told = with_peer("messageDelivered", event.to);
    told["message"] = event.id.to_text();
    return told;
  }
  json::object operator()(const MessageUndelivered& event) const {
    json::object told = with_reason("messageUndelivered", event.to, event.reason);
    told["message"] = event.id.to_text();
    return told;
  }
  json::object operator()(const BinaryReceived& event) const {
    return {{"name", "binaryMessageReceived"},
            {"from", event.from.to_text()},
            {"bytes", event.data.size()},
            {"sha256", sha256_hex(event.data)}};
  }
  json::object operator()(const StreamReceived& event) const {
    json::object told = with_peer("streamReceived", event.peer);
    told["type"] = event.info.type;
    told["filename"] = event.info.filename;
    told["mime_type"] = event.info.mime_type;
    told["bytes"] = event.info.total_size.value_or(0);
    told["broadcast"] = event.broadcast;
    told["verified"] = event.verified;
    return told;
  }
  json::object operator()(const StreamCompleted& event) const {
    json::object told = with_peer("streamCompleted", event.peer);
    told["bytes"] = event.total_bytes;
    return told;
  }
  json::object operator()(const StreamAborted& event) const {
    return with_reason("streamAborted", event.peer, event.reason);
  }
  json::object operator()(const NetworkChanged& event) const {
    return {
        {"name", "networkChanged"}, {"network", event.network}, {"is_fallback", event.is_fallback}};
  }
  json::object operator()(const NodeWarning& event) const {
    return {{"name", "warning"}, {"message", event.message}};
  }
  json::object operator()(const StreamData& /*event*/) const { return {}; }
  json::object operator()(const StreamWritable& /*event*/) const { return {}; }

 private:
  static json::object with_peer(const char* name, const PeerId& peer) {
    return {{"name", name}, {"peer", peer.to_text()}};
  }
  static json::object with_reason(const char* name, const PeerId& peer, const std::string& reason) {
    return {{"name", name}, {"peer", peer.to_text()}, {"reason", reason}};
  }
};

}  // namespace

void print(const json::object& line) {
  const std::string text = json::serialize(line) + '\n';
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

json::object describe(const NodeEvent& event) { return std::visit(Describer(), event); }

json::object describe(const NodeStatus& status) {
  const NodeCounters& counters = status.counters;
  return {{"peer", status.peer_id.to_text()},  {"is_connected", status.is_connected},
          {"network", status.network},         {"connected", status.connected_count},
          {"known", status.discovered_count},  {"max_peers", status.max_peers},
          {"delivered", counters.delivered},   {"forwarded", counters.forwarded},
          {"duplicates", counters.duplicates}, {"malformed", counters.malformed},
          {"stale", counters.stale},           {"forged", counters.forged},
          {"over_rate", counters.over_rate},   {"unsent", counters.unsent},
          {"unparked", counters.unparked},     {"unknown", counters.unknown},
          {"dead_ends", counters.dead_ends},   {"links_failed", counters.links_failed},
          {"links_lost", counters.links_lost}};
}

}  // namespace pigeon::interop
