#include "net/url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace pigeon::net {

namespace {

/// Boost.URL throws above its limit; request targets are far shorter.
constexpr std::size_t target_bytes_max = std::size_t{1} << 20U;

RequestTarget decode(const boost::urls::url_view& url) {
  RequestTarget target;
  target.path = url.path();
  if (target.path.empty()) target.path = "/";
  for (const auto& parameter : url.params()) {
    target.query.emplace_back(parameter.key, parameter.has_value ? parameter.value : "");
  }
  return target;
}

}  // namespace

std::optional<RequestTarget> parse_request_target(std::string_view target) {
  if (target.empty() || target.size() > target_bytes_max) return std::nullopt;
  if (target == "*") return RequestTarget{.path = "*", .query = {}};
  const boost::urls::string_view text(target.data(), target.size());
  const auto url = target.front() == '/' ? boost::urls::parse_origin_form(text)
                                         : boost::urls::parse_absolute_uri(text);
  if (url.has_error()) return std::nullopt;
  // An absolute URI without an authority, as in `mailto:`, is no request target.
  if (target.front() != '/' && !url->has_authority()) return std::nullopt;
  return decode(*url);
}

}  // namespace pigeon::net
