#include "node/node.hpp"

#include <algorithm>
#include <utility>

#include "node/arguments.hpp"
#include "node/node_impl.hpp"
#include "wire/limits.hpp"

namespace pigeon::node {

namespace {

constexpr std::size_t peer_keys_max = 4'096;
constexpr std::size_t confirmed_max = 4'096;

gossip::GossipOptions gossip_options(const NodeOptions& options) {
  gossip::GossipOptions gossip;
  gossip.seen_count_max = options.limits.seen_count_max;
  return gossip;
}

transfer::TransferOptions transfer_options(const NodeOptions& options) {
  transfer::TransferOptions transfer;
  transfer.streams_per_peer_max = options.limits.streams_per_peer_max;
  transfer.stream_bytes_max = options.limits.stream_bytes_max;
  // With room left for messages, so that no frame finds its channel full.
  const std::size_t room = options.limits.send_buffer_max;
  transfer.window = std::min(transfer.window, room / 4);
  transfer.binary_window = std::min(transfer.binary_window, room / 4);
  transfer.channel_bytes_max = std::min(transfer.channel_bytes_max, room / 4 * 3);
  transfer::BroadcastOptions& broadcasts = transfer.broadcasts;
  broadcasts.channel_bytes_max = std::min(broadcasts.channel_bytes_max, room / 8);
  broadcasts.stall_max = options.limits.stalled_time_max;
  // As text, and with the rest of its message.
  const std::size_t message = options.limits.message_bytes_max;
  constexpr std::size_t rest = 16'384;
  broadcasts.chunk_size_max =
      std::min(broadcasts.chunk_size_max, (std::max(message, 2 * rest) - rest) / 4);
  return transfer;
}

Result<wire::SpelledId, NodeError> own_id(const NodeOptions& options,
                                          const std::optional<NodeKeys>& keys) {
  if (!options.peer_id.empty()) {
    const auto id = wire::SpelledId::parse(options.peer_id);
    if (!id) return Unexpected(bad_argument("peer_id must have 40 hexadecimal digits."));
    return *id;
  }
  if (!keys) {
    return Unexpected(bad_argument("peer_id is empty, and there is no key to derive one from."));
  }
  return wire::SpelledId{.id = crypto::peer_id_of(keys->signing)};
}

}  // namespace

Result<Node, NodeError> Node::create(const NodeOptions& options,
                                     const std::optional<NodeKeys>& keys, Random random) {
  const auto self = own_id(options, keys);
  if (!self) return Unexpected(self.error());
  if (!is_network_name(options.network)) {
    return Unexpected(bad_argument("network must have 1 to 256 bytes of UTF-8."));
  }
  if (options.max_peers < 1 || options.max_peers > membership::links_max_max) {
    return Unexpected(bad_argument("max_peers must be 1 to 50."));
  }
  if (options.limits.discovered_max < 1 || options.limits.seen_count_max < 1) {
    return Unexpected(
        bad_argument("limits.discovered_max and limits.seen_count_max must be 1 at least."));
  }
  if (options.min_peers >= membership::links_max_max) {
    return Unexpected(bad_argument("min_peers must be 0 to 49."));
  }
  if (options.trust == TrustPolicy::verified_only && (!keys || !options.enable_crypto)) {
    return Unexpected(bad_argument("trust verified_only needs enable_crypto and keys."));
  }
  return Node(std::make_unique<Impl>(options, *self, options.enable_crypto ? keys : std::nullopt,
                                     std::move(random)));
}

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

Node::Impl::Impl(const NodeOptions& options, const wire::SpelledId& self,
                 const std::optional<NodeKeys>& keys, Random random)
    : options_(options),
      self_(self),
      keys_(keys),
      can_prove_(keys && crypto::peer_id_of(keys->signing) == self.id),
      random_(std::move(random)),
      network_(options.network),
      membership_(self.id, membership_options(), random_.split()),
      gossip_(self.id, gossip_options(options), random_.split()),
      routing_(self.id, {}, random_.split()),
      hubs_(self, options.network, static_cast<std::uint32_t>(options.max_peers), {},
            random_.split()),
      transfers_(transfer_options(options), random_.split()),
      gate_(options.limits.parked_count_max),
      fallback_(fallback_of(options)),
      early_candidates_(random_),
      peer_keys_({.count_max = peer_keys_max}, KeyedHash(random_)),
      confirmed_({.count_max = confirmed_max}, KeyedHash(random_)),
      seen_hash_(random_) {}

void Node::Impl::handle(Input input, Now now) {
  std::visit([&](const auto& typed) { on(typed, now); }, input);
  settle(now);
}

void Node::Impl::on(const HubOpened& input, Now now) { hubs_.opened(input.hub, now); }
void Node::Impl::on(const HubText& input, Now now) { hubs_.received(input.hub, input.text, now); }
void Node::Impl::on(const HubClosed& input, Now now) {
  hubs_.closed(input.hub, input.code, input.reason, now);
}

void Node::Impl::on(const crypto::Done& input, Now now) {
  if (const auto parked = gate_.take(input.ticket)) {
    std::visit([&](const auto& typed) { resume(typed, input.answer, now); }, *parked);
  }
}

void Node::Impl::settle(Now now) {
  drain_hubs(now);
  check_fallback(now);
  // Without a way to signal, calling would only wear the attempts out.
  if (is_unsettled_ && can_signal()) {
    is_unsettled_ = false;
    for (const membership::Action& action : membership_.take_actions(now)) {
      std::visit([&](const auto& typed) { act(typed, now); }, action);
    }
  }
  drain_hubs(now);
  publish_parts(now);
  drain_transfers();
}

void Node::Impl::handle_timeout(Now now) {
  hubs_.handle_timeout(now);
  gossip_.handle_timeout(now);
  transfers_.handle_timeout(now);
  retry_direct(now);
  while (const auto link = deadlines_.pop_due(now.monotonic)) check_deadlines(*link, now);
  announce_over_mesh(now);
  name_neighbors_again(now);
  if (membership_.next_timeout() <= now.monotonic) is_unsettled_ = true;
  settle(now);
}

Instant Node::Impl::next_timeout() const {
  const Instant membership = can_signal() ? membership_.next_timeout() : Instant::max();
  const Instant fallback = hubs_.is_any_connected() ? fallback_.next_timeout() : Instant::max();
  return std::min({membership, hubs_.next_timeout(), gossip_.next_timeout(),
                   routing_.next_timeout(), transfers_.next_timeout(), deadlines_.next(),
                   next_announcement_, next_naming_, fallback});
}

// ---- The outside forwards.

void Node::handle(Input input, Now now) { impl_->handle(std::move(input), now); }
void Node::handle_timeout(Now now) { impl_->handle_timeout(now); }
Instant Node::next_timeout() const { return impl_->next_timeout(); }
std::vector<Output> Node::take_outputs() { return impl_->take_outputs(); }
Result<void, NodeError> Node::connect(std::string_view hub_url, Now now) {
  return impl_->connect(hub_url, now);
}
void Node::disconnect(Now now) { impl_->disconnect(now); }
Result<void, NodeError> Node::connect_to_peer(const PeerId& peer, Now now) {
  return impl_->connect_to_peer(peer, now);
}
Result<void, NodeError> Node::disconnect_peer(const PeerId& peer, Now now) {
  return impl_->disconnect_peer(peer, now);
}
std::size_t Node::set_max_peers(std::size_t count, Now now) {
  return impl_->set_max_peers(count, now);
}
std::size_t Node::set_min_peers(std::size_t count, Now now) {
  return impl_->set_min_peers(count, now);
}
void Node::set(NodeSwitch which, bool is_on, Now now) { impl_->set(which, is_on, now); }
std::size_t Node::connect_to_all_peers(Now now) { return impl_->connect_to_all_peers(now); }
Result<void, NodeError> Node::set_network(std::string_view name, Now now) {
  return impl_->set_network(name, now);
}
Result<MessageId, NodeError> Node::send_message(std::string_view text, Now now) {
  return impl_->send_message(text, now);
}
Result<MessageId, NodeError> Node::send_direct_json(const PeerId& to, std::string_view json,
                                                    Now now) {
  return impl_->send_direct_json(to, json, now);
}
Result<MessageId, NodeError> Node::send_encrypted_json(const PeerId& to, std::string_view json,
                                                       Now now) {
  return impl_->send_encrypted_json(to, json, now);
}
Result<void, NodeError> Node::add_group(std::string_view group,
                                        const crypto::EncryptionPublicKey& key) {
  return impl_->add_group(group, key);
}
bool Node::remove_group(std::string_view group) { return impl_->remove_group(group); }
Result<MessageId, NodeError> Node::send_encrypted_broadcast_json(std::string_view group,
                                                                 std::string_view json, Now now) {
  return impl_->send_encrypted_broadcast_json(group, json, now);
}
Result<crypto::EncryptionPublicKey, NodeError> Node::key_of_group(std::string_view group) const {
  return impl_->key_of_group(group);
}
Result<crypto::EncryptionPublicKey, NodeError> Node::key_of_peer(const PeerId& peer) const {
  return impl_->key_of_peer(peer);
}
Result<void, NodeError> Node::send_binary(const PeerId& to, BytesView data, Now now) {
  return impl_->send_binary(to, data, now);
}
std::size_t Node::broadcast_binary(BytesView data, Now now) {
  return impl_->broadcast_binary(data, now);
}
Result<void, NodeError> Node::exchange_keys(const PeerId& peer, Now now) {
  return impl_->exchange_keys(peer, now);
}
Result<void, NodeError> Node::add_peer_key(const PeerId& peer, const PeerPublicKey& key, Now now) {
  return impl_->add_peer_key(peer, key, now);
}
Result<StreamId, NodeError> Node::open_stream(const PeerId& to, const StreamInfo& info, Now now) {
  return impl_->open_stream(to, info, now);
}
Result<StreamId, NodeError> Node::open_broadcast_stream(const StreamInfo& info, Now now) {
  return impl_->open_broadcast_stream(info, now);
}
Result<void, NodeError> Node::write_stream(StreamId stream, BytesView data, Now now) {
  return impl_->write_stream(stream, data, now);
}
Result<void, NodeError> Node::end_stream(StreamId stream, Now now) {
  return impl_->end_stream(stream, now);
}
Result<void, NodeError> Node::abort_stream(StreamId stream, std::string_view reason, Now now) {
  return impl_->abort_stream(stream, reason, now);
}
const PeerId& Node::peer_id() const { return impl_->peer_id(); }
const std::optional<NodeKeys>& Node::keys() const { return impl_->keys(); }
NodeStatus Node::status() const { return impl_->status(); }
std::vector<PeerStatus> Node::peers(Now now) const { return impl_->peers(now); }
std::vector<DiscoveredPeer> Node::discovered_peers() const { return impl_->discovered_peers(); }

}  // namespace pigeon::node
