#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pigeon/peer_connection.hpp"

namespace pigeon {

/// Options that are also switched while the node runs.
enum class NodeSwitch : std::uint8_t {
  auto_discovery,
  eviction_strategy,
  xor_routing,
  allow_global_fallback,
};

/// What a node makes of peers and messages whose sender is not proven. Peers of this project prove
/// their id by a key; upstream's clients cannot.
enum class TrustPolicy : std::uint8_t {
  /// Everything is taken; what is proven is marked.
  open,
  /// The same, and links to proven peers are kept before others.
  prefer_verified,
  /// Only links to proven peers, and only messages that are signed.
  verified_only,
};

/// What others may cost a node.
struct NodeLimits {
  /// Bytes of one text message on a channel; the channel itself carries at most 262,144.
  std::size_t message_bytes_max = 262'144;
  /// Messages of one neighbor in a second, and at once; more are dropped and counted. Those of
  /// accepted streams, and binary messages, are not limited: the channel slows them down.
  std::uint32_t messages_per_second = 4'000;
  std::uint32_t messages_burst = 16'000;
  /// Bytes of one neighbor in a second, and at once.
  std::uint32_t bytes_per_second = 32U << 20U;
  std::uint32_t bytes_burst = 64U << 20U;
  /// Bytes that wait to be sent to one neighbor; messages beyond are dropped for it and counted.
  std::size_t send_buffer_max = std::size_t{4} << 20U;
  /// How long a neighbor for which `send_buffer_max` was reached may take until half of that is
  /// sent; then its link is closed. So it may be slow, but may not stand still.
  std::chrono::milliseconds stalled_time_max{15'000};
  /// Peers that are known and not connected; the one unheard of for longest is forgotten first.
  std::size_t discovered_max = 4'096;
  /// Ids of messages remembered to suppress duplicates; the oldest is forgotten first.
  std::size_t seen_count_max = 65'536;
  /// Messages that wait for a signature to be checked or made; more are dropped and counted.
  std::size_t parked_count_max = 1'024;
  /// Streams that are open at a time with one neighbor, either way.
  std::size_t streams_per_peer_max = 64;
  /// Bytes of the longest stream that is accepted; 0 is no limit. What arrives goes to the
  /// application at once and is not kept.
  std::uint64_t stream_bytes_max = 0;
};

/// Everything about a node that can be chosen. The names are those of upstream's PeerPigeonMesh.
struct NodeOptions {
  /// 40 hexadecimal digits; empty: the id of the node's key. Another id than the key's cannot be
  /// proven to anybody.
  std::string peer_id;
  /// File with the node's keys, made with rights 0600 if it does not exist; empty: keys that live
  /// as long as the node.
  std::string identity_file;
  /// Password that locks `identity_file`, at most 1,024 bytes of UTF-8; empty: it is not locked.
  /// `Node::create` waits a noticeable part of a second for the keys, and wipes its copies of the
  /// password when it has them.
  std::string identity_password;
  /// Namespace, 1 to 256 bytes.
  std::string network = "global";
  /// A node that is alone for 30 s looks into the namespace `global`, and returns when its own has
  /// peers. What it sends meanwhile, everybody there may hear, so this is for those who ask for it
  /// (upstream: on, and without effect).
  bool allow_global_fallback = false;
  /// Links, 1 to 50. Upstream's default of 3 starves a mesh of more than 15 peers.
  std::size_t max_peers = 16;
  /// Links below which it looks for more at once, 0 to 49.
  std::size_t min_peers = 2;
  /// Connect to peers that are discovered; otherwise only `connect_to_peer` and incoming offers do.
  bool auto_discovery = true;
  /// Give up a redundant link for a peer that is needed more.
  bool eviction_strategy = true;
  /// Choose links by their distance; otherwise by chance alone.
  bool xor_routing = true;
  /// Sign messages, and check signatures.
  bool enable_crypto = true;
  TrustPolicy trust = TrustPolicy::open;
  /// STUN and TURN servers. None: only paths of the local network are found. No public server is
  /// asked unless it is named here.
  std::vector<IceServer> ice_servers;
  /// On which addresses links can be reached.
  RtcLoopOptions addresses;
  /// PEM file with the certificates that a `wss` hub may be signed by; empty: the system's.
  std::string trusted_certificates_file;
  NodeLimits limits;
};

}  // namespace pigeon
