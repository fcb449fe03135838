#include "apps/peerpigeon/file_names.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "pigeon/safe_text.hpp"

namespace peerpigeon {

namespace {

/// The beginning of a UTF-8 text that has at most so many bytes and ends with a whole character.
std::string_view whole_characters(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0U) == 0x80U) {
    --bytes_max;
  }
  return text.substr(0, bytes_max);
}

/// Where the ending begins, as in `.tar`; the size if there is none worth keeping.
std::size_t ending_of(std::string_view name) {
  constexpr std::size_t ending_max = 16;
  const auto dot = name.rfind('.');
  const bool is_ending =
      dot != std::string_view::npos && dot > 0 && name.size() - dot <= ending_max;
  return is_ending ? dot : name.size();
}

/// Whether moving has worked, or what to try next.
enum class Moved { done, name_is_taken, failed };

Moved moved_or(int error) { return error == EEXIST ? Moved::name_is_taken : Moved::failed; }

/// Copies to a new file.
Moved copy_to(const std::filesystem::path& from, const std::filesystem::path& to) {
  const int made = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (made < 0) return moved_or(errno);
  ::close(made);
  std::error_code failure;
  // The new file is ours by now, and nobody else's.
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing, failure);
  ::unlink(failure ? to.c_str() : from.c_str());
  return failure ? Moved::failed : Moved::done;
}

Moved move_to(const std::filesystem::path& from, const std::filesystem::path& to) {
  // A link, unlike a plain rename, fails where something is.
  if (::link(from.c_str(), to.c_str()) == 0) {
    ::unlink(from.c_str());
    return Moved::done;
  }
  if (errno == EEXIST || errno == ENOENT) return moved_or(errno);
  // Not every file system has links, and fewer can rename this way.
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    return Moved::done;
  }
  return errno == EEXIST ? Moved::name_is_taken : copy_to(from, to);
}

}  // namespace

std::string sanitize_file_name(std::string_view name) {
  const auto folder = name.find_last_of("/\\");
  if (folder != std::string_view::npos) name.remove_prefix(folder + 1);
  std::string clean;
  // What a terminal would obey has become \xNN by now, and the backslash goes below.
  for (const char c : pigeon::safe_text(name)) {
    constexpr std::string_view refused = "\\:*?\"<>|$`;&'!(){}~#";
    clean += refused.find(c) == std::string_view::npos ? c : '_';
  }
  while (!clean.empty() && (clean.back() == ' ' || clean.back() == '.')) clean.pop_back();
  if (!clean.empty() && (clean.front() == '.' || clean.front() == '-' || clean.front() == ' ')) {
    clean.front() = '_';
  }
  if (clean.empty()) return "file";
  if (clean.size() <= file_name_bytes_max) return clean;
  const std::string ending = clean.substr(ending_of(clean));
  return std::string(whole_characters(clean, file_name_bytes_max - ending.size())) + ending;
}

std::filesystem::path move_without_overwriting(const std::filesystem::path& from,
                                               const std::filesystem::path& folder,
                                               const std::string& name) {
  constexpr int tries_max = 10'000;
  const std::size_t ending = ending_of(name);
  for (int i = 1; i <= tries_max; ++i) {
    const std::string number = i == 1 ? "" : fmt::format(" ({})", i);
    auto to = folder / (name.substr(0, ending) + number + name.substr(ending));
    const Moved moved = move_to(from, to);
    if (moved == Moved::done) return to;
    if (moved == Moved::failed) return {};
  }
  return {};
}

std::string resume_token(std::string_view name, std::uint64_t size, std::int64_t modified_at) {
  // FNV-1a: nobody gains by a collision, as only the sender's own files can meet.
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return fmt::format("{:016x}-{}-{}", hash, size, modified_at);
}

}  // namespace peerpigeon
