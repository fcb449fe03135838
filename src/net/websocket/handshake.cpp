#include "net/websocket/handshake.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/base64.hpp"
#include "base/bytes.hpp"
#include "crypto/sha1.hpp"

namespace pigeon::net::websocket {

namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// RFC 6455 section 1.3.
constexpr std::string_view accept_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t key_bytes = 16;
constexpr std::size_t key_digits = 22;
constexpr std::string_view key_padding = "==";

/// True for the base64 form of 16 bytes. The four bits that the last digit has to spare may be set:
/// so it is with other servers, and nothing depends on them.
bool is_key(std::string_view key) {
  return key.size() == key_digits + key_padding.size() && key.ends_with(key_padding) &&
         key.find_first_not_of(base64_digits) == key_digits;
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// True if a comma-separated list has the token, in any case.
bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (equal_ignoring_case(trim(list.substr(0, comma)), token)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<std::string, HandshakeError> check_request(const UpgradeRequest& request) {
  using enum HandshakeError;
  if (request.method != "GET") return Unexpected(method_not_get);
  if (request.http_version < 11) return Unexpected(http_version_too_old);
  if (!wants_websocket(request.upgrade)) return Unexpected(upgrade_missing);
  if (!has_token(request.connection, "upgrade")) return Unexpected(connection_upgrade_missing);
  if (!is_key(request.key)) return Unexpected(key_invalid);
  if (request.version.empty()) return Unexpected(version_missing);
  if (request.version != supported_version) return Unexpected(version_unsupported);
  return accept_value(request.key);
}

std::string encode_response(std::string_view accept) {
  std::string response =
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  response += accept;
  response += "\r\n\r\n";
  return response;
}

Result<std::string, HandshakeError> encode_request(std::string_view host, std::string_view target,
                                                   std::string_view key) {
  // Anything else could smuggle in header fields of its own.
  const bool valid = !host.empty() && is_printable(host) && target.starts_with('/') &&
                     is_printable(target) && target.find('#') == std::string_view::npos;
  if (!valid) return Unexpected(HandshakeError::target_invalid);
  std::string request = "GET ";
  request += target;
  request += " HTTP/1.1\r\nHost: ";
  request += host;
  request += "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ";
  request += key;
  request += "\r\nSec-WebSocket-Version: ";
  request += supported_version;
  request += "\r\n\r\n";
  return request;
}

// RFC 6455 section 4.1, the numbered list at its end.
Result<void, HandshakeError> check_response(const UpgradeResponse& response, std::string_view key) {
  using enum HandshakeError;
  if (response.status != 101) return Unexpected(status_not_switching);
  if (!equal_ignoring_case(response.upgrade, "websocket")) return Unexpected(upgrade_missing);
  if (!has_token(response.connection, "upgrade")) return Unexpected(connection_upgrade_missing);
  if (response.accept != accept_value(key)) return Unexpected(accept_wrong);
  if (!response.extensions.empty()) return Unexpected(extension_not_requested);
  if (!response.protocol.empty()) return Unexpected(protocol_not_requested);
  return {};
}

bool wants_websocket(std::string_view upgrade) { return has_token(upgrade, "websocket"); }

std::string accept_value(std::string_view key) {
  std::string proof(key);
  proof += accept_guid;
  return encode_base64(crypto::sha1(as_bytes(proof)));
}

std::string make_key(Random& random) {
  std::array<std::uint8_t, key_bytes> bytes{};
  random.fill(bytes);
  return encode_base64(bytes);
}

unsigned http_status(HandshakeError error) {
  return error == HandshakeError::version_unsupported ? 426 : 400;
}

std::string_view to_string(HandshakeError error) {
  switch (error) {
    case HandshakeError::method_not_get:
      return "A WebSocket handshake needs the method GET";
    case HandshakeError::http_version_too_old:
      return "A WebSocket handshake needs HTTP/1.1";
    case HandshakeError::upgrade_missing:
      return "The field Upgrade does not say websocket";
    case HandshakeError::connection_upgrade_missing:
      return "The field Connection does not say Upgrade";
    case HandshakeError::key_invalid:
      return "The field Sec-WebSocket-Key is not 16 bytes in base64";
    case HandshakeError::version_missing:
      return "The field Sec-WebSocket-Version is missing";
    case HandshakeError::version_unsupported:
      return "The only supported WebSocket version is 13";
    case HandshakeError::target_invalid:
      return "Host or target cannot be written into a request";
    case HandshakeError::status_not_switching:
      return "The server did not answer with status 101";
    case HandshakeError::accept_wrong:
      return "The field Sec-WebSocket-Accept does not fit the key";
    case HandshakeError::extension_not_requested:
      return "The server chose an extension that was not requested";
    case HandshakeError::protocol_not_requested:
      return "The server chose a subprotocol that was not requested";
  }
  return "Unknown error";
}

}  // namespace pigeon::net::websocket
