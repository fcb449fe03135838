// HTTP requests and URLs from strangers, in pieces of any size: no crash, and the pieces make no
// difference.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "net/http/request_parser.hpp"
#include "net/url.hpp"

namespace {

using pigeon::net::http::RequestParser;

struct Outcome {
  bool failed = false;
  std::size_t used = 0;
};

Outcome parse(std::string_view input, std::size_t piece) {
  RequestParser parser({.head_bytes_max = 1'024, .body_bytes_max = 4'096});
  Outcome outcome;
  std::string pending;
  for (std::size_t at = 0; at < input.size(); at += piece) {
    pending += input.substr(at, piece);
    const auto used = parser.feed(pending);
    if (!used) {
      outcome.failed = true;
      return outcome;
    }
    PIGEON_ASSERT(*used <= pending.size());
    outcome.used += *used;
    pending.erase(0, *used);
    if (parser.is_complete()) return outcome;
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  parse(text, size + 1);
  parse(text, 1);
  parse(text, 7);
  static_cast<void>(pigeon::net::parse_request_target(text));
  return 0;
}
