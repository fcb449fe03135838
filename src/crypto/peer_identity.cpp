#include "crypto/peer_identity.hpp"

#include <algorithm>

#include "base/base64.hpp"
#include "base/bytes.hpp"
#include "crypto/sha256.hpp"

namespace pigeon::crypto {

namespace {

constexpr std::size_t coordinate_size = 32;
constexpr std::size_t coordinate_digits = 43;

}  // namespace

std::optional<SigningPublicKey> SigningPublicKey::parse(std::string_view text) {
  if (text.size() != text_length || text[coordinate_digits] != '.') return std::nullopt;
  const auto x = decode_base64url(text.substr(0, coordinate_digits));
  const auto y = decode_base64url(text.substr(coordinate_digits + 1));
  if (!x || !y) return std::nullopt;
  std::array<std::uint8_t, byte_count> bytes{};
  std::copy_n(x->begin(), coordinate_size, bytes.begin());
  std::copy_n(y->begin(), coordinate_size, bytes.begin() + coordinate_size);
  return SigningPublicKey(bytes);
}

std::string SigningPublicKey::to_text() const {
  const BytesView both(bytes_);
  return encode_base64url(both.first(coordinate_size)) + '.' +
         encode_base64url(both.last(coordinate_size));
}

PeerId peer_id_of(const SigningPublicKey& key) {
  Sha256 hash;
  hash.update(as_bytes("pigeon peer id 1:"));
  hash.update(as_bytes(key.to_text()));
  const auto digest = hash.digest();
  std::array<std::uint8_t, PeerId::byte_count> bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return PeerId(bytes);
}

}  // namespace pigeon::crypto
