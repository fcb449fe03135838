#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace peerpigeon {

/// A file of which only the beginning is here, hidden under a name of its own. It goes with its
/// object, unless it was kept under a better name.
class PartFile {
 public:
  /// Makes one in `folder`; nothing if that fails, and errno says why.
  static std::optional<PartFile> create(const std::filesystem::path& folder);
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&& other) noexcept;
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile() { discard(); }

  /// Appends; false if that fails.
  bool write(std::span<const std::uint8_t> data);
  /// Takes the end off, so that writing goes on at `size`.
  bool cut(std::uint64_t size);
  /// Closes it and moves it as `move_without_overwriting` does: where it is now, or empty.
  std::filesystem::path keep_as(const std::filesystem::path& folder, const std::string& name);

  /// Removes the parts that programs left behind that did not come to their end.
  static void remove_leftovers(const std::filesystem::path& folder);

 private:
  PartFile(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  void discard();

  std::filesystem::path path_;
  /// Locked as long as it is open: that tells it from leftovers.
  int descriptor_ = -1;
};

}  // namespace peerpigeon
