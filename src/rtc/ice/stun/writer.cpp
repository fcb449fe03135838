#include "rtc/ice/stun/writer.hpp"

#include <algorithm>
#include <array>

#include "crypto/hmac.hpp"
#include "crypto/sha1.hpp"
#include "rtc/ice/stun/fingerprint.hpp"

namespace pigeon::ice {

namespace {

constexpr std::size_t attribute_header_size = 4;
constexpr std::size_t length_max = 0xffff;

void store_u16(MutableBytesView out, std::size_t at, std::size_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8U);
  out[at + 1] = static_cast<std::uint8_t>(value);
}

void store_u32(MutableBytesView out, std::size_t at, std::uint32_t value) {
  store_u16(out, at, value >> 16U);
  store_u16(out, at + 2, value & 0xffffU);
}

// RFC 8489 section 5: the bits of the class lie between those of the method.
std::size_t type_bits(StunClass message_class, StunMethod method) {
  const auto bits = static_cast<unsigned>(method);
  return static_cast<unsigned>(message_class) | (bits & 0x00fU) | (bits & 0x070U) << 1U |
         (bits & 0xf80U) << 2U;
}

}  // namespace

StunWriter::StunWriter(MutableBytesView buffer, StunClass message_class, StunMethod method,
                       const TransactionId& transaction)
    : buffer_(buffer), failed_(buffer.size() < stun_header_size) {
  if (failed_) return;
  store_u16(buffer_, 0, type_bits(message_class, method));
  store_u16(buffer_, 2, 0);
  store_u32(buffer_, 4, stun_magic_cookie);
  std::copy(transaction.begin(), transaction.end(), buffer_.begin() + 8);
  size_ = stun_header_size;
}

MutableBytesView StunWriter::append(StunAttribute type, std::size_t size) {
  const std::size_t padding = (0 - size) % 4;
  const std::size_t length = size_ - stun_header_size + attribute_header_size + size + padding;
  if (failed_ || size > length_max || length > length_max ||
      stun_header_size + length > buffer_.size()) {
    failed_ = true;
    return {};
  }
  const MutableBytesView out = buffer_.subspan(size_, attribute_header_size + size + padding);
  store_u16(out, 0, static_cast<std::uint16_t>(type));
  store_u16(out, 2, size);
  std::fill(out.end() - static_cast<std::ptrdiff_t>(padding), out.end(), std::uint8_t{0});
  size_ += out.size();
  store_u16(buffer_, 2, length);
  return out.subspan(attribute_header_size, size);
}

void StunWriter::attribute(StunAttribute type, BytesView value) {
  const MutableBytesView out = append(type, value.size());
  if (!out.empty()) std::copy(value.begin(), value.end(), out.begin());
}

void StunWriter::u32(StunAttribute type, std::uint32_t value) {
  const MutableBytesView out = append(type, 4);
  if (!out.empty()) store_u32(out, 0, value);
}

void StunWriter::u64(StunAttribute type, std::uint64_t value) {
  const MutableBytesView out = append(type, 8);
  if (out.empty()) return;
  store_u32(out, 0, static_cast<std::uint32_t>(value >> 32U));
  store_u32(out, 4, static_cast<std::uint32_t>(value));
}

void StunWriter::write_address(StunAttribute type, const SocketAddress& address, BytesView mask) {
  const bool is_v4 = address.ip.is_v4();
  const std::size_t ip_size = is_v4 ? 4 : 16;
  const MutableBytesView out = append(type, 4 + ip_size);
  if (out.empty()) return;
  const BytesView ip = BytesView(address.ip.bytes()).last(ip_size);
  out[0] = 0;
  out[1] = is_v4 ? 1 : 2;
  store_u16(out, 2, address.port);
  for (std::size_t i = 0; i < 2; ++i) out[2 + i] = static_cast<std::uint8_t>(out[2 + i] ^ mask[i]);
  for (std::size_t i = 0; i < ip_size; ++i) {
    out[4 + i] = static_cast<std::uint8_t>(ip[i] ^ mask[i]);
  }
}

void StunWriter::address(StunAttribute type, const SocketAddress& address) {
  constexpr std::array<std::uint8_t, 16> no_mask{};
  write_address(type, address, no_mask);
}

void StunWriter::xor_address(StunAttribute type, const SocketAddress& address) {
  if (failed_) return;
  write_address(type, address, buffer_.subspan(4, 16));
}

void StunWriter::error_code(std::uint16_t code, std::string_view reason) {
  const MutableBytesView out = append(StunAttribute::error_code, 4 + reason.size());
  if (out.empty()) return;
  store_u32(out, 0, static_cast<std::uint32_t>(code / 100U << 8U | code % 100U));
  std::copy(reason.begin(), reason.end(), out.begin() + 4);
}

void StunWriter::unknown_attributes(std::span<const StunAttribute> types) {
  const MutableBytesView out = append(StunAttribute::unknown_attributes, 2 * types.size());
  for (std::size_t i = 0; 2 * i < out.size(); ++i) {
    store_u16(out, 2 * i, static_cast<std::uint16_t>(types[i]));
  }
}

void StunWriter::integrity(BytesView key) {
  const std::size_t before = size_;
  // Appended first: the length in the header, which is hashed too, counts this attribute.
  const MutableBytesView out = append(StunAttribute::message_integrity, crypto::Sha1::digest_size);
  if (out.empty()) return;
  crypto::Hmac<crypto::Sha1> hmac(key);
  hmac.update(buffer_.first(before));
  const auto digest = hmac.digest();
  std::copy(digest.begin(), digest.end(), out.begin());
}

void StunWriter::fingerprint() {
  const std::size_t before = size_;
  const MutableBytesView out = append(StunAttribute::fingerprint, 4);
  if (!out.empty()) store_u32(out, 0, stun_fingerprint(buffer_.first(before)));
}

}  // namespace pigeon::ice
