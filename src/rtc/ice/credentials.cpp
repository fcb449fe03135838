#include "rtc/ice/credentials.hpp"

#include <cstddef>
#include <string_view>

namespace pigeon::ice {

namespace {

std::string random_text(Random& random, std::size_t size) {
  // The 64 ice-chars of RFC 8839 section 5.4.
  constexpr std::string_view ice_chars =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text(size, ' ');
  for (char& c : text) c = ice_chars[random.below(ice_chars.size())];
  return text;
}

}  // namespace

Credentials make_credentials(Random& random) {
  constexpr std::size_t ufrag_size = 8;
  constexpr std::size_t password_size = 24;
  std::string ufrag = random_text(random, ufrag_size);
  return {std::move(ufrag), random_text(random, password_size)};
}

}  // namespace pigeon::ice
