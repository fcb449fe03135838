#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "hub/input.hpp"
#include "pigeon/event.hpp"

namespace pigeon::hub {

/// Send one text message.
struct SendText {
  ConnectionId connection{};
  std::string text;
};

/// Send a WebSocket ping; its answer comes back as `PongReceived`.
struct SendPing {
  ConnectionId connection{};
};

/// Send a close frame and end the connection; `ConnectionClosed` follows.
struct CloseConnection {
  ConnectionId connection{};
  std::uint16_t code = 1001;
  /// At most 123 bytes.
  std::string reason;
};

/// Answer a HTTP request. The driver adds length, date and connection headers.
struct SendResponse {
  ConnectionId connection{};
  std::uint16_t status = 200;
  std::vector<std::pair<std::string_view, std::string>> headers;
  std::string body;
};

/// Tell the application.
struct Emit {
  HubEvent event;
};

/// Every connection of a draining hub has been told to close: the driver may stop accepting.
struct Drained {};

using Output = std::variant<SendText, SendPing, CloseConnection, SendResponse, Emit, Drained>;

}  // namespace pigeon::hub
