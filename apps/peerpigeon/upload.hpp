#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pigeon/node.hpp"

namespace peerpigeon {

/// A file on its way to a neighbor, or to everybody.
class Upload {
 public:
  enum class State { going, completed, failed };

  /// Opens a file; the error is a sentence.
  static pigeon::Result<std::unique_ptr<Upload>, std::string> open(
      const std::filesystem::path& path);
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  ~Upload() = default;

  /// Begins the stream; the peer is linked. The error is a sentence.
  pigeon::Result<void, std::string> begin(pigeon::Node& node, const pigeon::PeerId& peer);
  /// Begins a stream to everybody.
  pigeon::Result<void, std::string> begin_for_all(pigeon::Node& node);
  /// Takes an event, if it is of this stream.
  State take(pigeon::Node& node, const pigeon::NodeEvent& event);

  State state() const { return state_; }
  /// As the other side gets it: a terminal may obey what is in it.
  const std::string& name() const { return name_; }
  const std::optional<pigeon::PeerId>& peer() const { return peer_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t bytes_sent() const { return sent_; }
  /// Where it went on; 0 if it began at the beginning.
  std::uint64_t resumed_at() const { return resumed_at_; }
  /// Why it has failed.
  const std::string& reason() const { return reason_; }
  /// Whether it would go on if it were sent again: the peer is gone, or could not keep up. What it
  /// refuses once it refuses again.
  bool may_go_on() const;

 private:
  Upload() = default;
  pigeon::StreamInfo info() const;
  pigeon::Result<void, std::string> follow(
      const pigeon::Result<pigeon::StreamId, pigeon::NodeError>& stream);
  void write(pigeon::Node& node, const pigeon::StreamWritable& writable);
  bool read(std::size_t bytes);
  void fail(std::string reason);

  std::string name_;
  std::string token_;
  std::ifstream file_;
  std::uint64_t bytes_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t resumed_at_ = 0;
  /// Read from the file, and not taken by the stream yet.
  std::vector<std::uint8_t> unsent_;
  std::optional<pigeon::PeerId> peer_;
  std::optional<pigeon::StreamId> stream_;
  bool has_begun_ = false;
  bool has_ended_ = false;
  State state_ = State::going;
  std::string reason_;
};

/// `[#####.....]  45 %  12.3 MB of 27.0 MB, 3.1 MB/s`.
std::string progress_line(std::uint64_t done, std::uint64_t total, double seconds);

}  // namespace peerpigeon
