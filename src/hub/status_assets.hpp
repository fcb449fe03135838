#pragma once

#include <string_view>

namespace pigeon::hub {

/// A file of the status page (web/status), compiled into the program.
struct StatusAsset {
  /// Path of the URL, lower case.
  std::string_view path;
  std::string_view content_type;
  std::string_view content;
};

/// The file at that path; null if there is none. Its table is made by cmake/EmbedAssets.cmake.
const StatusAsset* find_status_asset(std::string_view path);

}  // namespace pigeon::hub
