#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/world/mesh_world.hpp"

namespace pigeon::sim {

/// Streams and binary messages between nodes, as applications send them: written as the channel
/// takes them, and begun again with their tokens when they have broken off. Holds what arrives
/// against what was sent: each stream whole, once, and at an end on both sides; each message whole,
/// and at most once. While it lives it is the observer of its world.
class StreamTraffic {
 public:
  /// Names a stream over all its attempts.
  enum class Number : std::size_t {};

  explicit StreamTraffic(MeshWorld& world);
  ~StreamTraffic() { world_.set_observer({}); }
  StreamTraffic(const StreamTraffic&) = delete;
  StreamTraffic& operator=(const StreamTraffic&) = delete;

  /// Begins a stream to a neighbor.
  Number send_stream(MeshNode& from, const PeerId& to, std::size_t bytes);
  /// The sender gives a stream up for good, if it has one that is under way.
  void give_up_some_stream(Random& random);
  /// To a neighbor; at least 8 bytes.
  void send_binary(MeshNode& from, const PeerId& to, std::size_t bytes);
  /// Begins again what has broken off, where there is a link, and calls the receiver where there is
  /// none.
  void resume();

  bool is_complete(Number stream) const { return at(stream).is_complete; }
  /// Everything that was sent and not given up is there.
  bool is_all_complete() const;
  std::uint64_t resumed_count() const { return resumed_count_; }
  std::uint64_t binary_count() const { return arrived_messages_.size(); }
  /// Finds what has not arrived, and what is left over of streams that have ended.
  void check_end() const;

 private:
  struct Stream {
    MeshNode* from = nullptr;
    PeerId to;
    std::size_t total = 0;
    bool is_given_up = false;
    bool is_complete = false;
    // At the sender: the attempt under way, and what it may write.
    std::optional<StreamId> sending;
    bool has_begun = false;
    std::size_t room = 0;
    std::size_t written = 0;
    // At the receiver.
    std::optional<StreamId> receiving;
    std::size_t received = 0;
  };
  struct Message {
    PeerId from;
    PeerId to;
    std::size_t bytes = 0;
  };
  /// An end of an attempt: the number of a node, and what the stream is called there.
  using End = std::pair<std::uint64_t, StreamId>;

  Stream& at(Number stream) { return streams_[static_cast<std::size_t>(stream)]; }
  const Stream& at(Number stream) const { return streams_[static_cast<std::size_t>(stream)]; }
  void open(Number number);
  void write(Stream& stream);
  void finish_writing(Stream& stream);
  void see(MeshNode& node, const NodeEvent& event);
  void take(MeshNode& node, const StreamReceived& event);
  void take(MeshNode& node, const StreamData& event);
  void take(MeshNode& node, const StreamWritable& event);
  void take(MeshNode& node, const StreamCompleted& event);
  void take(MeshNode& node, const StreamAborted& event);
  void take(MeshNode& node, const BinaryReceived& event);
  /// Finds it odd if there is none.
  Stream* find(const MeshNode& node, StreamId stream);
  void report(const MeshNode& node, std::string sentence) const;

  MeshWorld& world_;
  std::vector<Stream> streams_;
  std::map<End, Number> ends_;
  std::vector<Message> messages_;
  std::map<std::uint64_t, std::uint64_t> arrived_messages_;
  std::uint64_t resumed_count_ = 0;
};

}  // namespace pigeon::sim
