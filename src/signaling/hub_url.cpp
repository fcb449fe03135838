#include "signaling/hub_url.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/text.hpp"
#include "pigeon/id.hpp"

namespace pigeon::signaling {

namespace {

constexpr std::string_view peer_id_name = "peerId";
/// Bytes of a URL that a sentence repeats.
constexpr std::size_t shown_bytes_max = 100;

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  return lower;
}

/// The part before `end`, or all; `text` keeps what is behind it.
std::string_view take_until(std::string_view& text, std::string_view end) {
  const std::size_t at = text.find(end);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
  return part;
}

/// The scheme that a hub is asked by, or nothing.
std::optional<std::string_view> websocket_scheme(std::string_view scheme) {
  const std::string name = lower_case(scheme);
  if (name == "ws" || name == "http") return "ws";
  if (name == "wss" || name == "https") return "wss";
  return std::nullopt;
}

/// True for 1 to 65535 in decimal digits.
bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && stop == text.data() + text.size() && port != 0;
}

bool is_host_character(char c) {
  const char lower = to_lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

bool is_address_character(char c) {
  return detail::hex_digit_value(c) >= 0 || c == ':' || c == '.';
}

/// Whether it is a name, an address of IPv4, or one of IPv6 in brackets.
bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return std::ranges::all_of(host.substr(1, host.size() - 2), is_address_character);
  }
  return !host.empty() && std::ranges::all_of(host, is_host_character);
}

/// Host and port without the default port; nothing if it is not that.
std::optional<std::string> authority_of(std::string_view text, std::string_view scheme) {
  const std::size_t bracket = text.find(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = text.substr(0, colon);
  if (!is_host(host)) return std::nullopt;
  std::string authority = lower_case(host);
  if (colon == std::string_view::npos) return authority;
  const std::string_view port = text.substr(colon + 1);
  if (!is_port(port)) return std::nullopt;
  const std::string_view default_port = scheme == "wss" ? "443" : "80";
  if (port != default_port) authority.append(":").append(port);
  return authority;
}

/// The name of a query parameter with its percent signs resolved.
std::string decoded_name(std::string_view parameter) {
  const std::string_view name = parameter.substr(0, parameter.find('='));
  std::string decoded;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%' && i + 2 < name.size()) {
      const int high = detail::hex_digit_value(name[i + 1]);
      const int low = detail::hex_digit_value(name[i + 2]);
      if (high >= 0 && low >= 0) {
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    decoded += name[i];
  }
  return decoded;
}

/// The query with `peerId` set to our id and nothing else changed.
std::string query_with(std::string_view query, std::string_view peer_id) {
  std::string result;
  while (!query.empty()) {
    const std::string_view parameter = take_until(query, "&");
    if (parameter.empty() || decoded_name(parameter) == peer_id_name) continue;
    result.append(parameter).append("&");
  }
  return result.append(peer_id_name).append("=").append(peer_id);
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

Unexpected<std::string> refuse(std::string_view given, std::string_view cause) {
  std::string sentence = "The hub's address '";
  sentence.append(first_bytes(given, shown_bytes_max)).append("' ").append(cause);
  return Unexpected(std::move(sentence.append(" Give one such as ws://localhost:3000.")));
}

}  // namespace

Result<std::string, std::string> hub_url(std::string_view given, std::string_view peer_id) {
  if (!is_printable(given)) {
    return refuse("", "has spaces, or characters that belong percent-encoded into a URL.");
  }
  if (given.size() > hub_url_bytes_max) return refuse(given, "is too long.");
  if (given.find("://") == std::string_view::npos) return refuse(given, "has no scheme.");
  std::string_view rest = given.substr(0, given.find('#'));
  const auto scheme = websocket_scheme(take_until(rest, "://"));
  if (!scheme) return refuse(given, "is neither ws, wss, http nor https.");
  const std::string_view place = rest.substr(0, rest.find_first_of("/?"));
  if (place.find('@') != std::string_view::npos) {
    return refuse("", "names a user, which hubs do not ask for.");
  }
  const auto authority = authority_of(place, *scheme);
  if (!authority) return refuse(given, "has no host, or a port that is none.");
  rest.remove_prefix(place.size());
  const std::string_view path = take_until(rest, "?");

  std::string url(*scheme);
  url.append("://").append(*authority).append(path.empty() ? "/" : path);
  return url.append("?").append(query_with(rest, peer_id));
}

}  // namespace pigeon::signaling
