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

Result<WebSocketUrl, std::string> parse_websocket_url(std::string_view text) {
  const Unexpected<std::string> refused(
      "This is no address of a WebSocket. Give one such as ws://localhost:3000/.");
  if (text.size() > target_bytes_max) return refused;
  const auto url = boost::urls::parse_absolute_uri({text.data(), text.size()});
  if (url.has_error() || url->encoded_host().empty() || url->has_userinfo()) return refused;
  const bool is_secure = url->scheme_id() == boost::urls::scheme::wss;
  if (!is_secure && url->scheme_id() != boost::urls::scheme::ws) return refused;
  if (url->has_port() && url->port_number() == 0) return refused;

  WebSocketUrl result{.is_secure = is_secure, .host = url->host_address()};
  const std::uint16_t default_port = is_secure ? 443 : 80;
  result.port = url->has_port() ? url->port_number() : default_port;
  result.authority = std::string(url->encoded_host());
  if (result.port != default_port) result.authority += ":" + std::to_string(result.port);
  if (const std::string path(url->encoded_path()); !path.empty()) result.target = path;
  if (url->has_query()) result.target.append("?").append(std::string(url->encoded_query()));
  return result;
}

}  // namespace pigeon::net
