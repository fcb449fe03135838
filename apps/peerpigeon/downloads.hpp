#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "apps/peerpigeon/console.hpp"
#include "pigeon/node.hpp"

namespace peerpigeon {

/// Stores the files that peers send. Nothing is overwritten, nothing lands outside the folder, and
/// neither a file nor all of them together may be larger than allowed.
class Downloads {
 public:
  /// The folder is made when the first file comes.
  Downloads(std::filesystem::path folder, std::uint64_t file_bytes_max)
      : folder_(std::move(folder)), file_bytes_max_(file_bytes_max) {}
  Downloads(const Downloads&) = delete;
  Downloads& operator=(const Downloads&) = delete;
  /// Files that are not complete go.
  ~Downloads();

  /// Takes an event of a stream towards us; false if it is none.
  bool take(pigeon::Node& node, const pigeon::NodeEvent& event, Console& console);

 private:
  struct File {
    pigeon::PeerId peer;
    std::string name;
    std::string token;
    std::filesystem::path part;
    std::ofstream stream;
    std::uint64_t bytes = 0;
  };
  /// All files of one run of the program, in files of the greatest size.
  static constexpr std::uint64_t files_full_max = 8;
  /// Files that broke off and are kept until they go on; then the oldest goes.
  static constexpr std::size_t broken_max = 32;

  bool begin(pigeon::Node& node, const pigeon::StreamReceived& event, Console& console);
  bool write(pigeon::Node& node, const pigeon::StreamData& event, Console& console);
  bool finish(const pigeon::StreamCompleted& event, Console& console);
  bool break_off(const pigeon::StreamAborted& event, Console& console);
  void refuse(pigeon::Node& node, pigeon::StreamId stream, std::string_view reason,
              Console& console);
  bool continue_broken(const pigeon::StreamReceived& event, File& file);
  bool open_part(pigeon::StreamId stream, File& file);
  static void discard(File& file);

  std::filesystem::path folder_;
  std::uint64_t file_bytes_max_;
  std::uint64_t bytes_in_all_ = 0;
  std::map<pigeon::StreamId, File> files_;
  std::deque<File> broken_;
};

}  // namespace peerpigeon
