#pragma once

#include <cstdint>
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
#include "wire/json_reader.hpp"
#include "wire/server_message.hpp"

namespace pigeon::sim {

class UpstreamPeer;

/// All upstream peers of a run: how they reach each other once they are linked.
class UpstreamMesh {
 public:
  explicit UpstreamMesh(HubWorld& world) : world_(world) {}

  HubWorld& world() { return world_; }
  void add(UpstreamPeer& peer);
  void remove(const UpstreamPeer& peer);
  UpstreamPeer* find(const PeerId& id);

 private:
  HubWorld& world_;
  std::map<PeerId, UpstreamPeer*> peers_;
};

/// A model of how the published PeerPigeon 1.1.3 client makes and loses links: whom it dials,
/// accepts, rejects and evicts, with its timers. Ids are lower case. Nothing else of the client is
/// modelled.
class UpstreamPeer final : public HubClient {
 public:
  UpstreamPeer(UpstreamMesh& mesh, const PeerId& id, std::size_t links_max = 3);

  /// Connects to the hub and announces itself.
  void join();
  /// Leaves: with a goodbye, or as a killed process does.
  void leave(bool with_goodbye);

  const PeerId& id() const { return id_; }
  bool is_up() const { return is_up_; }
  /// Peers it has an open channel with.
  std::vector<PeerId> links() const;

  void receive_text(std::string_view text) override;
  void receive_close(std::uint16_t code, std::string_view reason) override;

 private:
  struct Slot {
    bool is_connected = false;
    bool is_initiator = false;
    Instant created{};
  };

  void connect();
  void on_discovered(const PeerId& id);
  void on_offer(const PeerId& from);
  void on_answer(const PeerId& from);
  void on_rejected(const PeerId& from);
  void on_goodbye(const PeerId& from);
  void on_channel_closed(const PeerId& other);
  void link_up(const PeerId& other);
  bool make_room(const PeerId& newcomer);
  void close_slot(const PeerId& other);
  bool wants(const PeerId& id) const;
  void dial(const PeerId& id);
  void dial_closest(std::size_t count, bool only_wanted);
  void optimize();
  void every(Duration period, void (UpstreamPeer::*action)());
  void keep_floor();
  void drop_stuck();
  void forget_stale();
  void send_signal(wire::SignalType type, const PeerId& to, std::string_view data);
  std::size_t link_count() const { return links().size(); }

  UpstreamMesh& mesh_;
  PeerId id_;
  std::size_t links_max_;
  std::optional<hub::ConnectionId> connection_;
  bool is_up_ = false;
  std::map<PeerId, Instant> discovered_;
  std::set<PeerId> marks_;
  std::map<PeerId, int> dials_;
  std::map<PeerId, Slot> slots_;
  std::vector<PeerId> slot_order_;
  std::uint64_t optimize_round_ = 0;
  wire::JsonReader reader_;
};

}  // namespace pigeon::sim
