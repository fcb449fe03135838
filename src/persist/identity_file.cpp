#include "persist/identity_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wipe.hpp"
#include "persist/identity_text.hpp"

namespace pigeon::persist {

namespace {

using Error = Unexpected<std::string>;

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;
constexpr mode_t others = S_IRWXG | S_IRWXO;

/// A descriptor of the operating system.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

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

/// The sentence for a call of the system that has failed, with its words for `errno`.
Error failed(const std::string& what, const std::string& path) {
  return Error("Cannot " + what + ' ' + path + ": " + std::generic_category().message(errno) + '.');
}

/// The error of a file that nobody but its owner may be able to read or change.
std::optional<std::string> check_rights(int file, const std::string& path) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return failed("look at", path).error();
  if (S_ISDIR(status.st_mode)) return path + " is a directory. Name a file for the keys.";
  if (!S_ISREG(status.st_mode)) return path + " is not a file. Name a file for the keys.";
  if (status.st_uid != ::geteuid()) {
    return path + " belongs to another user. Name a file of your own.";
  }
  if ((status.st_mode & others) != 0) {
    const bool readable = (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
    return path + " is " + (readable ? "readable" : "open to change") +
           " by others. Run chmod 600 " + path +
           ", and if somebody else may have been there, delete it for new keys.";
  }
  return std::nullopt;
}

/// Everything in the file, up to one byte more than it may have; false if the system fails.
bool read_all(int file, std::string& text) {
  text.resize(identity_bytes_max + 1);
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return true;
}

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

}  // namespace

Result<std::optional<crypto::StoredKeys>, std::string> read_identity_file(const std::string& path) {
  // A pipe by that name must not make us wait.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.is_open() && errno == ENOENT) return std::optional<crypto::StoredKeys>();
  if (!file.is_open()) return failed("open", path);
  if (auto error = check_rights(file.number(), path)) return Error(std::move(*error));
  std::string text;
  const Wiper wiper(text);
  if (!read_all(file.number(), text)) return failed("read", path);
  auto keys = decode_identity(text);
  if (!keys) {
    return Error(path + ' ' + keys.error() + ". Bring back a copy, or delete it for new keys.");
  }
  return std::optional(*keys);
}

Result<IdentityFile, std::string> create_identity_file(const std::string& path,
                                                       const crypto::StoredKeys& keys) {
  std::string text = encode_identity(keys);
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
