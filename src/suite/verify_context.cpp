#include "suite/verify_context.hpp"

#include <algorithm>
#include <array>

#include "crypto/request.hpp"
#include "suite/ecdsa_form.hpp"
#include "suite/p256.hpp"

namespace pigeon::suite {

namespace {

/// Looked up once: looking it up by its name takes OpenSSL longer than the hash of a short text.
const EVP_MD* sha256() {
  static const std::unique_ptr<EVP_MD, Freer<EVP_MD_free>> method(
      EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return method.get();
}

}  // namespace

KeyContext prepare_to_verify(const crypto::SigningPublicKey& key) {
  const ErrorQueueGuard guard;
  const P256Key loaded = load_p256_public_key(key);
  if (!loaded) return nullptr;
  // The context keeps the key.
  KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, loaded.get(), nullptr));
  if (!context || EVP_PKEY_verify_init(context.get()) != 1) return nullptr;
  return context;
}

bool verify_with(EVP_PKEY_CTX* context, BytesView message, BytesView signature) {
  crypto::SignatureBytes raw{};
  if (signature.size() != raw.size()) return false;
  std::copy(signature.begin(), signature.end(), raw.begin());
  const ErrorQueueGuard guard;
  DerSignature der{};
  const std::size_t size = der_of_signature(raw, der);
  std::array<std::uint8_t, 32> digest{};
  return size != 0 &&
         EVP_Digest(message.data(), message.size(), digest.data(), nullptr, sha256(), nullptr) ==
             1 &&
         EVP_PKEY_verify(context, der.data(), size, digest.data(), digest.size()) == 1;
}

}  // namespace pigeon::suite
