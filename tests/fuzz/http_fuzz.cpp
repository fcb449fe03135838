#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "net/http/request_parser.hpp"
#include "net/http/response.hpp"
#include "net/url.hpp"
#include "net/websocket/handshake.hpp"

// The first byte of an input says how the rest, which is what a client sends, is cut into pieces.
// However that is done, the same requests must be read.

namespace {

using namespace pigeon;
using namespace pigeon::net;

constexpr http::RequestLimits limits{.head_bytes_max = 1'024, .body_bytes_max = 256};

struct Request {
  std::string method;
  std::string target;
  std::string host;
  std::string upgrade;
  std::string key;
  unsigned version = 0;
  bool keep_alive = false;
  bool has_body = false;

  friend bool operator==(const Request&, const Request&) = default;
};

Request seen(const http::RequestParser& parser) {
  return {.method = std::string(parser.method()),
          .target = std::string(parser.target()),
          .host = parser.field("Host"),
          .upgrade = parser.field("Upgrade"),
          .key = parser.field("Sec-WebSocket-Key"),
          .version = parser.version(),
          .keep_alive = parser.keep_alive(),
          .has_body = parser.has_body()};
}

/// Reads request after request, as a connection does, until one is refused.
std::vector<Request> read(std::string_view stream, std::size_t piece) {
  std::vector<Request> requests;
  http::RequestParser parser(limits);
  std::string unread;
  while (!stream.empty()) {
    unread.append(stream.substr(0, piece));
    stream.remove_prefix(std::min(piece, stream.size()));
    do {
      const auto used = parser.feed(unread);
      if (!used) return requests;
      PIGEON_ASSERT(*used <= unread.size());
      unread.erase(0, *used);
      PIGEON_ASSERT(unread.size() <= limits.head_bytes_max || parser.is_complete());
      if (!parser.is_complete()) break;
      requests.push_back(seen(parser));
      parser = http::RequestParser(limits);
    } while (!unread.empty());
  }
  return requests;
}

void check_target(const Request& request) {
  PIGEON_ASSERT(request.target.size() <= limits.head_bytes_max);
  const auto target = parse_request_target(request.target);
  if (!target) return;
  PIGEON_ASSERT(target->path == "*" || target->path.starts_with('/'));
  std::size_t bytes = target->path.size();
  for (const auto& [name, value] : target->query) bytes += name.size() + value.size();
  PIGEON_ASSERT(bytes <= request.target.size() + 1);
}

void check_upgrade(const Request& request) {
  const auto accept = websocket::check_request({.method = request.method,
                                                .http_version = request.version,
                                                .upgrade = request.upgrade,
                                                .connection = "Upgrade",
                                                .key = request.key,
                                                .version = "13"});
  if (!accept) return;
  PIGEON_ASSERT(request.method == "GET");
  PIGEON_ASSERT(request.version >= 11);
  PIGEON_ASSERT(request.key.size() == 24);
  PIGEON_ASSERT(accept->size() == 28);
}

/// Nothing that a client sends can add a line to a response.
void check_response(const Request& request) {
  const std::vector<http::Field> fields = {{"X-Host", request.host}, {"X-Key", request.key}};
  const std::string head =
      http::encode_head(200, fields, 0, http::Afterwards::close, "Thu, 01 Jan 1970 00:00:00 GMT");
  PIGEON_ASSERT(std::count(head.begin(), head.end(), '\n') == 7);
  PIGEON_ASSERT(std::count(head.begin(), head.end(), '\r') == 7);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  parse_request_target(stream);
  // An end for every head and body, so that nothing is still undecided.
  stream.append("\r\n\r\n").append(limits.body_bytes_max, 'x').append("\r\n\r\n");
  const std::vector<Request> requests = read(stream, stream.size());
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1} + data[0]}) {
    PIGEON_ASSERT(read(stream, piece) == requests);
  }
  for (const Request& request : requests) {
    check_target(request);
    check_upgrade(request);
    check_response(request);
  }
  return 0;
}
