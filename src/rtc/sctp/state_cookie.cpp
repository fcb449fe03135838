#include "rtc/sctp/state_cookie.hpp"

#include <algorithm>
#include <chrono>

#include "crypto/hmac.hpp"
#include "crypto/sha256.hpp"
#include "rtc/sctp/packet/big_endian.hpp"

namespace pigeon::sctp {

namespace {

constexpr std::size_t content_size = 37;

std::uint8_t flags_of(const Extensions& extensions) {
  return static_cast<std::uint8_t>(
      (extensions.partial_reliability ? 1U : 0U) | (extensions.interleaving ? 2U : 0U) |
      (extensions.reconfiguration ? 4U : 0U) | (extensions.zero_checksum ? 8U : 0U) |
      (extensions.padding ? 16U : 0U));
}

Extensions extensions_of(std::uint8_t flags) {
  return {.partial_reliability = (flags & 1U) != 0,
          .interleaving = (flags & 2U) != 0,
          .reconfiguration = (flags & 4U) != 0,
          .zero_checksum = (flags & 8U) != 0,
          .padding = (flags & 16U) != 0};
}

std::uint32_t milliseconds_of(Instant at) {
  return static_cast<std::uint32_t>(at.time_since_epoch() / 1ms);
}

}  // namespace

CookieSeal::Code CookieSeal::code_of(BytesView content) const {
  crypto::Hmac<crypto::Sha256> hmac(key_);
  hmac.update(content);
  const auto digest = hmac.digest();
  Code code{};
  // RFC 2104 section 5: half of the code is enough.
  std::copy_n(digest.begin(), code.size(), code.begin());
  return code;
}

//   local tag, local TSN, peer's tag, TSN and window: 4 bytes each; peer's streams out and in: 2
//   bytes each; tie tags, milliseconds: 4 bytes each; extensions: 1 byte; authentication: 16 bytes
CookieSeal::Sealed CookieSeal::seal(const StateCookie& cookie) const {
  static_assert(content_size + sizeof(Code) == sealed_size);
  Sealed sealed{};
  std::uint8_t* const at = sealed.data();
  store_u32(at, cookie.local_tag);
  store_u32(at + 4, cookie.local_tsn);
  store_u32(at + 8, cookie.peer.tag);
  store_u32(at + 12, cookie.peer.initial_tsn);
  store_u32(at + 16, cookie.peer.window);
  store_u16(at + 20, cookie.peer.streams_out);
  store_u16(at + 22, cookie.peer.streams_in);
  store_u32(at + 24, cookie.tie_local);
  store_u32(at + 28, cookie.tie_peer);
  store_u32(at + 32, milliseconds_of(cookie.created));
  at[36] = flags_of(cookie.peer.extensions);
  const Code code = code_of(BytesView(sealed).first(content_size));
  std::copy(code.begin(), code.end(), at + content_size);
  return sealed;
}

std::optional<StateCookie> CookieSeal::open(BytesView sealed, Instant now) const {
  if (sealed.size() != sealed_size) return std::nullopt;
  const BytesView content = sealed.first(content_size);
  if (!crypto::equal_in_constant_time(code_of(content), sealed.subspan(content_size))) {
    return std::nullopt;
  }
  const std::uint8_t* const at = sealed.data();
  const std::uint32_t age = milliseconds_of(now) - load_u32(at + 32);
  return StateCookie{.local_tag = load_u32(at),
                     .local_tsn = load_u32(at + 4),
                     .peer = {.tag = load_u32(at + 8),
                              .initial_tsn = load_u32(at + 12),
                              .window = load_u32(at + 16),
                              .streams_out = load_u16(at + 20),
                              .streams_in = load_u16(at + 22),
                              .extensions = extensions_of(at[36])},
                     .tie_local = load_u32(at + 24),
                     .tie_peer = load_u32(at + 28),
                     .created = now - std::chrono::milliseconds(age)};
}

}  // namespace pigeon::sctp
