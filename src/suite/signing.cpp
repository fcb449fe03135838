#include "suite/signing.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/obj_mac.h>

#include "suite/openssl.hpp"

namespace pigeon::suite {

namespace {

using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;

constexpr std::size_t coordinate_size = 32;
/// SEC 1 section 2.3.3: 0x04, X, Y.
constexpr std::size_t point_size = 1 + 2 * coordinate_size;
constexpr std::uint8_t uncompressed = 4;
using EncodedPoint = std::array<std::uint8_t, point_size>;
/// SEQUENCE of two INTEGERs of up to 33 bytes.
constexpr std::size_t der_size_max = 72;
using Der = std::array<std::uint8_t, der_size_max>;

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
Key make_key(const EncodedPoint& point, const BIGNUM* scalar) {
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
  return Key(key);
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

std::optional<Signature> raw_from_der(BytesView der) {
  const std::uint8_t* cursor = der.data();
  const EcdsaSignature parsed(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  Signature raw{};
  if (!parsed || BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), raw.data(), coordinate_size) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), raw.data() + coordinate_size, coordinate_size) <
          0) {
    return std::nullopt;
  }
  return raw;
}

/// Writes r and s as DER into `out` and says how long that is; 0 on failure.
std::size_t der_from_raw(BytesView raw, Der& out) {
  const EcdsaSignature signature(ECDSA_SIG_new());
  BigNumber r(BN_bin2bn(raw.data(), coordinate_size, nullptr));
  BigNumber s(BN_bin2bn(raw.data() + coordinate_size, coordinate_size, nullptr));
  if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return 0;
  // The signature owns them now.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  std::uint8_t* cursor = out.data();
  const int size = i2d_ECDSA_SIG(signature.get(), &cursor);
  return size < 0 ? 0 : static_cast<std::size_t>(size);
}

}  // namespace

void SigningKey::KeyFreer::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

SigningKey::SigningKey(KeyHandle key, const crypto::SigningPublicKey& public_key)
    : key_(std::move(key)), public_key_(public_key) {}

Result<SigningKey, SuiteError> SigningKey::generate() {
  const ErrorQueueGuard guard;
  KeyHandle key(EVP_EC_gen(SN_X9_62_prime256v1));
  if (!key) return Unexpected(SuiteError::library_failure);
  const auto public_key = public_key_of(key.get());
  if (!public_key) return Unexpected(SuiteError::library_failure);
  return SigningKey(std::move(key), *public_key);
}

Result<SigningKey, SuiteError> SigningKey::from_private_scalar(
    std::span<const std::uint8_t, scalar_size> scalar) {
  const ErrorQueueGuard guard;
  const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  // Secure numbers are handled in constant time.
  const BigNumber number(BN_secure_new());
  if (!group || !number || BN_bin2bn(scalar.data(), scalar_size, number.get()) == nullptr) {
    return Unexpected(SuiteError::library_failure);
  }
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  if (BN_is_zero(number.get()) == 1 ||
      BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) {
    return Unexpected(SuiteError::invalid_private_key);
  }
  const auto point = multiply_base(group.get(), number.get());
  if (!point) return Unexpected(SuiteError::library_failure);
  KeyHandle key(make_key(*point, number.get()).release());
  const auto public_key = decoded(*point);
  if (!key || !public_key) return Unexpected(SuiteError::library_failure);
  return SigningKey(std::move(key), *public_key);
}

Result<Signature, SuiteError> SigningKey::sign(BytesView message) const {
  const ErrorQueueGuard guard;
  const DigestContext context(EVP_MD_CTX_new());
  Der der{};
  std::size_t size = der.size();
  if (!context ||
      EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key_.get(),
                            nullptr) != 1 ||
      EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size()) != 1) {
    return Unexpected(SuiteError::library_failure);
  }
  const auto raw = raw_from_der(BytesView(der).first(size));
  if (!raw) return Unexpected(SuiteError::library_failure);
  return *raw;
}

bool verify(const crypto::SigningPublicKey& key, BytesView message, BytesView signature) {
  if (signature.size() != Signature().size()) return false;
  const ErrorQueueGuard guard;
  Der der{};
  const std::size_t size = der_from_raw(signature, der);
  if (size == 0) return false;
  const Key public_key = make_key(encoded(key), nullptr);
  const DigestContext context(EVP_MD_CTX_new());
  return public_key && context &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr,
                                 public_key.get(), nullptr) == 1 &&
         EVP_DigestVerify(context.get(), der.data(), size, message.data(), message.size()) == 1;
}

}  // namespace pigeon::suite
