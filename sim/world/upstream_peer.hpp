#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "pigeon/id.hpp"
#include "sim/world/hub_world.hpp"
#include "sim/world/link_network.hpp"
#include "sim/world/upstream_gossip.hpp"
#include "wire/json_reader.hpp"
#include "wire/server_message.hpp"

namespace pigeon::sim {

/// A model of how the published PeerPigeon 1.1.3 client makes and loses links: whom it dials,
/// accepts, rejects and evicts, with its timers; and of how it passes messages on. Ids are lower
/// case. Nothing else of the client is modelled.
class UpstreamPeer final : public HubClient, public LinkOwner {
 public:
  using OnMessage = std::function<void(UpstreamPeer&, const UpstreamMessage&)>;
  /// Every text that a neighbor has sent, before it is looked at.
  using OnText = std::function<void(const PeerId& neighbor, std::string_view text)>;

  UpstreamPeer(HubWorld& world, LinkNetwork& network, const PeerId& id, std::size_t links_max = 3);

  /// Connects to the hub, as from that address, and announces itself.
  void join(std::string address = "10.0.0.1");
  /// Leaves: with a goodbye, or as a killed process does.
  void leave(bool with_goodbye);

  const PeerId& id() const { return id_; }
  OwnerId owner() const { return owner_; }
  bool is_up() const { return is_up_; }
  /// Peers it has an open channel with.
  std::vector<PeerId> links() const;

  void set_on_message(OnMessage on_message) { on_message_ = std::move(on_message); }
  void set_on_text(OnText on_text) { on_text_ = std::move(on_text); }
  /// Broadcasts a text; gives the id of the message.
  std::string send_message(std::string_view text);
  std::string send_direct(const PeerId& to, std::string_view text);
  /// Sends any text to a neighbor.
  void send_raw(const PeerId& neighbor, std::string_view text);
  void send_raw_binary(const PeerId& neighbor, Bytes data);

  void receive_text(std::string_view text) override;
  void receive_close(std::uint16_t code, std::string_view reason) override;
  void receive_link(const node::Input& input) override;

 private:
  struct Slot {
    node::LinkId link{};
    bool is_connected = false;
    bool is_initiator = false;
    Instant created{};
  };

  void connect();
  void on_signal(std::string_view type, const PeerId& from, std::string_view data);
  void on_discovered(const PeerId& id);
  void on_offer(const PeerId& from, std::string_view data);
  void on_answer(const PeerId& from, std::string_view data);
  void on_candidate(const PeerId& from, std::string_view data);
  void on_rejected(const PeerId& from);
  void on_goodbye(const PeerId& from);
  void on_channel_closed(const PeerId& other);
  void on_channel_text(const PeerId& from, std::string_view text);
  void on_wrapped_signal(const PeerId& neighbor, std::string_view text);
  void link_up(const PeerId& other);
  bool make_room(const PeerId& newcomer);
  Slot& open_slot(const PeerId& other, bool is_initiator);
  void close_slot(const PeerId& other);
  std::optional<PeerId> peer_of(node::LinkId link) const;
  bool wants(const PeerId& id) const;
  void dial(const PeerId& id);
  void dial_closest(std::size_t count, bool only_wanted);
  void optimize();
  void every(Duration period, void (UpstreamPeer::*action)());
  void keep_floor();
  void drop_stuck();
  void forget_stale();
  void send_signal(wire::SignalType type, const PeerId& to, std::string_view data);
  void send(const UpstreamGossip::Sending& sending);
  std::size_t link_count() const { return links().size(); }
  Now now() const { return world_.scheduler().now(); }

  HubWorld& world_;
  LinkNetwork& network_;
  PeerId id_;
  std::size_t links_max_;
  UpstreamGossip gossip_;
  OwnerId owner_{};
  std::string address_;
  OnMessage on_message_;
  OnText on_text_;
  std::optional<hub::ConnectionId> connection_;
  bool is_up_ = false;
  std::map<PeerId, Instant> discovered_;
  std::set<PeerId> marks_;
  std::map<PeerId, int> dials_;
  std::map<PeerId, Slot> slots_;
  std::vector<PeerId> slot_order_;
  std::uint64_t next_link_ = 1;
  std::uint64_t optimize_round_ = 0;
  wire::JsonReader reader_;
  wire::JsonReader inner_reader_;
};

}  // namespace pigeon::sim
