#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "crypto/peer_identity.hpp"
#include "crypto/request.hpp"
#include "node/input.hpp"
#include "node/output.hpp"
#include "pigeon/node_options.hpp"
#include "pigeon/node_status.hpp"
#include "pigeon/result.hpp"

namespace pigeon::node {

/// The public keys of a node. Its private ones stay with whoever answers its crypto requests.
struct NodeKeys {
  crypto::SigningPublicKey signing;
  crypto::EncryptionPublicKey encryption;
};

/// A peer of the mesh without sockets, clock and threads: composes membership, gossip, routing,
/// signaling and transfers. After any call the owner carries out `take_outputs` before the next
/// one, and calls `handle_timeout` at `next_timeout`.
class Node {
 public:
  /// Without keys it signs and proves nothing and needs `options.peer_id`. The error names the
  /// field.
  static Result<Node, NodeError> create(const NodeOptions& options,
                                        const std::optional<NodeKeys>& keys, Random random);
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  void handle(Input input, Now now);
  void handle_timeout(Now now);
  Instant next_timeout() const;
  std::vector<Output> take_outputs();

  // ---- Commands, as `pigeon::Node` has them.

  Result<void, NodeError> connect(std::string_view hub_url, Now now);
  void disconnect(Now now);
  Result<void, NodeError> connect_to_peer(const PeerId& peer, Now now);
  Result<void, NodeError> disconnect_peer(const PeerId& peer, Now now);
  std::size_t set_max_peers(std::size_t count, Now now);
  std::size_t set_min_peers(std::size_t count, Now now);
  void set(NodeSwitch which, bool is_on, Now now);
  std::size_t connect_to_all_peers(Now now);
  Result<void, NodeError> set_network(std::string_view name, Now now);
  Result<MessageId, NodeError> send_message(std::string_view text, Now now);
  Result<MessageId, NodeError> send_direct_json(const PeerId& to, std::string_view json, Now now);
  Result<MessageId, NodeError> send_encrypted_json(const PeerId& to, std::string_view json,
                                                   Now now);
  /// Whoever answers the crypto requests has the private half; `remove_group` is false if there was
  /// no such group.
  Result<void, NodeError> add_group(std::string_view group, const crypto::EncryptionPublicKey& key);
  bool remove_group(std::string_view group);
  Result<MessageId, NodeError> send_encrypted_broadcast_json(std::string_view group,
                                                             std::string_view json, Now now);
  Result<void, NodeError> send_binary(const PeerId& to, BytesView data, Now now);
  std::size_t broadcast_binary(BytesView data, Now now);
  Result<void, NodeError> exchange_keys(const PeerId& peer, Now now);
  Result<void, NodeError> add_peer_key(const PeerId& peer, const PeerPublicKey& key, Now now);
  Result<StreamId, NodeError> open_stream(const PeerId& to, const StreamInfo& info, Now now);
  Result<StreamId, NodeError> open_broadcast_stream(const StreamInfo& info, Now now);
  Result<void, NodeError> write_stream(StreamId stream, BytesView data, Now now);
  Result<void, NodeError> end_stream(StreamId stream, Now now);
  Result<void, NodeError> abort_stream(StreamId stream, std::string_view reason, Now now);

  const PeerId& peer_id() const;
  const std::optional<NodeKeys>& keys() const;
  /// What can be encrypted to.
  Result<crypto::EncryptionPublicKey, NodeError> key_of_group(std::string_view group) const;
  /// Of a peer, or of this node itself.
  Result<crypto::EncryptionPublicKey, NodeError> key_of_peer(const PeerId& peer) const;
  NodeStatus status() const;
  std::vector<PeerStatus> peers(Now now) const;
  std::vector<DiscoveredPeer> discovered_peers() const;

 private:
  class Impl;
  explicit Node(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace pigeon::node
