#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pigeon::hub {

/// Names one connection for as long as the process lives; never used twice. The driver chooses it.
enum class ConnectionId : std::uint64_t {};

/// Decoded name and value, in the order of the query.
using Query = std::vector<std::pair<std::string, std::string>>;

/// A WebSocket handshake has succeeded.
struct ConnectionOpened {
  ConnectionId connection{};
  Query query;
  /// The remote address without its port, as text, as far as one client has it for itself: limits
  /// of an address count by it.
  std::string address;
  /// The whole of it, to be shown; empty: the same.
  std::string remote_address;
};

/// A text or binary message of one connection. The text lives for the time of the call.
struct MessageReceived {
  ConnectionId connection{};
  std::string_view text;
};

/// The client has answered a ping.
struct PongReceived {
  ConnectionId connection{};
};

/// The connection has ended, by whichever side. Nothing may be sent to it any more.
struct ConnectionClosed {
  ConnectionId connection{};
  /// WebSocket close code; 1005 if the client gave none, 1006 if it vanished.
  std::uint16_t code = 1006;
  std::string reason;
};

/// A HTTP request that is not a WebSocket handshake. Every request gets one `SendResponse`.
struct HttpRequest {
  ConnectionId connection{};
  std::string method;
  /// Decoded path, as in `/health`.
  std::string path;
  Query query;
  /// The Host header, empty if absent. Whatever the client wrote.
  std::string host;
  /// The Accept header, empty if absent.
  std::string accept;
  /// Whether it came over TLS.
  bool secure = false;
  /// As in `ConnectionOpened`.
  std::string address;
};

/// The operator wants the hub to end: close everybody over the drain window.
struct DrainRequested {};

/// Bytes that the driver holds for queues and unfinished messages, and what its limits have refused
/// since the last report; for the status and the metrics.
struct DriverReport {
  std::uint64_t buffered_bytes = 0;
  std::uint64_t resident_bytes = 0;
  std::vector<std::pair<std::string_view, std::uint64_t>> refused;
};

/// `next_timeout` has come.
struct Timeout {};

using Input = std::variant<ConnectionOpened, MessageReceived, PongReceived, ConnectionClosed,
                           HttpRequest, DrainRequested, DriverReport, Timeout>;

}  // namespace pigeon::hub
