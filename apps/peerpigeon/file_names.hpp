#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace peerpigeon {

/// Bytes of a file name that is kept.
inline constexpr std::size_t file_name_bytes_max = 180;

/// A name for a file that a stranger has named: without folders, never hidden, without characters
/// that a terminal, a shell or another system would obey, and not too long. Never empty.
std::string sanitize_file_name(std::string_view name);

/// Moves a finished file to `folder / name`, or to `name (2)`, `name (3)` and so on if there is one
/// already: nothing is overwritten. Empty if that fails.
std::filesystem::path move_without_overwriting(const std::filesystem::path& from,
                                               const std::filesystem::path& folder,
                                               const std::string& name);

/// Names what a stream carries, so that one that broke off goes on: the same for a file of the same
/// name, size and time.
std::string resume_token(std::string_view name, std::uint64_t size, std::int64_t modified_at);

}  // namespace peerpigeon
