#include "rtc/ice/stun/message.hpp"

#include <algorithm>
#include <array>

#include "crypto/hmac.hpp"
#include "crypto/sha1.hpp"
#include "rtc/ice/stun/fingerprint.hpp"

namespace pigeon::ice {

namespace {

constexpr std::size_t attribute_header_size = 4;
constexpr std::size_t fingerprint_size = 4;
constexpr std::uint16_t class_bits = 0x110;

std::uint16_t load_u16(BytesView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

std::uint32_t load_u32(BytesView bytes, std::size_t at) {
  return static_cast<std::uint32_t>(load_u16(bytes, at)) << 16U | load_u16(bytes, at + 2);
}

std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

/// The address in an attribute, with what was XORed onto port and address taken off again.
std::optional<SocketAddress> read_address(BytesView value, BytesView mask) {
  constexpr std::uint8_t family_v4 = 1;
  constexpr std::uint8_t family_v6 = 2;
  if (value.size() < 8) return std::nullopt;
  const auto port = static_cast<std::uint16_t>(load_u16(value, 2) ^ load_u16(mask, 0));
  const auto unmask = [&](auto bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(value[4 + i] ^ mask[i]);
    }
    return SocketAddress{IpAddress(bytes), port};
  };
  if (value[1] == family_v4 && value.size() == 8) return unmask(IpAddress::V4{});
  if (value[1] == family_v6 && value.size() == 20) return unmask(IpAddress::V6{});
  return std::nullopt;
}

}  // namespace

std::string_view to_string(StunError error) {
  switch (error) {
    case StunError::not_stun:
      return "not STUN";
    case StunError::wrong_length:
      return "wrong length";
    case StunError::malformed_attribute:
      return "malformed attribute";
    case StunError::too_many_attributes:
      return "too many attributes";
    case StunError::wrong_fingerprint:
      return "wrong fingerprint";
  }
  return "unknown";
}

bool is_known_required(StunAttribute type) {
  using enum StunAttribute;
  constexpr std::array known = {
      mapped_address,
      username,
      message_integrity,
      error_code,
      unknown_attributes,
      channel_number,
      lifetime,
      xor_peer_address,
      data,
      realm,
      nonce,
      xor_relayed_address,
      requested_address_family,
      even_port,
      requested_transport,
      dont_fragment,
      message_integrity_sha256,
      password_algorithm,
      userhash,
      xor_mapped_address,
      reservation_token,
      priority,
      use_candidate,
  };
  return std::find(known.begin(), known.end(), type) != known.end();
}

bool is_stun(BytesView datagram) {
  if (datagram.size() < stun_header_size || (datagram[0] & 0xc0U) != 0) return false;
  return load_u32(datagram, 4) == stun_magic_cookie;
}

Result<StunMessage, StunError> decode_stun(BytesView datagram) {
  StunMessage message(datagram);
  if (const auto error = message.check()) return Unexpected(*error);
  return message;
}

std::optional<StunError> StunMessage::check() {
  if (!is_stun(bytes_)) return StunError::not_stun;
  const std::size_t length = load_u16(bytes_, 2);
  if (length % 4 != 0 || stun_header_size + length != bytes_.size()) {
    return StunError::wrong_length;
  }
  std::size_t count = 0;
  Cursor cursor(bytes_.subspan(stun_header_size));
  while (const auto attribute = cursor.next()) {
    if (++count > attribute_count_max) return StunError::too_many_attributes;
    const std::size_t end = bytes_.size() - cursor.rest_.size();
    const std::size_t begin = end - attribute_header_size - padded(attribute->value.size());
    if (attribute->type == StunAttribute::message_integrity && integrity_offset_ == 0) {
      if (attribute->value.size() != crypto::Sha1::digest_size) {
        return StunError::malformed_attribute;
      }
      integrity_offset_ = begin;
    }
    if (attribute->type == StunAttribute::fingerprint) {
      const bool is_last = cursor.rest_.empty() && attribute->value.size() == fingerprint_size;
      if (!is_last || load_u32(attribute->value, 0) != stun_fingerprint(bytes_.first(begin))) {
        return StunError::wrong_fingerprint;
      }
      has_fingerprint_ = true;
    }
  }
  if (!cursor.rest_.empty()) return StunError::malformed_attribute;
  return std::nullopt;
}

std::optional<StunMessage::Attribute> StunMessage::Cursor::next() {
  if (rest_.size() < attribute_header_size) return std::nullopt;
  const std::size_t size = load_u16(rest_, 2);
  const std::size_t whole = attribute_header_size + padded(size);
  if (whole > rest_.size()) return std::nullopt;
  const Attribute attribute{static_cast<StunAttribute>(load_u16(rest_, 0)),
                            rest_.subspan(attribute_header_size, size)};
  rest_ = rest_.subspan(whole);
  return attribute;
}

StunClass StunMessage::message_class() const {
  return static_cast<StunClass>(load_u16(bytes_, 0) & class_bits);
}

// RFC 8489 section 5: the bits of the class lie between those of the method.
StunMethod StunMessage::method() const {
  const std::uint16_t type = load_u16(bytes_, 0);
  const unsigned bits = (type & 0x000fU) | (type & 0x00e0U) >> 1U | (type & 0x3e00U) >> 2U;
  return static_cast<StunMethod>(bits);
}

TransactionId StunMessage::transaction() const {
  TransactionId id{};
  std::copy_n(bytes_.begin() + 8, id.size(), id.begin());
  return id;
}

StunMessage::Cursor StunMessage::attributes() const {
  const std::size_t end = has_integrity() ? integrity_offset_ : bytes_.size();
  return Cursor(bytes_.subspan(stun_header_size, end - stun_header_size));
}

std::optional<BytesView> StunMessage::find(StunAttribute type) const {
  Cursor cursor = attributes();
  while (const auto attribute = cursor.next()) {
    if (attribute->type == type) return attribute->value;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> StunMessage::u32(StunAttribute type) const {
  const auto value = find(type);
  if (!value || value->size() != 4) return std::nullopt;
  return load_u32(*value, 0);
}

std::optional<std::uint64_t> StunMessage::u64(StunAttribute type) const {
  const auto value = find(type);
  if (!value || value->size() != 8) return std::nullopt;
  return static_cast<std::uint64_t>(load_u32(*value, 0)) << 32U | load_u32(*value, 4);
}

std::optional<std::string_view> StunMessage::text(StunAttribute type) const {
  const auto value = find(type);
  if (!value) return std::nullopt;
  return as_text(*value);
}

std::optional<SocketAddress> StunMessage::address(StunAttribute type) const {
  constexpr std::array<std::uint8_t, 16> no_mask{};
  const auto value = find(type);
  return value ? read_address(*value, no_mask) : std::nullopt;
}

std::optional<SocketAddress> StunMessage::xor_address(StunAttribute type) const {
  const auto value = find(type);
  // RFC 8489 section 14.2: the mask is the cookie and, for IPv6, the transaction id behind it.
  return value ? read_address(*value, bytes_.subspan(4, 16)) : std::nullopt;
}

std::optional<SocketAddress> StunMessage::mapped_address() const {
  const auto masked = xor_address(StunAttribute::xor_mapped_address);
  return masked ? masked : address(StunAttribute::mapped_address);
}

std::optional<StunErrorCode> StunMessage::error_code() const {
  const auto value = find(StunAttribute::error_code);
  if (!value || value->size() < 4) return std::nullopt;
  const unsigned hundreds = (*value)[2] & 7U;
  const unsigned rest = (*value)[3];
  if (hundreds < 3 || hundreds > 6 || rest > 99) return std::nullopt;
  return StunErrorCode{static_cast<std::uint16_t>(hundreds * 100 + rest),
                       as_text(value->subspan(4))};
}

std::size_t StunMessage::unknown_required(std::span<StunAttribute> out) const {
  constexpr std::uint16_t first_optional = 0x8000;
  std::size_t count = 0;
  Cursor cursor = attributes();
  while (const auto attribute = cursor.next()) {
    const bool required = static_cast<std::uint16_t>(attribute->type) < first_optional;
    if (!required || is_known_required(attribute->type) || count == out.size()) continue;
    out[count++] = attribute->type;
  }
  return count;
}

bool StunMessage::integrity_matches(BytesView key) const {
  if (!has_integrity()) return false;
  constexpr std::size_t attribute_size = attribute_header_size + crypto::Sha1::digest_size;
  // RFC 8489 section 14.5: as if the message ended with this attribute.
  const std::size_t length = integrity_offset_ + attribute_size - stun_header_size;
  const std::array<std::uint8_t, 4> start = {bytes_[0], bytes_[1],
                                             static_cast<std::uint8_t>(length >> 8U),
                                             static_cast<std::uint8_t>(length)};
  crypto::Hmac<crypto::Sha1> hmac(key);
  hmac.update(start);
  hmac.update(bytes_.subspan(start.size(), integrity_offset_ - start.size()));
  const BytesView sent =
      bytes_.subspan(integrity_offset_ + attribute_header_size, crypto::Sha1::digest_size);
  return crypto::equal_in_constant_time(hmac.digest(), sent);
}

}  // namespace pigeon::ice
