#include "apps/pigeonhub/log_line.hpp"

#include <fmt/format.h>

#include "apps/support/quote.hpp"

namespace pigeonhub {
namespace {

// Longer texts of strangers are cut: nobody shall fill the disk with close reasons.
constexpr std::size_t network_bytes_max = 64;
constexpr std::size_t reason_bytes_max = 123;
constexpr std::size_t message_bytes_max = 1'000;

/// A JSON string. Bytes that are not ASCII become `\xNN`, as they may not be UTF-8.
std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += {'\\', c};
    } else if (byte >= 0x20 && byte < 0x7f) {
      json += c;
    } else {
      json += fmt::format("\\\\x{:02x}", byte);
    }
  }
  return json + "\"";
}

/// `quote` without the quotes.
std::string escape(std::string_view text, std::size_t bytes_max) {
  const std::string quoted = apps::quote(text, bytes_max);
  return quoted.substr(1, quoted.size() - 2);
}

struct Describer {
  using Line = std::optional<LogLine>;

  Line operator()(const pigeon::HubStarted&) const { return std::nullopt; }
  Line operator()(const pigeon::HubStopped&) const { return std::nullopt; }

  Line operator()(const pigeon::HubPeerConnected& event) const {
    const std::string id = short_id(event.peer_id);
    return LogLine{LogLevel::debug,
                   "peer_connected",
                   fmt::format("peer {} connected, {} in all", id, event.total_connections),
                   {{"peer", id}, {"connections", event.total_connections}}};
  }

  Line operator()(const pigeon::HubPeerDisconnected& event) const {
    const std::string id = short_id(event.peer_id);
    const std::string reason = apps::quote(event.reason, reason_bytes_max);
    return LogLine{LogLevel::debug,
                   "peer_disconnected",
                   fmt::format("peer {} disconnected with {} {}, {} remain", id, event.code, reason,
                               event.total_connections),
                   {{"peer", id},
                    {"code", std::uint64_t{event.code}},
                    {"reason", escape(event.reason, reason_bytes_max)},
                    {"connections", event.total_connections}}};
  }

  Line operator()(const pigeon::HubPeerAnnounced& event) const {
    const std::string id = short_id(event.peer_id);
    return LogLine{LogLevel::debug,
                   "peer_announced",
                   fmt::format("peer {} announced itself in {}", id,
                               apps::quote(event.network, network_bytes_max)),
                   {{"peer", id}, {"network", escape(event.network, network_bytes_max)}}};
  }

  Line operator()(const pigeon::HubPeerGoodbye& event) const {
    const std::string id = short_id(event.peer_id);
    return LogLine{
        LogLevel::debug, "peer_goodbye", fmt::format("peer {} said goodbye", id), {{"peer", id}}};
  }

  Line operator()(const pigeon::HubClientsRefused& event) const {
    const std::string_view flag = event.limit == "connections_max" ? "--connections-max"
                                  : event.limit == "connections_per_address"
                                      ? "--connections-per-address-max"
                                      : "--connects-per-address";
    return LogLine{LogLevel::warn,
                   "clients_refused",
                   fmt::format("refused {} connection{}: the limit {} is reached", event.count,
                               event.count == 1 ? "" : "s", flag),
                   {{"limit", event.limit}, {"count", event.count}}};
  }

  Line operator()(const pigeon::HubError& event) const {
    return LogLine{LogLevel::error, "error", escape(event.message, message_bytes_max)};
  }
};

}  // namespace

std::optional<LogLine> describe(const pigeon::HubEvent& event) {
  return std::visit(Describer{}, event);
}

std::string short_id(std::string_view peer_id) { return escape(peer_id.substr(0, 8), 8); }

std::string json_members(const LogLine& line) {
  std::string json =
      fmt::format(R"("event":{},"message":{})", json_string(line.event), json_string(line.text));
  for (const auto& [name, value] : line.fields) {
    const auto* text = std::get_if<std::string>(&value);
    json += fmt::format(
        ",{}:{}", json_string(name),
        text != nullptr ? json_string(*text) : fmt::format("{}", std::get<std::uint64_t>(value)));
  }
  return json;
}

}  // namespace pigeonhub
