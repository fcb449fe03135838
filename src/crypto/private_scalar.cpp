#include "crypto/private_scalar.hpp"

#include <algorithm>

#include "base/base64.hpp"

namespace pigeon::crypto {

PrivateScalar::PrivateScalar(std::span<const std::uint8_t, byte_count> bytes) {
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

std::optional<PrivateScalar> PrivateScalar::parse(std::string_view text) {
  if (text.size() != text_length) return std::nullopt;
  auto bytes = decode_base64url(text);
  if (!bytes) return std::nullopt;
  const Wiper wiper(*bytes);
  return PrivateScalar(BytesView(*bytes).first<byte_count>());
}

std::string PrivateScalar::to_text() const { return encode_base64url(bytes_); }

}  // namespace pigeon::crypto
