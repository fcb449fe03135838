#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "pigeon/result.hpp"

namespace pigeon::net::websocket {

// The opening handshake (RFC 6455 section 4) without extensions and subprotocols. Header fields are
// given as an HTTP parser found them: without surrounding white space, empty if absent, several of
// one name joined by commas (RFC 9110 section 5.3), so that a field that must be single is refused
// when it is not.

/// Why a handshake is refused.
enum class HandshakeError : std::uint8_t {
  // The server's reasons.
  method_not_get,
  http_version_too_old,
  upgrade_missing,
  connection_upgrade_missing,
  key_invalid,
  version_missing,
  version_unsupported,
  // The client's reasons.
  target_invalid,
  status_not_switching,
  accept_wrong,
  extension_not_requested,
  protocol_not_requested,
};

/// A sentence for the peer or the log.
std::string_view to_string(HandshakeError error);

/// The status with which a server refuses: 400, or 426 for a version other than 13. With 426 go the
/// fields `Upgrade: websocket` and `Sec-WebSocket-Version: 13`.
unsigned http_status(HandshakeError error);

/// The only version there is (RFC 6455 section 4.1).
inline constexpr std::string_view supported_version = "13";

/// What a server looks at in an upgrade request. `Host` and the target are left to the caller.
struct UpgradeRequest {
  std::string_view method;
  unsigned http_version = 11;  // 10 * major + minor
  std::string_view upgrade;
  std::string_view connection;
  std::string_view key;      // Sec-WebSocket-Key
  std::string_view version;  // Sec-WebSocket-Version
};

/// True if the `Upgrade` field asks for WebSocket: a server that also speaks plain HTTP takes such
/// a request for a handshake, right or wrong, and every other for HTTP.
bool wants_websocket(std::string_view upgrade);

/// Checks a request; gives the value of `Sec-WebSocket-Accept`.
Result<std::string, HandshakeError> check_request(const UpgradeRequest& request);

/// The answer to a good request, up to and including the empty line.
std::string encode_response(std::string_view accept);

/// The value of `Sec-WebSocket-Accept` that proves that the key was read.
std::string accept_value(std::string_view key);

/// A new value for `Sec-WebSocket-Key`: 16 random bytes in base64.
std::string make_key(Random& random);

/// The client's request, up to and including the empty line. `host` is host or host:port; `target`
/// starts with `/` and may have a query. Both in printable ASCII without spaces, or
/// `target_invalid`.
Result<std::string, HandshakeError> encode_request(std::string_view host, std::string_view target,
                                                   std::string_view key);

/// What a client looks at in the response.
struct UpgradeResponse {
  unsigned status = 0;
  std::string_view upgrade;
  std::string_view connection;
  std::string_view accept;      // Sec-WebSocket-Accept
  std::string_view extensions;  // Sec-WebSocket-Extensions
  std::string_view protocol;    // Sec-WebSocket-Protocol
};

/// Checks the response to a request that carried `key`.
Result<void, HandshakeError> check_response(const UpgradeResponse& response, std::string_view key);

}  // namespace pigeon::net::websocket
