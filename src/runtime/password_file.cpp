#include "runtime/password_file.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "persist/private_file.hpp"

namespace pigeon::runtime {

namespace {

using Error = Unexpected<std::string>;

constexpr persist::PrivateContent password_content = {
    .name = "password", .if_exposed = "choose another password for new keys"};

}  // namespace

Result<std::string, std::string> read_password_file(const std::string& path) {
  // With room for the end of the line.
  auto file = persist::read_private_file(path, password_bytes_max + 2, password_content);
  if (!file) return Error(file.error());
  if (!*file) return Error(path + " does not exist. Write the password into its first line.");
  // Shortened in place: a copy would have to be wiped, too.
  std::string password = **std::move(file);
  const std::size_t end = std::min(password.find('\n'), password.size());
  wipe(MutableBytesView(reinterpret_cast<std::uint8_t*>(password.data()), password.size())
           .subspan(end));
  password.resize(end);
  if (password.ends_with('\r')) password.pop_back();
  if (password.empty()) {
    return Error(path + " has no password in its first line. Write it there.");
  }
  if (password.size() > password_bytes_max) {
    wipe(password);
    return Error(path + " has a first line of more than 1024 bytes. Choose a shorter password.");
  }
  return password;
}

}  // namespace pigeon::runtime
