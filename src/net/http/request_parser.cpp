#include "net/http/request_parser.hpp"

#include <algorithm>

#include <boost/beast/core/string.hpp>

#include "net/http/head_reader.hpp"

namespace pigeon::net::http {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

namespace {

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct RequestParser::Impl {
  explicit Impl(const RequestLimits& chosen) : limits(chosen), head(chosen.head_bytes_max) {}

  Result<std::size_t, RequestError> feed_head(std::string_view input);
  Result<void, RequestError> check_head();
  std::size_t feed_body(std::string_view input);

  RequestLimits limits;
  HeadReader<true> head;
  std::uint64_t body_missing = 0;
  bool has_body = false;
};

Result<std::size_t, RequestError> RequestParser::Impl::feed_head(std::string_view input) {
  const auto [state, used] = head.feed(input);
  if (state == HeadState::bad_syntax) return Unexpected(RequestError::bad_syntax);
  if (state == HeadState::too_large) return Unexpected(RequestError::head_too_large);
  if (state == HeadState::incomplete) return used;
  if (auto checked = check_head(); !checked) return Unexpected(checked.error());
  return used;
}

Result<void, RequestError> RequestParser::Impl::check_head() {
  const auto& parser = head.parser();
  const auto& fields = parser.get();
  if (parser.chunked()) return Unexpected(RequestError::length_required);
  if (fields.count(bhttp::field::transfer_encoding) > 0) {
    return Unexpected(RequestError::bad_syntax);
  }
  // RFC 9112 section 3.2.
  const std::size_t hosts = fields.count(bhttp::field::host);
  if (hosts > 1 || (hosts == 0 && fields.version() >= 11)) {
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
    if (impl_->head.bytes() == 0) {
      while (input.substr(used).starts_with("\r\n")) used += 2;
      if (input.substr(used) == "\r") return used;
    }
    if (used == input.size()) return used;
    const auto taken = impl_->feed_head(input.substr(used));
    if (!taken) return taken;
    used += *taken;
  }
  if (has_head()) used += impl_->feed_body(input.substr(used));
  return used;
}

bool RequestParser::has_head() const { return impl_->head.parser().is_header_done(); }

bool RequestParser::is_complete() const { return has_head() && impl_->body_missing == 0; }

std::string_view RequestParser::method() const {
  return view(impl_->head.parser().get().method_string());
}

std::string_view RequestParser::target() const { return view(impl_->head.parser().get().target()); }

unsigned RequestParser::version() const { return impl_->head.parser().get().version(); }

bool RequestParser::keep_alive() const { return impl_->head.parser().keep_alive(); }

bool RequestParser::expects_continue() const {
  return version() >= 11 &&
         beast::iequals(impl_->head.parser().get()[bhttp::field::expect], "100-continue");
}

bool RequestParser::has_body() const { return impl_->has_body; }

std::string RequestParser::field(std::string_view name) const { return impl_->head.field(name); }

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
