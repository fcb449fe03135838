#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

namespace pigeon::net::http {

/// How far the reading of a head has come.
enum class HeadState : std::uint8_t { incomplete, complete, bad_syntax, too_large };

/// Reads the head of a message (RFC 9112) with Beast, within a bound. For the parsers only: it
/// brings Beast's headers along.
template <bool is_request>
class HeadReader {
 public:
  using Parser = boost::beast::http::parser<is_request, boost::beast::http::empty_body>;

  struct Progress {
    HeadState state = HeadState::incomplete;
    /// Bytes taken from the front; the rest is to be offered again with more behind it.
    std::size_t used = 0;
  };

  explicit HeadReader(std::size_t bytes_max) : bytes_max_(bytes_max) {
    parser_.header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(bytes_max, std::numeric_limits<std::uint32_t>::max())));
    // Beast reads heads only; bodies are the owner's.
    parser_.skip(true);
  }

  Progress feed(std::string_view input) {
    boost::beast::error_code error;
    const std::size_t used =
        parser_.put(boost::asio::const_buffer(input.data(), input.size()), error);
    const bool needs_more = error == boost::beast::http::error::need_more;
    if (error && !needs_more) {
      const bool is_long = error == boost::beast::http::error::header_limit;
      return {is_long ? HeadState::too_large : HeadState::bad_syntax, used};
    }
    // Beast's limit holds for what it is offered at once, and it takes field by field.
    bytes_ += used;
    const std::size_t waiting = needs_more ? input.size() - used : 0;
    if (bytes_ + waiting > bytes_max_) return {HeadState::too_large, used};
    return {parser_.is_header_done() ? HeadState::complete : HeadState::incomplete, used};
  }

  const Parser& parser() const { return parser_; }
  /// Bytes taken so far.
  std::size_t bytes() const { return bytes_; }

  /// The value of a header field, several of one name joined by commas; empty if absent.
  std::string field(std::string_view name) const {
    std::string joined;
    const auto [first, last] =
        parser_.get().equal_range(boost::beast::string_view(name.data(), name.size()));
    for (auto at = first; at != last; ++at) {
      if (at != first) joined += ", ";
      joined.append(at->value().data(), at->value().size());
    }
    return joined;
  }

 private:
  Parser parser_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
};

}  // namespace pigeon::net::http
