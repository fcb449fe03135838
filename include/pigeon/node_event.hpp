#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pigeon/id.hpp"

namespace pigeon {

/// Names a stream of this node, of either direction; never used again for another one.
enum class StreamId : std::uint64_t {};

/// What a stream carries. Empty texts are not sent.
struct StreamInfo {
  /// `binary`, `file` or `blob`, as upstream names them.
  std::string type = "binary";
  std::string filename;
  std::string mime_type;
  /// Bytes in all, if the sender knows.
  std::optional<std::uint64_t> total_size;
  /// Bytes of one chunk, 4,096 to 65,536.
  std::size_t chunk_size = 16'384;
  /// Not empty: a stream of the same token that broke off may go on where it stopped, if the other
  /// side is of this project. For a file, a hash over name, size and time will do.
  std::string resume_token;
};

// ---- Events of a node, under the names of upstream's events.

/// The way to a hub has changed.
struct HubStatusChanged {
  enum class State : std::uint8_t { connecting, connected, disconnected };

  std::string url;
  State state{};
  /// Why it was lost or could not be reached: a sentence.
  std::string reason;
  /// Milliseconds until the next attempt; 0 if there is none.
  std::int64_t retry_in_ms = 0;
};
/// A peer that was not known before.
struct PeerDiscovered {
  PeerId peer;
};
/// A channel to a peer is open. Once for each link.
struct PeerConnected {
  PeerId peer;
};
/// The link to a peer is over.
struct PeerDisconnected {
  PeerId peer;
  std::string reason;
};
/// The peer has closed the link to make room, or we have. `PeerDisconnected` follows.
struct PeerEvicted {
  PeerId peer;
  std::string reason;
  bool initiated_by_peer = false;
};
/// A neighbor has proven its id: it holds the key, and nobody sits between us.
struct PeerVerified {
  PeerId peer;
};
/// A neighbor has told its public keys.
struct PeerKeyAdded {
  PeerId peer;
  std::string public_key;
};
/// An attempt to link with a peer has failed.
struct ConnectFailed {
  PeerId peer;
  /// A sentence.
  std::string reason;
};
/// A broadcast or a direct message. Own broadcasts arrive here, too, as upstream has it.
///
/// Each is told once, with one exception: where messages without a proof are taken
/// (`TrustPolicy::open` and `prefer_verified`) two of one sender and id may come, one verified and
/// one not, in either order. The verified one is the sender's; a relay has changed the other, or
/// somebody has forged it.
struct MessageReceived {
  PeerId from;
  MessageId id;
  /// The content if it is text, otherwise empty.
  std::string text;
  /// The content as JSON, always.
  std::string json;
  /// Unix time in milliseconds, as the sender states it.
  std::int64_t timestamp = 0;
  /// Peers that have passed it on; 0 if it comes straight from its sender.
  std::uint32_t hops = 0;
  bool direct = false;
  /// It was encrypted to us, or to a group of ours.
  bool encrypted = false;
  /// The sender is proven by a signature.
  bool verified = false;
  /// The group that it was encrypted to; otherwise empty. That `from` is a member is not proven by
  /// it: what a member has encrypted others can send again as their own.
  std::string group;
};
/// The target of a direct message has confirmed it. Only peers of this project do.
struct MessageDelivered {
  MessageId id;
  PeerId to;
};
/// A direct message has been given up.
struct MessageUndelivered {
  MessageId id;
  PeerId to;
  /// A sentence.
  std::string reason;
};
/// A binary message of a neighbor.
struct BinaryReceived {
  PeerId from;
  std::vector<std::uint8_t> data;
};
/// A neighbor begins a stream to us, or any peer of the network one to everybody.
struct StreamReceived {
  PeerId peer;
  StreamId stream{};
  StreamInfo info;
  /// Byte at which it goes on; 0 for a new one.
  std::uint64_t offset = 0;
  /// It goes to everybody (`Node::open_broadcast_stream`), and `peer` need not be a neighbor.
  bool broadcast = false;
  /// The peer is proven: the neighbor on its link, or the sender to everybody by a signature under
  /// every part. A stream of a peer that is not proven may be anybody's.
  bool verified = false;
};
struct StreamData {
  PeerId peer;
  StreamId stream{};
  std::vector<std::uint8_t> data;
};
/// A stream of ours takes this many bytes more; 0: what was refused before may be tried again. One
/// that was on its way may come after `Node::end_stream` and means nothing then.
struct StreamWritable {
  PeerId peer;
  StreamId stream{};
  std::size_t bytes = 0;
  /// Byte of the whole at which these begin: the first time 0, or where a resumed one stopped.
  std::uint64_t offset = 0;
};
/// A stream, ours or the other side's, has come to its end.
struct StreamCompleted {
  PeerId peer;
  StreamId stream{};
  std::uint64_t total_bytes = 0;
};
/// A stream has broken off.
struct StreamAborted {
  PeerId peer;
  StreamId stream{};
  std::string reason;
};
/// The node moved to the namespace `global`, or back.
struct NetworkChanged {
  std::string network;
  bool is_fallback = false;
};
/// Something that whoever runs the node should know: a sentence.
struct NodeWarning {
  std::string message;
};

/// Everything that a node tells its application.
using NodeEvent =
    std::variant<HubStatusChanged, PeerDiscovered, PeerConnected, PeerDisconnected, PeerEvicted,
                 PeerVerified, PeerKeyAdded, ConnectFailed, MessageReceived, MessageDelivered,
                 MessageUndelivered, BinaryReceived, StreamReceived, StreamData, StreamWritable,
                 StreamCompleted, StreamAborted, NetworkChanged, NodeWarning>;

}  // namespace pigeon
