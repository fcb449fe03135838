#include "apps/peerpigeon/identity_password.hpp"

namespace peerpigeon {

pigeon::Result<std::string, std::string> read_identity_password(const Settings& settings) {
  if (settings.identity_password_file.empty()) return std::string();
  if (settings.node.identity_file.empty()) {
    return pigeon::Unexpected(
        std::string("--identity-password-file is of use only with a key file. Name that one with "
                    "--identity-file."));
  }
  auto password = pigeon::runtime::read_password_file(settings.identity_password_file);
  if (!password) return pigeon::Unexpected("--identity-password-file: " + password.error());
  return password;
}

}  // namespace peerpigeon
