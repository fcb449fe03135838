#include "suite/p256.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/obj_mac.h>

#include "suite/openssl.hpp"

namespace pigeon::suite {

namespace {

/// SEC 1 section 2.3.3: 0x04, X, Y.
constexpr std::size_t point_size = 1 + crypto::SigningPublicKey::byte_count;
constexpr std::uint8_t uncompressed = 4;
using EncodedPoint = std::array<std::uint8_t, point_size>;

EncodedPoint encoded(const crypto::SigningPublicKey& key) {
  EncodedPoint point{uncompressed};
  std::copy(key.bytes().begin(), key.bytes().end(), point.begin() + 1);
  return point;
}

std::optional<crypto::SigningPublicKey> decoded(const EncodedPoint& point) {
  if (point[0] != uncompressed) return std::nullopt;
  std::array<std::uint8_t, crypto::SigningPublicKey::byte_count> bytes{};
  std::copy(point.begin() + 1, point.end(), bytes.begin());
  return crypto::SigningPublicKey(bytes);
}

/// A key out of its point and, for a pair, its private scalar. Null if OpenSSL refuses it, as it
/// does with points that are not on the curve.
P256Key make_key(const EncodedPoint& point, const BIGNUM* scalar) {
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  if (!builder || !context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                      SN_X9_62_prime256v1, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  if (scalar != nullptr &&
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) != 1) {
    return nullptr;
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  if (!params) return nullptr;
  const int selection = scalar == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
  return P256Key(key);
}

std::optional<crypto::SigningPublicKey> public_key_of(EVP_PKEY* key) {
  EncodedPoint point{};
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(),
                                      &size) != 1 ||
      size != point.size()) {
    return std::nullopt;
  }
  return decoded(point);
}

/// The scalar times the base point.
std::optional<EncodedPoint> multiply_base(const EC_GROUP* group, const BIGNUM* scalar) {
  const Point point(EC_POINT_new(group));
  EncodedPoint bytes{};
  if (!point || EC_POINT_mul(group, point.get(), scalar, nullptr, nullptr, nullptr) != 1 ||
      EC_POINT_point2oct(group, point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(),
                         bytes.size(), nullptr) != bytes.size()) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace

void P256KeyFreer::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

Result<P256Pair, SuiteError> generate_p256_pair() {
  const ErrorQueueGuard guard;
  P256Key key(EVP_EC_gen(SN_X9_62_prime256v1));
  if (!key) return Unexpected(SuiteError::library_failure);
  const auto public_key = public_key_of(key.get());
  if (!public_key) return Unexpected(SuiteError::library_failure);
  return P256Pair{std::move(key), *public_key};
}

Result<P256Pair, SuiteError> p256_pair_of(
    std::span<const std::uint8_t, crypto::PrivateScalar::byte_count> scalar) {
  const ErrorQueueGuard guard;
  const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  // Secure numbers are handled in constant time.
  const BigNumber number(BN_secure_new());
  if (!group || !number ||
      BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), number.get()) == nullptr) {
    return Unexpected(SuiteError::library_failure);
  }
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  if (BN_is_zero(number.get()) == 1 ||
      BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) {
    return Unexpected(SuiteError::invalid_private_key);
  }
  const auto point = multiply_base(group.get(), number.get());
  if (!point) return Unexpected(SuiteError::library_failure);
  P256Key key = make_key(*point, number.get());
  const auto public_key = decoded(*point);
  if (!key || !public_key) return Unexpected(SuiteError::library_failure);
  return P256Pair{std::move(key), *public_key};
}

P256Key load_p256_public_key(const crypto::SigningPublicKey& key) {
  const ErrorQueueGuard guard;
  return make_key(encoded(key), nullptr);
}

}  // namespace pigeon::suite
