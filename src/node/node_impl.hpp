#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/agenda.hpp"
#include "base/keyed_hash.hpp"
#include "base/lru_map.hpp"
#include "base/lru_set.hpp"
#include "gossip/gossip.hpp"
#include "membership/membership.hpp"
#include "node/early_candidates.hpp"
#include "node/fallback.hpp"
#include "node/gate.hpp"
#include "node/link_table.hpp"
#include "node/node.hpp"
#include "node/outbox.hpp"
#include "routing/routing.hpp"
#include "signaling/hub_links.hpp"
#include "transfer/transfers.hpp"
#include "wire/json_reader.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::node {

/// Groups that one node may be in.
inline constexpr std::size_t group_count_max = 1'024;

/// The inside of a node, in files by theme: links, signals, gossip, direct messages, identity,
/// encryption, transfers, network. What one theme needs of another it calls directly.
class Node::Impl {
 public:
  Impl(const NodeOptions& options, const wire::SpelledId& self, const std::optional<NodeKeys>& keys,
       Random random);

  // node.cpp
  void handle(Input input, Now now);
  void handle_timeout(Now now);
  Instant next_timeout() const;
  std::vector<Output> take_outputs() { return out_.take(); }

  // ---- Commands
  // node_links.cpp
  Result<void, NodeError> connect(std::string_view hub_url, Now now);
  void disconnect(Now now);
  Result<void, NodeError> connect_to_peer(const PeerId& peer, Now now);
  Result<void, NodeError> disconnect_peer(const PeerId& peer, Now now);
  std::size_t set_max_peers(std::size_t count, Now now);
  std::size_t set_min_peers(std::size_t count, Now now);
  void set(NodeSwitch which, bool is_on, Now now);
  std::size_t connect_to_all_peers(Now now);
  // node_network.cpp
  Result<void, NodeError> set_network(std::string_view name, Now now);
  // node_identity.cpp
  Result<void, NodeError> exchange_keys(const PeerId& peer, Now now);
  Result<void, NodeError> add_peer_key(const PeerId& peer, const PeerPublicKey& key, Now now);
  // node_gossip.cpp
  Result<MessageId, NodeError> send_message(std::string_view text, Now now);
  // node_direct.cpp
  Result<MessageId, NodeError> send_direct_json(const PeerId& to, std::string_view json, Now now);
  // node_encryption.cpp
  Result<void, NodeError> add_group(std::string_view group, const crypto::EncryptionPublicKey& key);
  bool remove_group(std::string_view group);
  Result<crypto::EncryptionPublicKey, NodeError> key_of_group(std::string_view group) const;
  Result<crypto::EncryptionPublicKey, NodeError> key_of_peer(const PeerId& peer) const;
  Result<MessageId, NodeError> send_encrypted_json(const PeerId& to, std::string_view json,
                                                   Now now);
  Result<MessageId, NodeError> send_encrypted_broadcast_json(std::string_view group,
                                                             std::string_view json, Now now);
  // node_transfers.cpp
  Result<void, NodeError> send_binary(const PeerId& to, BytesView data, Now now);
  std::size_t broadcast_binary(BytesView data, Now now);
  Result<StreamId, NodeError> open_stream(const PeerId& to, const StreamInfo& info, Now now);
  Result<StreamId, NodeError> open_broadcast_stream(const StreamInfo& info, Now now);
  Result<void, NodeError> write_stream(StreamId stream, BytesView data, Now now);
  Result<void, NodeError> end_stream(StreamId stream, Now now);
  Result<void, NodeError> abort_stream(StreamId stream, std::string_view reason, Now now);

  // node_status.cpp
  const PeerId& peer_id() const { return self_.id; }
  const std::optional<NodeKeys>& keys() const { return keys_; }
  NodeStatus status() const;
  std::vector<PeerStatus> peers(Now now) const;
  std::vector<DiscoveredPeer> discovered_peers() const;

 private:
  /// A message of a neighbor that is being dealt with.
  struct Arrival {
    PeerId neighbor;
    bool is_verified = false;
    /// It came with a proof that is wrong.
    bool is_refuted = false;
    /// It cannot be from whom it names: refuted, or without the proof that it would have.
    bool is_forged = false;
  };

  /// How a signal has come.
  struct SignalWay {
    /// From a peer of this project.
    bool is_capable = false;
    bool is_mesh = false;
  };

  // ---- node.cpp
  void on(const HubOpened& input, Now now);
  void on(const HubText& input, Now now);
  void on(const HubClosed& input, Now now);
  void on(const LinkDescription& input, Now now);
  void on(const LinkCandidate& input, Now now);
  void on(const LinkOpened& input, Now now);
  void on(const LinkText& input, Now now);
  void on(const LinkBinary& input, Now now);
  void on(const LinkDrained& input, Now now);
  void on(const LinkOverflowed& input, Now now);
  void on(const LinkSilent& input, Now now);
  void on(const LinkClosed& input, Now now);
  void on(const crypto::Done& input, Now now);
  void settle(Now now);

  // ---- node_links.cpp
  void apply_settings(Now now);
  void act(const membership::Dial& action, Now now);
  void act(const membership::Evict& action, Now now);
  void accept(const wire::SpelledId& from, const rtc::SessionDescription& offer,
              const SignalWay& way, Now now);
  void come_up(Link& link, Now now);
  void abandon(Link& link, membership::LossReason reason, std::string_view words, Now now);
  /// Abandons a link that was up, and answers the offer that has waited for this.
  void lose(Link& link, std::string_view words, Now now);
  void go_down(const PeerId& peer, std::string_view words, Now now);
  void give_up_vanished(const PeerId& peer, Now now);
  void evict(Link& link, std::string_view reason, Now now);
  void close_all(std::string_view reason, Now now);
  void check_deadlines(LinkId id, Now now);
  std::vector<PeerId> neighbors() const;
  void send(const PeerId& to, std::string text);
  void send(const std::vector<PeerId>& to, std::string text);

  // ---- node_signals.cpp
  void drain_hubs(Now now);
  void tell(const signaling::HubChanged& news, Now now);
  void tell(const signaling::Discovered& news, Now now);
  void tell(const signaling::Departed& news, Now now);
  void tell(const signaling::DescriptionReceived& news, Now now);
  void tell(const signaling::CandidateReceived& news, Now now);
  void tell(const signaling::Rejected& news, Now now);
  void discover(const wire::SpelledId& peer, bool is_capable, Now now);
  void receive_description(const wire::SpelledId& from, const rtc::SessionDescription& description,
                           const SignalWay& way, Now now);
  void receive_candidate(const wire::SpelledId& from, rtc::IceCandidate candidate, Now now);
  void apply_candidate(Link& link, rtc::IceCandidate candidate);
  void receive_relayed(const wire::RelayedChannelSignal& signal, bool is_capable, Now now);
  void receive_signal(Link& link, const wire::ChannelSignal& signal, Now now);
  void apply_to_open(Link& link, const rtc::SessionDescription& description);
  bool can_signal() const;
  bool has_neighbors() const;
  bool send_signal(Link& link, wire::SignalType type, const std::string& data, Now now);
  void signal_over_mesh(Link& link, Now now);
  bool relay_signal(const wire::SpelledId& to, wire::SignalType type, std::string_view data,
                    Now now);
  void announce_over_mesh(Now now);
  void name_neighbors(Link& link);
  void name_neighbors_again(Now now);
  void schedule_naming(Now now);

  // ---- node_gossip.cpp
  /// Why nothing of this size can be sent now.
  std::optional<NodeError> refuse_to_send(std::size_t content_bytes);
  void receive_text(Link& link, std::string_view text, Now now);
  void take(Link& link, const wire::GossipMessage& message, Now now);
  void take(Link& link, const wire::Eviction& message, Now now);
  void take(Link& link, const wire::ChannelSignal& message, Now now);
  void take(Link& link, const wire::RelayedChannelSignal& message, Now now);
  void take(Link& link, const wire::PeerNotice& message, Now now);
  void take(Link& link, const wire::BinaryHeader& message, Now now);
  void take(Link& link, const wire::StreamInit& message, Now now);
  void take(Link& link, const wire::StreamChunk& message, Now now);
  void take(Link& link, const wire::StreamEnd& message, Now now);
  void take(Link& link, const wire::StreamAbort& message, Now now);
  void take(Link& link, const wire::StreamResume& message, Now now);
  void take(Link& link, const wire::ChannelPing& message, Now now);
  void take(Link& link, const wire::ChannelPong& message, Now now);
  void take(Link& link, const wire::DhtMessage& message, Now now);
  void take(Link& link, const wire::UnknownPeerMessage& message, Now now);
  bool is_wanted(const wire::GossipMessage& message, const Arrival& arrival, Now now);
  void accept_gossip(const wire::GossipMessage& message, Arrival arrival, Now now);
  void deliver_broadcast(const wire::GossipMessage& message, const Arrival& arrival, Now now);
  /// Gives the application a message that can be read as it is.
  void tell(const wire::GossipMessage& message, const Arrival& arrival, bool is_direct);
  void forward(const wire::GossipMessage& message, const Arrival& arrival);
  MessageId seen_key(const PeerId& from, const MessageId& id) const;
  gossip::Header header_of(const wire::GossipMessage& message, bool is_verified, Now now) const;
  bool is_transit(const wire::GossipMessage& message) const;
  bool signs(const PeerId& peer) const;
  bool may_name(const PeerId& neighbor, Now now);
  void publish(const OwnGossip& message, const std::optional<crypto::SignatureBytes>& signature,
               Now now);
  wire::OutgoingGossip outgoing(const OwnGossip& message) const;

  // ---- node_direct.cpp
  void take_direct(const wire::GossipMessage& message, const Arrival& arrival, Now now);
  void deliver_direct(const wire::GossipMessage& message, const Arrival& arrival, Now now);
  void pass_on(const wire::GossipMessage& message, const Arrival& arrival, Now now);
  bool take_content(const wire::ApplicationContent& content, const wire::GossipMessage& message,
                    const Arrival& arrival, Now now);
  bool take_content(const wire::SwallowedContent& content, const wire::GossipMessage& message,
                    const Arrival& arrival, Now now);
  bool take_content(const wire::KeyExchange& content, const wire::GossipMessage& message,
                    const Arrival& arrival, Now now);
  bool take_content(const wire::DirectAck& content, const wire::GossipMessage& message,
                    const Arrival& arrival, Now now);
  bool take_content(const wire::RelayedChannelSignal& content, const wire::GossipMessage& message,
                    const Arrival& arrival, Now now);
  bool take_content(const wire::PeerNotice& content, const wire::GossipMessage& message,
                    const Arrival& arrival, Now now);
  void acknowledge(const PeerId& to, const MessageId& message, bool spreads, Now now);
  void send_on_way(const OwnGossip& message, const std::string& text, bool wants_ack, Now now);
  void send_hops(const routing::NextHops& hops, std::string_view text);
  void retry_direct(Now now);
  wire::SpelledId spelled(const PeerId& peer) const;
  bool may_confirm(const PeerId& peer) const;
  void note_foreign(Link& link);

  // ---- node_identity.cpp
  void offer_keys(Link& link, bool is_response, Now now);
  void send_keys(Link& link, bool is_response, std::string_view proof, Now now);
  void take_far_keys(Link& way, const wire::KeyExchange& exchange, const PeerId& from,
                     bool is_verified, Now now);
  void receive_keys(Link& link, const wire::KeyExchange& exchange, Now now);
  void check_link_proof(Link& link, const PeerKeys& keys, std::string_view proof);
  bool remember_keys(const PeerId& peer, const PeerKeys& keys, Now now);
  /// Sends a message of ours, signed if that is possible.
  void originate(OwnGossip message, Now now);
  /// Has the proof of the message checked: it goes on when the answer is there, or is dropped if it
  /// cannot wait. False if the proof cannot be right.
  bool check_signature(const wire::GossipMessage& message, const PeerId& neighbor);
  void resume(const CheckedMessage& parked, const crypto::Answer& answer, Now now);
  void resume(const SignedMessage& parked, const crypto::Answer& answer, Now now);
  void resume(const SignedLink& parked, const crypto::Answer& answer, Now now);
  void resume(const CheckedLink& parked, const crypto::Answer& answer, Now now);

  // ---- node_encryption.cpp
  /// Has a message of ours encrypted, and sent then.
  Result<MessageId, NodeError> seal(OwnGossip message, std::string group,
                                    const crypto::EncryptionPublicKey& key, std::string_view json,
                                    Now now);
  bool take_content(const wire::EncryptedContent& content, const wire::GossipMessage& message,
                    const Arrival& arrival, Now now);
  /// Has a message opened, and told then.
  void open(const wire::EncryptedContent& content, const wire::GossipMessage& message,
            const Arrival& arrival);
  void resume(const SealedMessage& parked, const crypto::Answer& answer, Now now);
  void resume(const OpenedMessage& parked, const crypto::Answer& answer, Now now);

  // ---- node_transfers.cpp
  void receive_binary(Link& link, BytesView data, Now now);
  void refuse_part(Link& link, Now now);
  void take_stream_part(const wire::GossipMessage& message, const Arrival& arrival, Now now);
  /// Sends what streams to everybody have waiting, as far as there is room.
  void publish_parts(Now now);
  void drain_transfers();
  void carry(transfer::TransferText effect);
  void carry(transfer::TransferBytes effect);
  void carry(const transfer::WantsDrained& effect);
  void carry(transfer::BinaryArrived effect);
  void carry(transfer::StreamBegan effect);
  void carry(transfer::StreamBytes effect);
  void carry(const transfer::StreamTakes& effect);
  void carry(const transfer::StreamEnded& effect);
  void carry(transfer::StreamBroken effect);

  // ---- node_network.cpp
  void check_fallback(Now now);
  void go_home(Now now);
  void move_to(std::string_view network, Now now);
  membership::MembershipOptions membership_options() const;

  NodeOptions options_;
  wire::SpelledId self_;
  std::optional<NodeKeys> keys_;
  /// The own id follows from the own key. Proofs of another id would only look forged.
  bool can_prove_;
  Random random_;
  Outbox out_;
  NodeCounters counters_;
  /// Where messages are sent and taken; `options_.network` or `global`.
  std::string network_;
  wire::JsonReader reader_;
  wire::JsonReader spare_;

  LinkTable links_;
  membership::Membership membership_;
  gossip::Gossip gossip_;
  routing::Routing routing_;
  signaling::HubLinks hubs_;
  transfer::Transfers transfers_;
  Gate gate_;
  Fallback fallback_;
  EarlyCandidates early_candidates_;
  /// The first keys that each peer has shown, or else the first proven ones; others are refused.
  LruMap<PeerId, PeerKeys, KeyedHash> peer_keys_;
  /// Of the groups that this node is in.
  std::map<std::string, crypto::EncryptionPublicKey, std::less<>> groups_;
  /// Peers that announce themselves over the mesh, with proof.
  TokenBucket announcements_{{.per_minute = 1'200, .burst = 200}};
  /// Direct messages that were taken and confirmed, by `seen_key`.
  LruSet<MessageId, KeyedHash> confirmed_;
  /// For `seen_key`.
  KeyedHash seen_hash_;
  /// When to look whether a link has come as far as it must have.
  Agenda<LinkId> deadlines_;
  /// Found at home while looking from `global`.
  std::vector<signaling::Discovered> found_at_home_;
  /// When to flood an announcement, while no hub does it for us.
  Instant next_announcement_ = Instant::max();
  /// When to name neighbors to one of them again.
  Instant next_naming_ = Instant::max();
  /// The membership has news to act on.
  bool is_unsettled_ = false;
};

}  // namespace pigeon::node
