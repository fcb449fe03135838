#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pigeon::ice {

/// Size of the fixed part of a STUN message (RFC 8489 section 5).
inline constexpr std::size_t stun_header_size = 20;
inline constexpr std::uint32_t stun_magic_cookie = 0x2112a442;

/// Names a request and its response: random, never used twice (RFC 8489 section 5).
using TransactionId = std::array<std::uint8_t, 12>;

/// What a message is to its transaction (RFC 8489 section 5): two bits spread over the type.
enum class StunClass : std::uint16_t {
  request = 0x000,
  indication = 0x010,
  success = 0x100,
  error = 0x110,
};

/// What a message is about (RFC 8489 section 18.2, RFC 8656 section 17). Twelve bits; other values
/// than these occur in messages that were received.
enum class StunMethod : std::uint16_t {
  binding = 0x001,
  allocate = 0x003,
  refresh = 0x004,
  send = 0x006,
  data = 0x007,
  create_permission = 0x008,
  channel_bind = 0x009,
};

/// Attribute types (RFC 8489 section 18.3, RFC 8656 section 18, RFC 8445 section 16.1). Below
/// 0x8000 the receiver must understand them. Other values than these occur in messages received.
enum class StunAttribute : std::uint16_t {
  mapped_address = 0x0001,
  username = 0x0006,
  message_integrity = 0x0008,
  error_code = 0x0009,
  unknown_attributes = 0x000a,
  channel_number = 0x000c,
  lifetime = 0x000d,
  xor_peer_address = 0x0012,
  data = 0x0013,
  realm = 0x0014,
  nonce = 0x0015,
  xor_relayed_address = 0x0016,
  requested_address_family = 0x0017,
  even_port = 0x0018,
  requested_transport = 0x0019,
  dont_fragment = 0x001a,
  message_integrity_sha256 = 0x001c,
  password_algorithm = 0x001d,
  userhash = 0x001e,
  xor_mapped_address = 0x0020,
  reservation_token = 0x0022,
  priority = 0x0024,
  use_candidate = 0x0025,
  additional_address_family = 0x8000,
  address_error_code = 0x8001,
  password_algorithms = 0x8002,
  icmp = 0x8004,
  software = 0x8022,
  alternate_server = 0x8023,
  fingerprint = 0x8028,
  ice_controlled = 0x8029,
  ice_controlling = 0x802a,
};

/// True for the types above which a receiver must understand (RFC 8489 section 14).
bool is_known_required(StunAttribute type);

/// Error codes that matter to us (RFC 8489 section 14.8, RFC 8656 section 19, RFC 8445
/// section 16.2).
namespace stun_error {
inline constexpr std::uint16_t try_alternate = 300;
inline constexpr std::uint16_t bad_request = 400;
inline constexpr std::uint16_t unauthenticated = 401;
inline constexpr std::uint16_t forbidden = 403;
inline constexpr std::uint16_t unknown_attribute = 420;
inline constexpr std::uint16_t allocation_mismatch = 437;
inline constexpr std::uint16_t stale_nonce = 438;
inline constexpr std::uint16_t address_family_not_supported = 440;
inline constexpr std::uint16_t wrong_credentials = 441;
inline constexpr std::uint16_t peer_address_family_mismatch = 443;
inline constexpr std::uint16_t role_conflict = 487;
inline constexpr std::uint16_t server_error = 500;
inline constexpr std::uint16_t insufficient_capacity = 508;
}  // namespace stun_error

}  // namespace pigeon::ice
