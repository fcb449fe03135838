#include "suite/signing.hpp"

#include <utility>

#include "suite/ecdsa_form.hpp"
#include "suite/openssl.hpp"
#include "suite/verify_context.hpp"

namespace pigeon::suite {

SigningKey::SigningKey(P256Pair pair) : pair_(std::move(pair)) {}

Result<SigningKey, SuiteError> SigningKey::generate() {
  auto pair = generate_p256_pair();
  if (!pair) return Unexpected(pair.error());
  return SigningKey(std::move(*pair));
}

Result<SigningKey, SuiteError> SigningKey::from_private_scalar(
    std::span<const std::uint8_t, scalar_size> scalar) {
  auto pair = p256_pair_of(scalar);
  if (!pair) return Unexpected(pair.error());
  return SigningKey(std::move(*pair));
}

Result<Signature, SuiteError> SigningKey::sign(BytesView message) const {
  const ErrorQueueGuard guard;
  const DigestContext context(EVP_MD_CTX_new());
  DerSignature der{};
  std::size_t size = der.size();
  if (!context ||
      EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, pair_.key.get(),
                            nullptr) != 1 ||
      EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size()) != 1) {
    return Unexpected(SuiteError::library_failure);
  }
  const auto raw = signature_of_der(BytesView(der).first(size));
  if (!raw) return Unexpected(SuiteError::library_failure);
  return *raw;
}

bool verify(const crypto::SigningPublicKey& key, BytesView message, BytesView signature) {
  const KeyContext context = prepare_to_verify(key);
  return context && verify_with(context.get(), message, signature);
}

}  // namespace pigeon::suite
