#include "apps/peerpigeon/part_file.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "apps/peerpigeon/file_names.hpp"

namespace peerpigeon {

namespace {

constexpr std::string_view beginning = ".part-";

/// Locks a file that is there and of nobody else; false for another one's, and for one that has
/// been removed meanwhile.
bool take_over(int descriptor) {
  struct stat status {};
  // A file system without locks has one program at a time, let us hope, and no cleaning up.
  const bool is_locked =
      ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno == ENOLCK || errno == EOPNOTSUPP;
  return is_locked && ::fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

}  // namespace

std::optional<PartFile> PartFile::create(const std::filesystem::path& folder) {
  constexpr int tries_max = 100;
  for (int i = 0; i < tries_max; ++i) {
    std::uint64_t chance = 0;
    if (::getentropy(&chance, sizeof(chance)) != 0) return std::nullopt;
    auto path = folder / fmt::format("{}{:016x}", beginning, chance);
    // Nobody may have put a link there that leads elsewhere.
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0 && errno == EEXIST) continue;
    if (descriptor < 0) return std::nullopt;
    if (take_over(descriptor)) return PartFile(std::move(path), descriptor);
    ::close(descriptor);
  }
  return std::nullopt;
}

PartFile::PartFile(PartFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), descriptor_(std::exchange(other.descriptor_, -1)) {}

PartFile& PartFile::operator=(PartFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

bool PartFile::write(std::span<const std::uint8_t> data) {
  while (!data.empty()) {
    const ssize_t size = ::write(descriptor_, data.data(), data.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    data = data.subspan(static_cast<std::size_t>(size));
  }
  return true;
}

bool PartFile::cut(std::uint64_t size) {
  const auto end = static_cast<off_t>(size);
  return ::ftruncate(descriptor_, end) == 0 && ::lseek(descriptor_, end, SEEK_SET) == end;
}

std::filesystem::path PartFile::keep_as(const std::filesystem::path& folder,
                                        const std::string& name) {
  // Some file systems say only when a file is closed that there was no room. The lock stays.
  const int copy = ::dup(descriptor_);
  if (copy < 0 || ::close(copy) != 0) return {};
  auto kept = move_without_overwriting(path_, folder, name);
  if (kept.empty()) return {};
  path_.clear();
  discard();
  return kept;
}

void PartFile::remove_leftovers(const std::filesystem::path& folder) {
  std::error_code failure;
  for (auto entry = std::filesystem::directory_iterator(folder, failure);
       !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    if (!entry->path().filename().native().starts_with(beginning)) continue;
    const int descriptor =
        ::open(entry->path().c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) continue;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) ::unlink(entry->path().c_str());
    ::close(descriptor);
  }
}

void PartFile::discard() {
  if (!path_.empty()) ::unlink(path_.c_str());
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace peerpigeon
