#include "rtc/ice/turn/credentials.hpp"

#include <optional>
#include <utility>

#include <openssl/evp.h>

namespace pigeon::ice {

namespace {

// MD5 stands in the protocol and carries no secrecy here beyond it. A build of OpenSSL may lack it.
std::optional<TurnCredentials::Key> long_term_key(std::string_view username, std::string_view realm,
                                                  std::string_view password) {
  std::string text;
  text.reserve(username.size() + realm.size() + password.size() + 2);
  text.append(username).append(1, ':').append(realm).append(1, ':').append(password);
  TurnCredentials::Key key{};
  unsigned size = 0;
  const int done = EVP_Digest(text.data(), text.size(), key.data(), &size, EVP_md5(), nullptr);
  if (done != 1 || size != key.size()) return std::nullopt;
  return key;
}

}  // namespace

TurnCredentials::TurnCredentials(std::string username, std::string password)
    : username_(std::move(username)), password_(std::move(password)) {}

bool TurnCredentials::challenge(std::string_view realm, std::string_view nonce) {
  if (username_.empty() || realm.empty() || nonce.empty()) return false;
  if (realm.size() > turn_realm_size_max || nonce.size() > turn_nonce_size_max) return false;
  if (realm != realm_) {
    const auto key = long_term_key(username_, realm, password_);
    if (!key) return false;
    key_ = *key;
    realm_ = realm;
  }
  nonce_ = nonce;
  return true;
}

}  // namespace pigeon::ice
