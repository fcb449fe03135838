#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pigeon/id.hpp"

namespace pigeon {

/// Why a call on a node did nothing.
enum class NodeErrorKind : std::uint8_t {
  /// An argument cannot be used; the sentence says which.
  bad_argument,
  /// No link to that peer is open.
  not_connected,
  /// The peer is not known, or its key is not.
  unknown_peer,
  /// Longer than a message may be.
  too_large,
  /// As much waits already as may; try again later.
  busy,
  /// The node has been stopped, or has not been started.
  not_running,
  /// The node has no key of that group.
  unknown_group,
  /// It was encrypted to somebody else, or is damaged.
  undecipherable,
};

/// Why a call on a node did nothing: the kind, and a sentence with the cause.
struct NodeError {
  NodeErrorKind kind{};
  std::string message;
};

/// Where the link to a peer stands (upstream's names in `to_string`).
enum class PeerState : std::uint8_t { connecting, channel_connecting, connected };
std::string_view to_string(PeerState state);

/// A link as `Node::peers` tells it.
struct PeerStatus {
  PeerId peer;
  PeerState state{};
  /// Our side made the offer.
  bool is_initiator = false;
  /// It has proven its id.
  bool is_verified = false;
  /// Of this project.
  bool is_capable = false;
  std::int64_t connected_for_ms = 0;
};

/// A peer that is known, as `Node::discovered_peers` tells it.
struct DiscoveredPeer {
  PeerId peer;
  /// Exclusive-or of its id and ours in hexadecimal.
  std::string distance;
  bool is_connecting = false;
  bool is_connected = false;
};

/// The public keys of a peer, as upstream writes them: the two 32-byte coordinates of a point of
/// P-256 in base64url with a dot between.
struct PeerPublicKey {
  std::string signing;
  std::string encryption;
};

/// What `Node::decrypt` gives.
struct DecryptedContent {
  /// The content if it is text, otherwise empty.
  std::string text;
  /// The content as JSON, always.
  std::string json;
  /// The group that it was encrypted to; empty if it was to this node.
  std::string group;
};

/// What a node has counted so far.
struct NodeCounters {
  std::uint64_t messages_received = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t delivered = 0;
  std::uint64_t forwarded = 0;
  /// Seen before.
  std::uint64_t duplicates = 0;
  /// Not a message: malformed, or a field beyond its bounds.
  std::uint64_t malformed = 0;
  /// Of another namespace, at the end of its ttl, or already through here.
  std::uint64_t stale = 0;
  /// A sender that is not who it says, or a text that no key of ours opens.
  std::uint64_t forged = 0;
  /// Over a limit of rate.
  std::uint64_t over_rate = 0;
  /// For a neighbor that did not read.
  std::uint64_t unsent = 0;
  /// Without room to wait for a signature, or for being opened.
  std::uint64_t unparked = 0;
  /// Of types that nobody here takes, or to a group that this node is not in.
  std::uint64_t unknown = 0;
  /// Direct messages that no link led nearer to their target.
  std::uint64_t dead_ends = 0;
  std::uint64_t links_opened = 0;
  std::uint64_t links_lost = 0;
  std::uint64_t links_failed = 0;
  std::uint64_t signatures_checked = 0;
};

/// What `Node::status` tells; upstream's `getStatus`.
struct NodeStatus {
  PeerId peer_id;
  /// Of the node's own key; empty without crypto.
  std::string public_key;
  /// What others encrypt to; empty without crypto.
  std::string encryption_key;
  /// A hub is connected.
  bool is_connected = false;
  std::vector<std::string> hubs;
  /// The groups whose key it has, in order.
  std::vector<std::string> groups;
  std::string network;
  std::string original_network;
  bool is_in_fallback = false;
  std::size_t connected_count = 0;
  std::size_t total_peer_count = 0;
  std::size_t discovered_count = 0;
  std::size_t min_peers = 0;
  std::size_t max_peers = 0;
  bool auto_discovery = false;
  bool eviction_strategy = false;
  bool xor_routing = false;
  bool allow_global_fallback = false;
  NodeCounters counters;
};

}  // namespace pigeon
