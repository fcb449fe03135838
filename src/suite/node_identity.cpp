#include "suite/node_identity.hpp"

#include <array>
#include <utility>

#include "base/wipe.hpp"
#include "suite/random_bytes.hpp"

namespace pigeon::suite {

namespace {

using crypto::PrivateScalar;

/// Numbers outside of the curve's range are drawn again (FIPS 186-5 appendix A.2.2); that happens
/// once in 2^32 times.
constexpr int draw_count_max = 8;

template <class AnyKey>
using Drawn = std::pair<PrivateScalar, AnyKey>;

template <class AnyKey, class Fill>
Result<Drawn<AnyKey>, SuiteError> draw(Fill& fill) {
  std::array<std::uint8_t, PrivateScalar::byte_count> bytes{};
  const Wiper wiper(bytes);
  for (int i = 0; i < draw_count_max; ++i) {
    const Result<void, SuiteError> filled = fill(bytes);
    if (!filled) return Unexpected(filled.error());
    auto key = AnyKey::from_private_scalar(bytes);
    if (key) return Drawn<AnyKey>(PrivateScalar(bytes), std::move(*key));
    if (key.error() != SuiteError::invalid_private_key) return Unexpected(key.error());
  }
  return Unexpected(SuiteError::no_randomness);
}

}  // namespace

NodeIdentity::NodeIdentity(const PrivateScalar& signing_scalar, SigningKey signing,
                           const PrivateScalar& encryption_scalar, EncryptionKey encryption)
    : signing_scalar_(signing_scalar),
      signing_(std::move(signing)),
      encryption_scalar_(encryption_scalar),
      encryption_(std::move(encryption)) {}

template <class Fill>
Result<NodeIdentity, SuiteError> NodeIdentity::draw_pairs(Fill fill) {
  auto signing = draw<SigningKey>(fill);
  if (!signing) return Unexpected(signing.error());
  auto encryption = draw<EncryptionKey>(fill);
  if (!encryption) return Unexpected(encryption.error());
  return NodeIdentity(signing->first, std::move(signing->second), encryption->first,
                      std::move(encryption->second));
}

Result<NodeIdentity, SuiteError> NodeIdentity::generate() {
  return draw_pairs([](MutableBytesView out) { return random_bytes(out); });
}

Result<NodeIdentity, SuiteError> NodeIdentity::from_random(Random random) {
  return draw_pairs([&random](MutableBytesView out) {
    random.fill(out);
    return Result<void, SuiteError>();
  });
}

Result<NodeIdentity, SuiteError> NodeIdentity::from_stored(const crypto::StoredKeys& keys) {
  auto signing = SigningKey::from_private_scalar(keys.signing_private.bytes());
  if (!signing) return Unexpected(signing.error());
  auto encryption = EncryptionKey::from_private_scalar(keys.encryption_private.bytes());
  if (!encryption) return Unexpected(encryption.error());
  if (signing->public_key() != keys.signing_public ||
      encryption->public_key() != keys.encryption_public) {
    return Unexpected(SuiteError::mismatched_keys);
  }
  return NodeIdentity(keys.signing_private, std::move(*signing), keys.encryption_private,
                      std::move(*encryption));
}

crypto::StoredKeys NodeIdentity::stored() const {
  return {signing_scalar_, signing_.public_key(), encryption_scalar_, encryption_.public_key()};
}

}  // namespace pigeon::suite
