#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "apps/peerpigeon/console.hpp"
#include "apps/peerpigeon/part_file.hpp"
#include "pigeon/node_event.hpp"

namespace peerpigeon {

/// What strangers may store in one run of the program.
struct DownloadLimits {
  std::uint64_t file_bytes_max = std::uint64_t{1} << 30U;
  /// Of all files together, in files of the greatest size.
  std::uint64_t full_files_max = 8;
  std::size_t files_max = 10'000;
  /// Files that are on their way at a time.
  std::size_t open_max = 64;
  /// Files that broke off and are kept until they go on; then the oldest goes.
  std::size_t broken_max = 32;
};

/// Stores the files that peers send. Nothing is overwritten, nothing lands outside the folder, and
/// the limits hold; what is beyond them is refused.
class Downloads {
 public:
  /// Tells the sender of a stream that it is not taken.
  using Abort = std::function<void(pigeon::StreamId stream, std::string_view reason)>;

  /// The folder is made when the first file comes.
  Downloads(std::filesystem::path folder, const DownloadLimits& limits, Console& console,
            Abort abort);
  Downloads(const Downloads&) = delete;
  Downloads& operator=(const Downloads&) = delete;
  ~Downloads() = default;

  /// Takes an event of a stream towards us; false if it is none.
  bool take(const pigeon::NodeEvent& event);

 private:
  struct File {
    pigeon::PeerId peer;
    std::string name;
    std::string token;
    PartFile part;
    std::uint64_t bytes = 0;
    bool is_for_all = false;
  };
  using Files = std::map<pigeon::StreamId, File>;

  /// Files on their way that go to everybody.
  std::size_t broadcast_count() const;

  bool begin(const pigeon::StreamReceived& event);
  bool write(const pigeon::StreamData& event);
  bool finish(const pigeon::StreamCompleted& event);
  bool break_off(const pigeon::StreamAborted& event);
  /// Why a stream is not taken; empty if it is.
  std::string_view objection(const pigeon::StreamReceived& event) const;
  std::optional<PartFile> open_part(const pigeon::StreamReceived& event);
  std::optional<PartFile> take_broken(const pigeon::StreamReceived& event);
  void refuse(Files::iterator file, std::string_view reason);
  void tell_refusal(const pigeon::PeerId& peer, std::string_view name, std::string_view reason);

  std::filesystem::path folder_;
  DownloadLimits limits_;
  Console& console_;
  Abort abort_;
  bool has_folder_ = false;
  std::uint64_t bytes_in_all_ = 0;
  std::size_t files_in_all_ = 0;
  Files files_;
  std::deque<File> broken_;
};

}  // namespace peerpigeon
