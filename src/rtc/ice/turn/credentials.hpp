#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace pigeon::ice {

/// RFC 8489 sections 14.9 and 14.10: realm and nonce have less than 128 characters.
constexpr std::size_t turn_realm_size_max = 763;
constexpr std::size_t turn_nonce_size_max = 763;

/// STUN's long-term credentials (RFC 8489 section 9.2): an account, and what the server said last
/// about how to prove it.
class TurnCredentials {
 public:
  /// MD5 of `username:realm:password` (RFC 8489 section 18.5.1.1).
  using Key = std::array<std::uint8_t, 16>;

  TurnCredentials(std::string username, std::string password);

  /// Takes realm and nonce out of a 401 or 438. False, and nothing changes, if one is empty or too
  /// long, if there is no user name, or if OpenSSL has no MD5.
  bool challenge(std::string_view realm, std::string_view nonce);

  /// True once the server has asked, so that requests carry integrity.
  bool active() const { return !nonce_.empty(); }
  const std::string& username() const { return username_; }
  const std::string& realm() const { return realm_; }
  const std::string& nonce() const { return nonce_; }
  const Key& key() const { return key_; }

 private:
  std::string username_;
  std::string password_;
  std::string realm_;
  std::string nonce_;
  Key key_{};
};

}  // namespace pigeon::ice
