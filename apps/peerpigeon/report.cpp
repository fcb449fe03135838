#include "apps/peerpigeon/report.hpp"

#include <array>
#include <cmath>
#include <variant>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/peerpigeon/peer_names.hpp"
#include "pigeon/safe_text.hpp"

namespace peerpigeon {

namespace {

namespace json = boost::json;
using pigeon::HubStatusChanged;
using pigeon::PeerId;

/// Content of other kinds than text, as JSON; nothing if it is none.
json::value content_of(const pigeon::MessageReceived& message) {
  boost::system::error_code error;
  json::value parsed = json::parse(message.json, error);
  return error ? json::value(nullptr) : parsed;
}

/// As JSON. Times are decimals that a person can read, not the shortest form with an exponent.
std::string text_of(const json::value& value) {
  constexpr double readable_max = 1e15;
  if (!value.is_double() || std::abs(value.get_double()) > readable_max) {
    return json::serialize(value);
  }
  return fmt::format("{:.3f}", value.get_double());
}

struct Describer {
  using Told = std::optional<Report>;

  Told operator()(const HubStatusChanged& hub) const {
    const std::string url = pigeon::safe_text(hub.url);
    json::object fields = {{"url", pigeon::valid_utf8(hub.url)}};
    switch (hub.state) {
      case HubStatusChanged::State::connecting:
        return Report{Verbosity::debug, "hub_connecting", "connecting to the hub " + url, fields};
      case HubStatusChanged::State::connected:
        return Report{Verbosity::info, "hub_connected", "connected to the hub " + url, fields};
      case HubStatusChanged::State::disconnected:
        break;
    }
    fields["reason"] = pigeon::valid_utf8(hub.reason);
    fields["retry_in_ms"] = hub.retry_in_ms;
    std::string text = "no connection to the hub " + url;
    if (!hub.reason.empty()) text += ": " + pigeon::safe_text(hub.reason);
    if (hub.retry_in_ms > 0) {
      text += fmt::format(" Next attempt in {:.1f} s.", static_cast<double>(hub.retry_in_ms) / 1e3);
    }
    return Report{Verbosity::warn, "hub_disconnected", text, fields};
  }
  Told operator()(const pigeon::PeerDiscovered& event) const {
    return Report{Verbosity::debug, "peer_discovered", "? " + short_id(event.peer) + " is there",
                  with(event.peer)};
  }
  Told operator()(const pigeon::PeerConnected& event) const {
    return Report{Verbosity::info, "peer_connected", "+ " + short_id(event.peer) + " is linked",
                  with(event.peer)};
  }
  Told operator()(const pigeon::PeerDisconnected& event) const {
    return Report{
        Verbosity::info, "peer_disconnected",
        fmt::format("- {} is gone: {}", short_id(event.peer), pigeon::safe_text(event.reason)),
        with(event.peer, event.reason)};
  }
  Told operator()(const pigeon::PeerEvicted& event) const {
    json::object fields = with(event.peer, event.reason);
    fields["initiated_by_peer"] = event.initiated_by_peer;
    return Report{
        Verbosity::debug, "peer_evicted",
        fmt::format("{} makes room: {}", short_id(event.peer), pigeon::safe_text(event.reason)),
        fields};
  }
  Told operator()(const pigeon::PeerVerified& event) const {
    return Report{Verbosity::debug, "peer_verified", short_id(event.peer) + " has proven its id",
                  with(event.peer)};
  }
  Told operator()(const pigeon::PeerKeyAdded& event) const {
    json::object fields = with(event.peer);
    fields["public_key"] = pigeon::valid_utf8(event.public_key);
    return Report{Verbosity::debug, "peer_key_added", short_id(event.peer) + " has told its key",
                  fields};
  }
  Told operator()(const pigeon::ConnectFailed& event) const {
    return Report{
        Verbosity::warn, "connect_failed",
        fmt::format("no link with {}: {}", short_id(event.peer), pigeon::safe_text(event.reason)),
        with(event.peer, event.reason)};
  }
  Told operator()(const pigeon::MessageReceived& event) const {
    if (event.from == self && !event.direct) return std::nullopt;
    // Nobody vouches for a sender with a question mark behind it.
    std::string text = short_id(event.from) + (event.verified ? "" : "?");
    if (event.direct) text += event.encrypted ? " to you, encrypted" : " to you";
    if (!event.group.empty()) text += " to the group " + pigeon::safe_text(event.group);
    text += ": " + pigeon::safe_text(event.text.empty() ? event.json : event.text);
    json::object fields = {{"from", event.from.to_text()}, {"id", event.id.to_text()},
                           {"content", content_of(event)}, {"timestamp", event.timestamp},
                           {"hops", event.hops},           {"direct", event.direct},
                           {"encrypted", event.encrypted}, {"verified", event.verified}};
    if (!event.group.empty()) fields["group"] = event.group;
    return Report{Verbosity::error, "message_received", std::move(text), std::move(fields)};
  }
  Told operator()(const pigeon::MessageDelivered& event) const {
    json::object fields = with(event.to);
    fields["id"] = event.id.to_text();
    return Report{Verbosity::info, "message_delivered", short_id(event.to) + " has received it",
                  fields};
  }
  Told operator()(const pigeon::MessageUndelivered& event) const {
    json::object fields = with(event.to, event.reason);
    fields["id"] = event.id.to_text();
    return Report{
        Verbosity::error, "message_undelivered",
        fmt::format("not received by {}: {}", short_id(event.to), pigeon::safe_text(event.reason)),
        fields};
  }
  Told operator()(const pigeon::BinaryReceived& event) const {
    json::object fields = with(event.from);
    fields["bytes"] = event.data.size();
    return Report{Verbosity::info, "binary_received",
                  fmt::format("{}: {} of binary data, which nothing here shows",
                              short_id(event.from), format_bytes(event.data.size())),
                  fields};
  }
  Told operator()(const pigeon::NetworkChanged& event) const {
    return Report{
        Verbosity::info,
        "network_changed",
        fmt::format("now in the network {}{}", pigeon::safe_text(event.network),
                    event.is_fallback ? ", because nobody is in the own one" : ""),
        {{"network", pigeon::valid_utf8(event.network)}, {"is_fallback", event.is_fallback}}};
  }
  Told operator()(const pigeon::NodeWarning& event) const {
    return Report{Verbosity::warn,
                  "warning",
                  pigeon::safe_text(event.message),
                  {{"message", pigeon::valid_utf8(event.message)}}};
  }
  /// Streams: downloads and uploads tell of them.
  template <class Other>
  Told operator()(const Other&) const {
    return std::nullopt;
  }

  static json::object with(const PeerId& peer) { return {{"peer", peer.to_text()}}; }
  static json::object with(const PeerId& peer, const std::string& reason) {
    return {{"peer", peer.to_text()}, {"reason", pigeon::valid_utf8(reason)}};
  }

  const PeerId& self;
};

}  // namespace

std::optional<Report> describe(const pigeon::NodeEvent& event, const PeerId& self) {
  return std::visit(Describer{self}, event);
}

std::string to_json(const Report& report) {
  std::string text = R"({"event":)" + json::serialize(json::value(report.event));
  for (const auto& [name, value] : report.fields) {
    if (name != "event") text += fmt::format(",{}:{}", json::serialize(name), text_of(value));
  }
  return pigeon::safe_json(text + '}');
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> units = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1'000) return fmt::format("{} bytes", bytes);
  auto amount = static_cast<double>(bytes) / 1e3;
  std::size_t unit = 0;
  while (amount >= 999.95 && unit + 1 < units.size()) {
    amount /= 1e3;
    ++unit;
  }
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

}  // namespace peerpigeon
