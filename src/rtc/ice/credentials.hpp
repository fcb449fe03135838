#pragma once

#include <string>

#include "base/random.hpp"

namespace pigeon::ice {

/// What checks of one session are signed with (RFC 8445 section 5.3): the fragment names the agent
/// in USERNAME, the password is the key of MESSAGE-INTEGRITY.
struct Credentials {
  /// 4 to 256 characters.
  std::string ufrag;
  /// 22 to 256 characters.
  std::string password;

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// New ones: 48 and 144 bits of chance.
Credentials make_credentials(Random& random);

}  // namespace pigeon::ice
