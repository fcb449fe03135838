#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pigeon/id.hpp"
#include "pigeon/node_event.hpp"
#include "pigeon/node_options.hpp"
#include "pigeon/node_status.hpp"
#include "pigeon/result.hpp"

namespace pigeon {

namespace runtime {
class NodeLoop;
class NodeHandle;
}  // namespace runtime

/// A thread with an event loop that any number of nodes share.
class NodeLoop {
 public:
  /// The error says what the system refused.
  static Result<NodeLoop, NodeError> create(const RtcLoopOptions& addresses = {});
  NodeLoop(const NodeLoop&) = delete;
  NodeLoop& operator=(const NodeLoop&) = delete;
  NodeLoop(NodeLoop&&) noexcept;
  NodeLoop& operator=(NodeLoop&&) noexcept;
  /// The thread ends when the last node of the loop is gone, too. Whoever gives up the last of them
  /// waits for its end, unless that is in an event of the loop: up to 2 s for goodbyes that are
  /// still to be sent, and for a DNS lookup of a hub's name that is under way.
  ~NodeLoop();

 private:
  friend class Node;
  explicit NodeLoop(std::shared_ptr<runtime::NodeLoop> loop);

  std::shared_ptr<runtime::NodeLoop> loop_;
};

/// A peer of the mesh: upstream's PeerPigeonMesh. Every method may be called from any thread, also
/// from `OnEvent`, and waits for the loop's thread. So a thread that calls one must not hold a lock
/// that an `OnEvent` of the loop takes: each would wait for the other for ever.
class Node {
 public:
  /// Gets every event, one at a time, on the loop's thread. It must not block: that thread carries
  /// all links. What it throws is dropped, and told once by a `NodeWarning`.
  using OnEvent = std::function<void(NodeEvent)>;

  /// Checks the options, reads or makes the keys, and waits for DNS if `ice_servers` has names; an
  /// error names the field. The node has a loop of its own.
  static Result<Node, NodeError> create(NodeOptions options, OnEvent on_event = {});
  /// The same on a loop that it shares; `options.addresses` are the loop's.
  static Result<Node, NodeError> create(const NodeLoop& loop, NodeOptions options,
                                        OnEvent on_event = {});

  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;
  /// Disconnects, and waits for the event that is under way. No event arrives after it. Not in an
  /// event of this node; in one of another node it may be called. The last node of a loop ends
  /// that, too (`~NodeLoop`).
  ~Node();

  // ---- The mesh

  /// Adds a hub (`ws://`, `wss://`, `http://` or `https://`) and keeps a connection to it from now
  /// on. The events tell whether it comes about.
  Result<void, NodeError> connect(std::string_view hub_url);
  /// Says goodbye, closes all links and all ways to hubs. `connect` begins again.
  void disconnect();
  /// Links with a peer, if there is room.
  Result<void, NodeError> connect_to_peer(const PeerId& peer);
  /// Closes the link with a peer.
  Result<void, NodeError> disconnect_peer(const PeerId& peer);
  /// Clamped to 1 to 50; redundant links beyond are closed. Gives what counts from now on.
  std::size_t set_max_peers(std::size_t count);
  /// Clamped to 0 to 49.
  std::size_t set_min_peers(std::size_t count);
  /// The options of the same name, from now on. Without `set_allow_global_fallback` a node that is
  /// in `global` returns at once.
  void set_auto_discovery(bool is_on);
  void set_eviction_strategy(bool is_on);
  void set_xor_routing(bool is_on);
  void set_allow_global_fallback(bool is_on);
  /// Calls every peer that is known, whatever the shape of the mesh asks for, as far as there is
  /// room (upstream's `forceConnectToAllPeers`). Gives the number of calls.
  std::size_t connect_to_all_peers();
  /// Only while disconnected.
  Result<void, NodeError> set_network(std::string_view name);

  // ---- Messages

  /// Broadcasts a text that is not blank (upstream's `sendMessage`).
  Result<MessageId, NodeError> send_message(std::string_view text);
  /// Sends a text to one peer, over several links if need be. `MessageDelivered` or
  /// `MessageUndelivered` follows if the peer is of this project.
  Result<MessageId, NodeError> send_direct_message(const PeerId& to, std::string_view text);
  /// The same with any JSON as content. Numbers must be what JavaScript prints for them.
  Result<MessageId, NodeError> send_direct_json(const PeerId& to, std::string_view json);
  /// Encrypts to the key of a peer that is known (`PeerKeyAdded`).
  Result<MessageId, NodeError> send_encrypted_message(const PeerId& to, std::string_view text);
  /// The same with any JSON as content.
  Result<MessageId, NodeError> send_encrypted_json(const PeerId& to, std::string_view json);
  /// Broadcasts a text that only the members of a group can read: those who have its key
  /// (`add_group_key`). Everybody learns the name of the group, and who has written.
  Result<MessageId, NodeError> send_encrypted_broadcast(std::string_view group,
                                                        std::string_view text);
  /// The same with any JSON as content.
  Result<MessageId, NodeError> send_encrypted_broadcast_json(std::string_view group,
                                                             std::string_view json);
  /// To a neighbor, at most 262,144 bytes.
  Result<void, NodeError> send_binary(const PeerId& to, std::span<const std::uint8_t> data);
  /// The same to every neighbor; gives the number of those whose channel takes it.
  std::size_t broadcast_binary(std::span<const std::uint8_t> data);

  // ---- Keys

  /// Shows a neighbor our keys once more; it answers with its own. Links begin with this anyway.
  Result<void, NodeError> exchange_keys(const PeerId& peer);
  /// Keys that the application got elsewhere and vouches for. An error if they are malformed, or if
  /// another key of that peer is proven already.
  Result<void, NodeError> add_peer_key(const PeerId& peer, const PeerPublicKey& key);
  /// Signs a text with the node's key (upstream's `signData`), in 86 characters of base64url.
  /// Upstream normalizes texts to NFC and trims them first; this one is signed as it is.
  /// Texts in the form of a node's own proofs are refused.
  Result<std::string, NodeError> sign(std::string_view text) const;

  // ---- Groups

  /// Makes a key for a group of 1 to 128 bytes and takes it as `add_group_key` does. Gives it as
  /// JSON of upstream's form, for the application to carry to the members by a way that is safe,
  /// such as `send_encrypted_message` to a peer that is verified: whoever has it reads everything
  /// that is sent to the group. So the application overwrites it when it is carried.
  Result<std::string, NodeError> generate_group_key(std::string_view group);
  /// Takes the key of a group, instead of the one that it had: upstream's object as JSON, of which
  /// `epub` and `epriv` count. Lost when the node goes.
  Result<void, NodeError> add_group_key(std::string_view group, std::string_view key_json);
  /// Leaves a group. False if the node had no key of it.
  bool remove_group_key(std::string_view group);

  // ---- Encryption without sending: JSON of upstream's form (`encryptMessage`), for storing or for
  // ways of the application's own. Nothing in it proves who has encrypted. As JSON a text has at
  // most 524,288 bytes.

  /// For this node itself.
  Result<std::string, NodeError> encrypt(std::string_view text) const;
  /// For a peer whose key is known (`PeerKeyAdded`).
  Result<std::string, NodeError> encrypt_for_peer(const PeerId& peer, std::string_view text) const;
  /// For a group that this node is in.
  Result<std::string, NodeError> encrypt_for_group(std::string_view group,
                                                   std::string_view text) const;
  /// Opens what was encrypted to this node, or to a group that it is in. Anything else, of other
  /// groups too, is `undecipherable`.
  Result<DecryptedContent, NodeError> decrypt(std::string_view json) const;

  // ---- Streams

  /// To a neighbor. `StreamWritable` tells when and how much to write.
  Result<StreamId, NodeError> open_stream(const PeerId& to, StreamInfo info);
  /// To everybody in the network (upstream's `createBroadcastStream`), for what is small and of use
  /// to all: every byte costs up to four on every link of the mesh. Events name our own id. Who
  /// joins while it runs gets nothing of it, and nobody confirms anything. `chunk_size` is clamped
  /// to 4,096 to 32,768, and `resume_token` must be empty. At most 16 are open at a time.
  Result<StreamId, NodeError> open_broadcast_stream(StreamInfo info);
  /// All of `data` or, on an error, nothing. What fits is `bytes` of all `StreamWritable` so far
  /// less what was written; more is `busy`, until another one of them has come.
  Result<void, NodeError> write_stream(StreamId stream, std::vector<std::uint8_t> data);
  /// Nothing follows; `StreamCompleted` tells when all has been handed to the channel.
  Result<void, NodeError> end_stream(StreamId stream);
  /// Ends a stream of either direction. The sender of one to everybody does not hear of it.
  Result<void, NodeError> abort_stream(StreamId stream, std::string_view reason);

  // ---- Information

  PeerId peer_id() const;
  NodeStatus status() const;
  std::vector<PeerStatus> peers() const;
  std::vector<DiscoveredPeer> discovered_peers() const;

 private:
  explicit Node(std::shared_ptr<runtime::NodeHandle> handle);

  std::shared_ptr<runtime::NodeHandle> handle_;
};

/// Whether the owner of the signing key has signed the text; false whatever is malformed.
bool verify_signature(std::string_view signature, std::string_view text,
                      std::string_view signing_key);

}  // namespace pigeon
