#include "suite/password_lock.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/wipe.hpp"
#include "suite/aes_gcm.hpp"
#include "suite/openssl.hpp"
#include "suite/random_bytes.hpp"

namespace pigeon::suite {

namespace {

using crypto::LockedText;
using Header = std::array<std::uint8_t, 20>;

/// The AES key that a password makes with rounds and salt, into `out`.
bool derive(std::string_view password, const LockedText& locked, AesKey& out) {
  constexpr std::size_t most = std::numeric_limits<int>::max();
  if (password.size() > most || locked.rounds > most) return false;
  return PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), locked.salt.data(),
                           static_cast<int>(locked.salt.size()), static_cast<int>(locked.rounds),
                           EVP_sha256(), static_cast<int>(out.size()), out.data()) == 1;
}

/// What the tag covers besides the text: the rounds, big-endian, and the salt.
Header header_of(const LockedText& locked) {
  Header header{};
  for (std::size_t i = 0; i < 4; ++i) {
    header[i] = static_cast<std::uint8_t>(locked.rounds >> (24 - 8 * i));
  }
  std::copy(locked.salt.begin(), locked.salt.end(), header.begin() + 4);
  return header;
}

}  // namespace

Result<LockedText, SuiteError> lock(BytesView text, std::string_view password) {
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 12> iv{};
  if (!random_bytes(salt) || !random_bytes(iv)) return Unexpected(SuiteError::no_randomness);
  return lock_with(text, password, lock_rounds, salt, iv);
}

Result<Bytes, SuiteError> unlock(const LockedText& locked, std::string_view password) {
  const ErrorQueueGuard guard;
  AesKey key{};
  const Wiper wiper(key);
  if (!derive(password, locked, key)) return Unexpected(SuiteError::library_failure);
  auto text = decrypt(key, locked.iv, locked.ciphertext, header_of(locked));
  if (!text) return Unexpected(SuiteError::wrong_password);
  return *std::move(text);
}

Result<LockedText, SuiteError> lock_with(BytesView text, std::string_view password,
                                         std::uint32_t rounds,
                                         const std::array<std::uint8_t, 16>& salt,
                                         const std::array<std::uint8_t, 12>& iv) {
  const ErrorQueueGuard guard;
  LockedText locked{.rounds = rounds, .salt = salt, .iv = iv, .ciphertext = {}};
  AesKey key{};
  const Wiper wiper(key);
  if (!derive(password, locked, key)) return Unexpected(SuiteError::library_failure);
  auto ciphertext = encrypt(key, iv, text, header_of(locked));
  if (!ciphertext) return Unexpected(SuiteError::library_failure);
  locked.ciphertext = *std::move(ciphertext);
  return locked;
}

}  // namespace pigeon::suite
