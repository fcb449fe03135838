#include "persist/identity_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wipe.hpp"
#include "persist/descriptor.hpp"
#include "persist/identity_lines.hpp"
#include "persist/identity_text.hpp"
#include "persist/locked_identity_text.hpp"
#include "persist/private_file.hpp"

namespace pigeon::persist {

namespace {

using Error = Unexpected<std::string>;

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;
constexpr PrivateContent keys_content = {.name = "keys", .if_exposed = "delete it for new keys"};

/// A file that goes when the function ends, because it has its name by then or never will.
class Unlinker {
 public:
  explicit Unlinker(const std::string& path) : path_(path) {}
  ~Unlinker() { ::unlink(path_.c_str()); }
  Unlinker(const Unlinker&) = delete;
  Unlinker& operator=(const Unlinker&) = delete;

 private:
  const std::string& path_;
};

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// The folder that a file is in.
std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// Reads either kind of file.
Result<StoredIdentity, std::string> decode(std::string_view text) {
  if (is_locked_identity(text)) {
    auto locked = decode_locked_identity(text);
    if (!locked) return Error(locked.error());
    return StoredIdentity(*std::move(locked));
  }
  auto keys = decode_identity(text);
  if (!keys) return Error(keys.error());
  return StoredIdentity(*keys);
}

}  // namespace

Result<std::optional<StoredIdentity>, std::string> read_identity_file(const std::string& path) {
  // One byte more than it may have, to be seen.
  auto text = read_private_file(path, identity_bytes_max + 1, keys_content);
  if (!text) return Error(text.error());
  if (!*text) return std::optional<StoredIdentity>();
  const Wiper wiper(**text);
  auto identity = decode(**text);
  if (!identity) {
    return Error(path + ' ' + identity.error() + ". Bring back a copy, or delete it for new keys.");
  }
  return std::optional(*std::move(identity));
}

Result<IdentityFile, std::string> create_identity_file(const std::string& path,
                                                       const StoredIdentity& identity) {
  std::string text =
      std::visit([](const auto& content) { return encode_identity(content); }, identity);
  const Wiper wiper(text);
  std::string temporary = path + ".XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.is_open()) return failed("create", path);
  const Unlinker unlinker(temporary);
  // The umask may have taken rights from the owner, too.
  if (::fchmod(file.number(), owner_only) != 0 || !write_all(file.number(), text) ||
      ::fsync(file.number()) != 0) {
    return failed("write", path);
  }
  // A link, because a rename would replace what another process has created since.
  if (::link(temporary.c_str(), path.c_str()) != 0) {
    if (errno == EEXIST) return IdentityFile::already_there;
    return failed("create", path);
  }
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  if (!folder.is_open() || ::fsync(folder.number()) != 0) {
    return failed("write the folder of", path);
  }
  return IdentityFile::created;
}

}  // namespace pigeon::persist
