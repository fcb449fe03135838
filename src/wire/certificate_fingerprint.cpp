#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "pigeon/id.hpp"
#include "wire/signal_data.hpp"

namespace pigeon::wire {

namespace {

constexpr std::string_view attribute = "a=fingerprint:";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Bytes of a hash that can vouch for a certificate; 0 for others.
std::size_t hash_bytes(std::string_view name) {
  if (name == "sha-256") return 32;
  if (name == "sha-384") return 48;
  if (name == "sha-512") return 64;
  return 0;
}

/// RFC 8122 section 5: pairs of digits with colons between them.
bool is_digest(std::string_view text, std::size_t byte_count) {
  if (byte_count == 0 || text.size() != 3 * byte_count - 1) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_right =
        i % 3 == 2 ? text[i] == ':' : pigeon::detail::hex_digit_value(text[i]) >= 0;
    if (!is_right) return false;
  }
  return true;
}

/// The fingerprint of a line in its one spelling, or nothing.
std::optional<std::string> read_line(std::string_view line) {
  if (!line.starts_with(attribute)) return std::nullopt;
  line.remove_prefix(attribute.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  std::string hash(line.substr(0, space));
  std::string digits(line.substr(space + 1));
  std::transform(hash.begin(), hash.end(), hash.begin(), lower);
  std::transform(digits.begin(), digits.end(), digits.begin(), upper);
  if (!is_digest(digits, hash_bytes(hash))) return std::nullopt;
  return hash + " " + digits;
}

bool mentions_fingerprint(std::string_view line) {
  constexpr std::string_view word = "fingerprint";
  return std::search(line.begin(), line.end(), word.begin(), word.end(),
                     [](char c, char w) { return lower(c) == w; }) != line.end();
}

}  // namespace

std::optional<std::string> certificate_fingerprint(std::string_view sdp) {
  std::optional<std::string> found;
  while (!sdp.empty()) {
    const std::size_t end = std::min(sdp.find_first_of("\r\n"), sdp.size());
    const std::string_view line = sdp.substr(0, end);
    sdp.remove_prefix(std::min(end + 1, sdp.size()));
    if (!mentions_fingerprint(line)) continue;
    // A line that WebRTC may read in another way than we do could hide a second certificate.
    std::optional<std::string> fingerprint = read_line(line);
    if (!fingerprint || (found && *found != *fingerprint)) return std::nullopt;
    found = std::move(fingerprint);
  }
  return found;
}

}  // namespace pigeon::wire
