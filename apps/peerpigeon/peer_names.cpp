#include "apps/peerpigeon/peer_names.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "apps/support/quote.hpp"

namespace peerpigeon {

using pigeon::PeerId;
using pigeon::Result;
using pigeon::Unexpected;

std::string short_id(const PeerId& peer) { return peer.to_text().substr(0, 8); }

Result<PeerId, std::string> find_peer(std::string_view prefix, std::span<const PeerId> peers) {
  if (const auto whole = PeerId::parse(prefix)) return *whole;
  std::string lower;
  for (const char digit : prefix) {
    const int value = pigeon::detail::hex_digit_value(digit);
    if (value < 0 || prefix.size() > PeerId::text_length) {
      return Unexpected(
          fmt::format("{} is no peer id: those are 40 hexadecimal digits, or their "
                      "beginning",
                      apps::quote(prefix)));
    }
    lower += "0123456789abcdef"[value];
  }
  std::set<PeerId> found;
  for (const PeerId& peer : peers) {
    if (!lower.empty() && peer.to_text().starts_with(lower)) found.insert(peer);
  }
  if (found.size() == 1) return *found.begin();
  if (found.empty()) {
    return Unexpected(fmt::format("no known peer's id begins with {}", apps::quote(prefix)));
  }
  return Unexpected(fmt::format("{} peers' ids begin with {}; write more of it, as in {}",
                                found.size(), apps::quote(prefix), short_id(*found.begin())));
}

std::string shared_beginning(std::span<const std::string> texts) {
  if (texts.empty()) return "";
  std::string shared = texts.front();
  for (const std::string& text : texts) {
    const auto [end, ignored] = std::ranges::mismatch(shared, text);
    shared.erase(end, shared.end());
  }
  return shared;
}

}  // namespace peerpigeon
