#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pigeon/result.hpp"

namespace pigeon::net {

/// Decoded name and value, in the order of the query; a name without `=` has an empty value.
using Query = std::vector<std::pair<std::string, std::string>>;

/// What the target of a HTTP request asks for. The texts may hold any bytes, also zeros.
struct RequestTarget {
  /// Percent-decoded, starts with `/`.
  std::string path;
  /// Decoded as forms are: `+` is a space.
  Query query;
};

/// Reads a request target in origin form or absolute form (RFC 9112 section 3.2); `*` is the path
/// `*`. Nothing if it is neither.
std::optional<RequestTarget> parse_request_target(std::string_view target);

/// Where a WebSocket is to be had (RFC 6455 section 3).
struct WebSocketUrl {
  bool is_secure = false;
  /// A name or a numeric address, without brackets.
  std::string host;
  std::uint16_t port = 80;
  /// Host, and port if it is not the scheme's, as the request and sentences have it.
  std::string authority;
  /// Path and query.
  std::string target = "/";
};

/// Reads a URL of scheme `ws` or `wss`. The error is a sentence with the cause and the next step.
Result<WebSocketUrl, std::string> parse_websocket_url(std::string_view text);

}  // namespace pigeon::net
