#include "persist/private_file.hpp"

#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/wipe.hpp"
#include "persist/descriptor.hpp"

namespace pigeon::persist {

namespace {

constexpr mode_t others = S_IRWXG | S_IRWXO;

/// The error of a file that nobody but its owner may be able to read or change.
std::optional<std::string> check_rights(int file, const std::string& path,
                                        const PrivateContent& content) {
  const std::string name_another = " Name a file for the " + std::string(content.name) + '.';
  struct stat status {};
  if (::fstat(file, &status) != 0) return failed("look at", path).error();
  if (S_ISDIR(status.st_mode)) return path + " is a directory." + name_another;
  if (!S_ISREG(status.st_mode)) return path + " is not a file." + name_another;
  if (status.st_uid != ::geteuid()) {
    return path + " belongs to another user. Name a file of your own.";
  }
  if ((status.st_mode & others) != 0) {
    const bool readable = (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
    return path + " is " + (readable ? "readable" : "open to change") +
           " by others. Run chmod 600 " + path + ", and if somebody else may have been there, " +
           std::string(content.if_exposed) + '.';
  }
  return std::nullopt;
}

/// Everything in the file, up to the size of the text; false if the system fails.
bool read_all(int file, std::string& text) {
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

}  // namespace

Result<std::optional<std::string>, std::string> read_private_file(const std::string& path,
                                                                  std::size_t bytes_max,
                                                                  const PrivateContent& content) {
  // A pipe by that name must not make us wait.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.is_open() && errno == ENOENT) return std::optional<std::string>();
  if (!file.is_open()) return failed("open", path);
  if (auto error = check_rights(file.number(), path, content)) {
    return Unexpected(*std::move(error));
  }
  std::string text(bytes_max, '\0');
  if (!read_all(file.number(), text)) {
    const auto error = failed("read", path);
    wipe(text);
    return error;
  }
  return std::optional(std::move(text));
}

}  // namespace pigeon::persist
