#include "net/http/request_parser.hpp"

#include <algorithm>
#include <limits>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

namespace pigeon::net::http {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

namespace {

RequestError to_error(const beast::error_code& error) {
  return error == bhttp::error::header_limit ? RequestError::head_too_large
                                             : RequestError::bad_syntax;
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct RequestParser::Impl {
  explicit Impl(const RequestLimits& chosen) : limits(chosen) {
    parser.header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(chosen.head_bytes_max, std::numeric_limits<std::uint32_t>::max())));
    // Beast reads heads only; bodies are a matter of counting.
    parser.skip(true);
  }

  Result<std::size_t, RequestError> feed_head(std::string_view input);
  Result<void, RequestError> check_head();
  std::size_t feed_body(std::string_view input);

  RequestLimits limits;
  bhttp::request_parser<bhttp::empty_body> parser;
  std::size_t head_bytes = 0;
  std::uint64_t body_missing = 0;
  bool has_body = false;
};

Result<std::size_t, RequestError> RequestParser::Impl::feed_head(std::string_view input) {
  beast::error_code error;
  const std::size_t used = parser.put(boost::asio::const_buffer(input.data(), input.size()), error);
  const bool needs_more = error == bhttp::error::need_more;
  if (error && !needs_more) return Unexpected(to_error(error));
  // Beast's limit holds for what it is offered at once, and it takes field by field.
  head_bytes += used;
  const std::size_t waiting = needs_more ? input.size() - used : 0;
  if (head_bytes + waiting > limits.head_bytes_max) {
    return Unexpected(RequestError::head_too_large);
  }
  if (!parser.is_header_done()) return used;
  if (auto checked = check_head(); !checked) return Unexpected(checked.error());
  return used;
}

Result<void, RequestError> RequestParser::Impl::check_head() {
  const auto& head = parser.get();
  if (parser.chunked()) return Unexpected(RequestError::length_required);
  if (head.count(bhttp::field::transfer_encoding) > 0) return Unexpected(RequestError::bad_syntax);
  // RFC 9112 section 3.2.
  const std::size_t hosts = head.count(bhttp::field::host);
  if (hosts > 1 || (hosts == 0 && head.version() >= 11)) {
    return Unexpected(RequestError::bad_syntax);
  }
  body_missing = parser.content_length().value_or(0);
  has_body = body_missing > 0;
  if (body_missing > limits.body_bytes_max) return Unexpected(RequestError::body_too_large);
  return {};
}

std::size_t RequestParser::Impl::feed_body(std::string_view input) {
  const auto used = static_cast<std::size_t>(std::min<std::uint64_t>(body_missing, input.size()));
  body_missing -= used;
  return used;
}

RequestParser::RequestParser(const RequestLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;
RequestParser::~RequestParser() = default;

Result<std::size_t, RequestError> RequestParser::feed(std::string_view input) {
  std::size_t used = 0;
  if (!has_head()) {
    // RFC 9112 section 2.2: empty lines before the request line are to be ignored.
    if (impl_->head_bytes == 0) {
      while (input.substr(used).starts_with("\r\n")) used += 2;
      if (input.substr(used) == "\r") return used;
    }
    if (used == input.size()) return used;
    const auto head = impl_->feed_head(input.substr(used));
    if (!head) return head;
    used += *head;
  }
  if (has_head()) used += impl_->feed_body(input.substr(used));
  return used;
}

bool RequestParser::has_head() const { return impl_->parser.is_header_done(); }

bool RequestParser::is_complete() const { return has_head() && impl_->body_missing == 0; }

std::string_view RequestParser::method() const { return view(impl_->parser.get().method_string()); }

std::string_view RequestParser::target() const { return view(impl_->parser.get().target()); }

unsigned RequestParser::version() const { return impl_->parser.get().version(); }

bool RequestParser::keep_alive() const { return impl_->parser.keep_alive(); }

bool RequestParser::expects_continue() const {
  return version() >= 11 &&
         beast::iequals(impl_->parser.get()[bhttp::field::expect], "100-continue");
}

bool RequestParser::has_body() const { return impl_->has_body; }

std::string RequestParser::field(std::string_view name) const {
  std::string joined;
  const auto [first, last] =
      impl_->parser.get().equal_range(beast::string_view(name.data(), name.size()));
  for (auto at = first; at != last; ++at) {
    if (at != first) joined += ", ";
    joined += view(at->value());
  }
  return joined;
}

unsigned http_status(RequestError error) {
  switch (error) {
    case RequestError::head_too_large:
      return 431;
    case RequestError::body_too_large:
      return 413;
    case RequestError::length_required:
      return 411;
    case RequestError::bad_syntax:
      break;
  }
  return 400;
}

std::string_view to_string(RequestError error) {
  switch (error) {
    case RequestError::head_too_large:
      return "The request line and its headers are too large";
    case RequestError::body_too_large:
      return "The body is too large";
    case RequestError::length_required:
      return "A body needs a Content-Length";
    case RequestError::bad_syntax:
      break;
  }
  return "This is not a valid HTTP request";
}

}  // namespace pigeon::net::http
