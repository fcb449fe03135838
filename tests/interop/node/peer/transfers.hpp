#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "pigeon/node.hpp"
#include "tests/interop/rtc/peer/content.hpp"

namespace pigeon::interop {

/// Streams that are being sent from memory, and the contents of those that arrive.
class Transfers {
 public:
  Result<void, NodeError> send(Node& node, const PeerId& to, StreamInfo info, Bytes data);

  Result<void, NodeError> broadcast(Node& node, StreamInfo info, Bytes data);

  /// Writes on when there is room, and keeps what arrives.
  void follow(Node& node, const NodeEvent& event);

  /// The digest of a stream that has ended, if it was an incoming one.
  std::optional<std::string> finish(StreamId stream);

 private:
  struct Sending {
    Bytes data;
    std::size_t next = 0;
  };

  void write(Node& node, const StreamWritable& room);

  std::map<StreamId, Sending> sending_;
  std::map<StreamId, Bytes> receiving_;
};

}  // namespace pigeon::interop
