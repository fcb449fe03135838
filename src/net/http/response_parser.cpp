#include "net/http/response_parser.hpp"

#include "net/http/head_reader.hpp"

namespace pigeon::net::http {

struct ResponseParser::Impl {
  explicit Impl(std::size_t head_bytes_max) : head(head_bytes_max) {}

  HeadReader<false> head;
};

ResponseParser::ResponseParser(std::size_t head_bytes_max)
    : impl_(std::make_unique<Impl>(head_bytes_max)) {}
ResponseParser::ResponseParser(ResponseParser&&) noexcept = default;
ResponseParser& ResponseParser::operator=(ResponseParser&&) noexcept = default;
ResponseParser::~ResponseParser() = default;

Result<std::size_t, ResponseError> ResponseParser::feed(std::string_view input) {
  if (is_complete() || input.empty()) return std::size_t{0};
  const auto [state, used] = impl_->head.feed(input);
  if (state == HeadState::bad_syntax) return Unexpected(ResponseError::bad_syntax);
  if (state == HeadState::too_large) return Unexpected(ResponseError::head_too_large);
  return used;
}

bool ResponseParser::is_complete() const { return impl_->head.parser().is_header_done(); }

unsigned ResponseParser::status() const { return impl_->head.parser().get().result_int(); }

std::string_view ResponseParser::reason() const {
  const auto reason = impl_->head.parser().get().reason();
  return {reason.data(), reason.size()};
}

std::string ResponseParser::field(std::string_view name) const { return impl_->head.field(name); }

std::string_view to_string(ResponseError error) {
  return error == ResponseError::bad_syntax ? "is not HTTP" : "has too large a head";
}

}  // namespace pigeon::net::http
