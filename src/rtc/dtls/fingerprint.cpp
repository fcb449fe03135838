#include "rtc/dtls/fingerprint.hpp"

#include <openssl/evp.h>

#include "base/assert.hpp"

namespace pigeon::dtls {

namespace {

const EVP_MD* hash_named(std::string_view algorithm) {
  if (algorithm == "sha-256") return EVP_sha256();
  if (algorithm == "sha-384") return EVP_sha384();
  if (algorithm == "sha-512") return EVP_sha512();
  return nullptr;
}

}  // namespace

std::optional<Fingerprint> fingerprint_of(BytesView certificate, std::string_view algorithm) {
  const EVP_MD* const hash = hash_named(algorithm);
  if (hash == nullptr) return std::nullopt;
  Fingerprint fingerprint{std::string(algorithm),
                          Bytes(static_cast<std::size_t>(EVP_MD_get_size(hash)))};
  const int done = EVP_Digest(certificate.data(), certificate.size(), fingerprint.digest.data(),
                              nullptr, hash, nullptr);
  PIGEON_ASSERT(done == 1);
  return fingerprint;
}

}  // namespace pigeon::dtls
