#include "pigeon/node.hpp"

#include <utility>

#include "base/wipe.hpp"
#include "net/clock.hpp"
#include "node/arguments.hpp"
#include "node/json_text.hpp"
#include "runtime/check_node_options.hpp"
#include "runtime/ice_servers.hpp"
#include "runtime/node_handle.hpp"
#include "runtime/open_identity.hpp"
#include "suite/random_bytes.hpp"

namespace pigeon {

namespace {

using node::bad_argument;
using runtime::NodeParts;

/// Everything that needs no loop. Waits for files and DNS.
Result<NodeParts, NodeError> make_parts(NodeOptions& options, pigeon::Node::OnEvent on_event) {
  auto identity = runtime::open_identity(options.identity_file, options.identity_password);
  if (!identity) return Unexpected(bad_argument("identity_file: " + identity.error()));
  // The core keeps a copy of its options.
  wipe(options.identity_password);
  options.identity_password.clear();
  std::optional<net::TlsClientContext> trusted;
  if (!options.trusted_certificates_file.empty()) {
    auto loaded = net::TlsClientContext::load(options.trusted_certificates_file);
    if (!loaded) {
      return Unexpected(bad_argument("trusted_certificates_file: " + loaded.error()));
    }
    trusted = *std::move(loaded);
  }
  std::optional<node::NodeKeys> keys;
  if (options.enable_crypto) {
    keys = {identity->signing().public_key(), identity->encryption().public_key()};
  } else if (options.peer_id.empty()) {
    options.peer_id = identity->peer_id().to_text();
  }
  auto core = node::Node::create(options, keys, Random(suite::random_seed()));
  if (!core) return Unexpected(core.error());
  auto servers = runtime::look_up_ice_servers(options.ice_servers);
  PeerConnectionOptions connections;
  connections.ice_servers = std::move(servers.servers);
  connections.send_buffer_max = options.limits.send_buffer_max;
  // One is needed, and those that the other side opens beyond it are closed.
  connections.channel_count_max = 4;
  return NodeParts{.core = *std::move(core),
                   .identity = keys ? std::optional(*std::move(identity)) : std::nullopt,
                   .trusted = std::move(trusted),
                   .connections = std::move(connections),
                   .on_event = std::move(on_event),
                   .warnings = std::move(servers.failures)};
}

void set(runtime::NodeHandle& handle, NodeSwitch which, bool is_on) {
  handle.call([&](node::Node& core, Now now) { core.set(which, is_on, now); });
}

}  // namespace

// ---- Loops

NodeLoop::NodeLoop(std::shared_ptr<runtime::NodeLoop> loop) : loop_(std::move(loop)) {}
NodeLoop::NodeLoop(NodeLoop&&) noexcept = default;
NodeLoop& NodeLoop::operator=(NodeLoop&&) noexcept = default;
NodeLoop::~NodeLoop() = default;

Result<NodeLoop, NodeError> NodeLoop::create(const RtcLoopOptions& addresses) {
  if (auto failure = runtime::check_addresses(addresses)) {
    return Unexpected(bad_argument(*std::move(failure)));
  }
  auto loop = runtime::NodeLoop::create(addresses);
  if (!loop) return Unexpected(NodeError{NodeErrorKind::not_running, loop.error()});
  return NodeLoop(*std::move(loop));
}

// ---- Nodes

Node::Node(std::shared_ptr<runtime::NodeHandle> handle) : handle_(std::move(handle)) {}
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

Result<Node, NodeError> Node::create(NodeOptions options, OnEvent on_event) {
  const Wiper wiper(options.identity_password);
  if (auto failure = runtime::check_node_options(options)) {
    return Unexpected(bad_argument(*std::move(failure)));
  }
  auto loop = NodeLoop::create(options.addresses);
  if (!loop) return Unexpected(loop.error());
  // Copied: a text that is moved away may leave its bytes behind, out of a wiper's reach.
  return create(*loop, options, std::move(on_event));
}

Result<Node, NodeError> Node::create(const NodeLoop& loop, NodeOptions options, OnEvent on_event) {
  const Wiper wiper(options.identity_password);
  if (auto failure = runtime::check_node_options(options)) {
    return Unexpected(bad_argument(*std::move(failure)));
  }
  auto parts = make_parts(options, std::move(on_event));
  if (!parts) return Unexpected(parts.error());
  return Node(std::make_shared<runtime::NodeHandle>(loop.loop_, *std::move(parts)));
}

// ---- The mesh

Result<void, NodeError> Node::connect(std::string_view hub_url) {
  return handle_->call([&](node::Node& core, Now now) { return core.connect(hub_url, now); });
}

void Node::disconnect() {
  handle_->call([](node::Node& core, Now now) { core.disconnect(now); });
}

Result<void, NodeError> Node::connect_to_peer(const PeerId& peer) {
  return handle_->call([&](node::Node& core, Now now) { return core.connect_to_peer(peer, now); });
}

Result<void, NodeError> Node::disconnect_peer(const PeerId& peer) {
  return handle_->call([&](node::Node& core, Now now) { return core.disconnect_peer(peer, now); });
}

std::size_t Node::set_max_peers(std::size_t count) {
  return handle_->call([&](node::Node& core, Now now) { return core.set_max_peers(count, now); });
}

std::size_t Node::set_min_peers(std::size_t count) {
  return handle_->call([&](node::Node& core, Now now) { return core.set_min_peers(count, now); });
}

void Node::set_auto_discovery(bool is_on) { set(*handle_, NodeSwitch::auto_discovery, is_on); }
void Node::set_eviction_strategy(bool is_on) {
  set(*handle_, NodeSwitch::eviction_strategy, is_on);
}
void Node::set_xor_routing(bool is_on) { set(*handle_, NodeSwitch::xor_routing, is_on); }
void Node::set_allow_global_fallback(bool is_on) {
  set(*handle_, NodeSwitch::allow_global_fallback, is_on);
}

std::size_t Node::connect_to_all_peers() {
  return handle_->call([](node::Node& core, Now now) { return core.connect_to_all_peers(now); });
}

Result<void, NodeError> Node::set_network(std::string_view name) {
  return handle_->call([&](node::Node& core, Now now) { return core.set_network(name, now); });
}

// ---- Messages

Result<MessageId, NodeError> Node::send_message(std::string_view text) {
  return handle_->call([&](node::Node& core, Now now) { return core.send_message(text, now); });
}

Result<MessageId, NodeError> Node::send_direct_message(const PeerId& to, std::string_view text) {
  const std::string json = node::json_text(text);
  return send_direct_json(to, json);
}

Result<MessageId, NodeError> Node::send_direct_json(const PeerId& to, std::string_view json) {
  return handle_->call(
      [&](node::Node& core, Now now) { return core.send_direct_json(to, json, now); });
}

Result<MessageId, NodeError> Node::send_encrypted_message(const PeerId& to, std::string_view text) {
  if (!node::is_utf8(text)) return Unexpected(node::not_utf8());
  const std::string json = node::json_text(text);
  return send_encrypted_json(to, json);
}

Result<MessageId, NodeError> Node::send_encrypted_json(const PeerId& to, std::string_view json) {
  return handle_->call(
      [&](node::Node& core, Now now) { return core.send_encrypted_json(to, json, now); });
}

Result<MessageId, NodeError> Node::send_encrypted_broadcast(std::string_view group,
                                                            std::string_view text) {
  if (!node::is_utf8(text)) return Unexpected(node::not_utf8());
  const std::string json = node::json_text(text);
  return send_encrypted_broadcast_json(group, json);
}

Result<MessageId, NodeError> Node::send_encrypted_broadcast_json(std::string_view group,
                                                                 std::string_view json) {
  return handle_->call([&](node::Node& core, Now now) {
    return core.send_encrypted_broadcast_json(group, json, now);
  });
}

Result<void, NodeError> Node::send_binary(const PeerId& to, std::span<const std::uint8_t> data) {
  return handle_->call([&](node::Node& core, Now now) { return core.send_binary(to, data, now); });
}

std::size_t Node::broadcast_binary(std::span<const std::uint8_t> data) {
  return handle_->call([&](node::Node& core, Now now) { return core.broadcast_binary(data, now); });
}

// ---- Streams

Result<StreamId, NodeError> Node::open_stream(const PeerId& to, StreamInfo info) {
  return handle_->call([&](node::Node& core, Now now) { return core.open_stream(to, info, now); });
}

Result<StreamId, NodeError> Node::open_broadcast_stream(StreamInfo info) {
  return handle_->call(
      [&](node::Node& core, Now now) { return core.open_broadcast_stream(info, now); });
}

Result<void, NodeError> Node::write_stream(StreamId stream, std::vector<std::uint8_t> data) {
  return handle_->call(
      [&](node::Node& core, Now now) { return core.write_stream(stream, data, now); });
}

Result<void, NodeError> Node::end_stream(StreamId stream) {
  return handle_->call([&](node::Node& core, Now now) { return core.end_stream(stream, now); });
}

Result<void, NodeError> Node::abort_stream(StreamId stream, std::string_view reason) {
  return handle_->call(
      [&](node::Node& core, Now now) { return core.abort_stream(stream, reason, now); });
}

// ---- Information

PeerId Node::peer_id() const {
  return handle_->ask([](const node::Node& core) { return core.peer_id(); });
}

NodeStatus Node::status() const {
  return handle_->ask([](const node::Node& core) { return core.status(); });
}

std::vector<PeerStatus> Node::peers() const {
  return handle_->ask([](const node::Node& core) { return core.peers(net::read_clock()); });
}

std::vector<DiscoveredPeer> Node::discovered_peers() const {
  return handle_->ask([](const node::Node& core) { return core.discovered_peers(); });
}

}  // namespace pigeon
