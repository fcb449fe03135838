#include "sim/world/upstream_peer.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/peer_id.hpp"
#include "wire/client_message.hpp"
#include "wire/signal_data.hpp"

namespace pigeon::sim {

namespace {

// Constants of PeerPigeon 1.1.3.
constexpr std::size_t connectivity_floor = 3;
constexpr std::size_t peers_min = 2;
constexpr int dials_max = 3;
constexpr Duration floor_period = 4s;
constexpr Duration stuck_period = 2s;
constexpr Duration stuck_age = 10s;
constexpr Duration stale_period = 30s;
constexpr Duration stale_age = 5min;
constexpr Duration reconnect_delay_isolated = 1s;
constexpr Duration reconnect_delay = 3s;
constexpr Duration optimize_delay = 12s;

}  // namespace

UpstreamPeer::UpstreamPeer(HubWorld& world, LinkNetwork& network, const PeerId& id,
                           std::size_t links_max)
    : world_(world),
      network_(network),
      id_(id),
      links_max_(links_max),
      gossip_(id, world.random().split()) {}

void UpstreamPeer::join(std::string address) {
  is_up_ = true;
  address_ = std::move(address);
  owner_ = network_.add(*this);
  connect();
  every(floor_period, &UpstreamPeer::keep_floor);
  every(stuck_period, &UpstreamPeer::drop_stuck);
  every(stale_period, &UpstreamPeer::forget_stale);
}

void UpstreamPeer::connect() {
  connection_ = world_.connect(*this, id_.to_text(), address_);
  world_.send(*connection_, wire::encode_announce(id_.to_text(), "global",
                                                  static_cast<std::uint32_t>(links_max_), ""));
}

void UpstreamPeer::leave(bool with_goodbye) {
  is_up_ = false;
  if (connection_ && with_goodbye) {
    world_.send(*connection_, wire::encode_goodbye(id_.to_text(), 0, "global"));
  }
  if (connection_) world_.disconnect(*connection_);
  connection_.reset();
  if (with_goodbye) {
    for (const auto& [id, slot] : slots_) network_.close(owner_, slot.link);
  }
  network_.remove(owner_);
  slots_.clear();
  slot_order_.clear();
}

std::vector<PeerId> UpstreamPeer::links() const {
  std::vector<PeerId> linked;
  for (const auto& [id, slot] : slots_) {
    if (slot.is_connected) linked.push_back(id);
  }
  return linked;
}

void UpstreamPeer::receive_text(std::string_view text) {
  if (!is_up_) return;
  const auto message = wire::decode_server_message(text, reader_);
  if (!message) return;
  if (const auto* found = std::get_if<wire::PeerDiscovered>(&*message)) {
    if (const auto id = PeerId::parse(found->peer_id)) on_discovered(*id);
  } else if (const auto* bye = std::get_if<wire::RelayedGoodbye>(&*message)) {
    if (const auto id = PeerId::parse(bye->from)) on_goodbye(*id);
  } else if (const auto* signal = std::get_if<wire::RelayedSignal>(&*message)) {
    const auto id = PeerId::parse(signal->from);
    if (id) on_signal(wire::to_text(signal->type), *id, signal->data);
  }
}

void UpstreamPeer::receive_close(std::uint16_t /*code*/, std::string_view /*reason*/) {
  connection_.reset();
  const Duration delay = links().empty() ? reconnect_delay_isolated : reconnect_delay;
  world_.scheduler().after(delay, [this] {
    if (is_up_ && !connection_) connect();
  });
}

// The same for what comes over the mesh. `data` is copied, because what it lies in may be read
// anew.
void UpstreamPeer::on_signal(std::string_view type, const PeerId& from, std::string_view data) {
  const std::string copy(data);
  if (type == "offer") on_offer(from, copy);
  if (type == "answer") on_answer(from, copy);
  if (type == "ice-candidate") on_candidate(from, copy);
  if (type == "connection-rejected") on_rejected(from);
  if (type == "goodbye") on_goodbye(from);
}

// A known id is not even refreshed.
void UpstreamPeer::on_discovered(const PeerId& id) {
  if (id == id_ || !discovered_.emplace(id, now().monotonic).second) return;
  const std::uint64_t round = ++optimize_round_;
  world_.scheduler().after(optimize_delay, [this, round] {
    if (round == optimize_round_ && is_up_) optimize();
  });
  if (wants(id) && link_count() < links_max_ && slots_.size() < links_max_) dial(id);
}

bool UpstreamPeer::wants(const PeerId& id) const {
  if (link_count() > 0 || id < id_) return id < id_;
  const bool is_smallest = std::none_of(discovered_.begin(), discovered_.end(),
                                        [&](const auto& entry) { return entry.first < id_; });
  if (!is_smallest) return marks_.size() >= 2;
  const auto nearer = std::count_if(discovered_.begin(), discovered_.end(), [&](const auto& entry) {
    return distance(entry.first, id_) < distance(id, id_);
  });
  return nearer < 3 || marks_.size() >= 2;
}

void UpstreamPeer::dial(const PeerId& id) {
  if (slots_.contains(id) || marks_.contains(id)) return;
  if (id_ < id && link_count() >= connectivity_floor) return;
  if (slots_.size() >= links_max_) return;
  if (dials_[id] >= dials_max) {
    discovered_.erase(id);
    return;
  }
  ++dials_[id];
  marks_.insert(id);
  network_.dial(owner_, open_slot(id, true).link);
}

void UpstreamPeer::on_offer(const PeerId& from, std::string_view data) {
  const auto parsed = inner_reader_.parse(data);
  if (!parsed) return;
  const auto offer = wire::decode_description(parsed->raw, inner_reader_);
  if (!offer || offer->type != rtc::SdpType::offer) return;
  if (from < id_) {
    send_signal(wire::SignalType::connection_rejected, from,
                R"({"reason":"initiator_role_conflict"})");
    return;
  }
  const auto slot = slots_.find(from);
  if (slot != slots_.end()) {
    if (slot->second.is_connected || !slot->second.is_initiator) return;
    close_slot(from);
  }
  dials_.erase(from);
  if (!make_room(from)) {
    send_signal(wire::SignalType::connection_rejected, from, R"({"reason":"max_peers_reached"})");
    return;
  }
  network_.accept(owner_, open_slot(from, false).link, *offer);
  marks_.erase(from);
}

UpstreamPeer::Slot& UpstreamPeer::open_slot(const PeerId& other, bool is_initiator) {
  slot_order_.push_back(other);
  return slots_[other] = {.link = node::LinkId(next_link_++),
                          .is_initiator = is_initiator,
                          .created = now().monotonic};
}

std::optional<PeerId> UpstreamPeer::peer_of(node::LinkId link) const {
  for (const auto& [id, slot] : slots_) {
    if (slot.link == link) return id;
  }
  return std::nullopt;
}

// Evicts the farthest, if the newcomer is nearer; without any link, whichever slot is oldest.
bool UpstreamPeer::make_room(const PeerId& newcomer) {
  if (slots_.size() < links_max_) return true;
  PeerId victim = slot_order_.front();
  if (link_count() > 0) {
    for (const auto& [id, slot] : slots_) {
      if (distance(id, id_) > distance(victim, id_)) victim = id;
    }
    if (!(distance(newcomer, id_) < distance(victim, id_))) return false;
  }
  if (slots_[victim].is_connected) {
    send_raw(victim, R"({"type":"eviction","reason":"incoming closer peer","from":")" +
                         id_.to_text() + R"("})");
  }
  close_slot(victim);
  return true;
}

void UpstreamPeer::on_answer(const PeerId& from, std::string_view data) {
  const auto slot = slots_.find(from);
  if (slot == slots_.end() || !slot->second.is_initiator || slot->second.is_connected) return;
  const auto parsed = inner_reader_.parse(data);
  if (!parsed) return;
  const auto answer = wire::decode_description(parsed->raw, inner_reader_);
  if (answer) network_.apply(owner_, slot->second.link, *answer);
}

void UpstreamPeer::on_candidate(const PeerId& from, std::string_view data) {
  const auto slot = slots_.find(from);
  if (slot == slots_.end()) return;
  const auto parsed = inner_reader_.parse(data);
  if (!parsed) return;
  const auto candidate = wire::decode_candidate(parsed->raw, inner_reader_);
  if (candidate) network_.apply(owner_, slot->second.link, *candidate);
}

void UpstreamPeer::link_up(const PeerId& other) {
  slots_[other].is_connected = true;
  marks_.erase(other);
  dials_.erase(other);
  const auto found = discovered_.find(other);
  if (found != discovered_.end()) found->second = now().monotonic;
  send(gossip_.exchange_keys(other, links(), now()));
}

void UpstreamPeer::on_rejected(const PeerId& from) {
  dials_.erase(from);
  marks_.erase(from);
  const auto slot = slots_.find(from);
  if (slot != slots_.end() && !slot->second.is_connected) close_slot(from);
  if (link_count() == 0) dial_closest(1, false);
}

void UpstreamPeer::on_goodbye(const PeerId& from) {
  discovered_.erase(from);
  marks_.erase(from);
  dials_.erase(from);
  on_channel_closed(from);
}

void UpstreamPeer::on_channel_closed(const PeerId& other) {
  if (!is_up_ || !slots_.contains(other)) return;
  close_slot(other);
  marks_.erase(other);
  if (link_count() > 0) return;
  world_.scheduler().after(500ms, [this] {
    if (is_up_) optimize();
  });
}

void UpstreamPeer::close_slot(const PeerId& other) {
  const auto slot = slots_.find(other);
  if (slot == slots_.end()) return;
  network_.close(owner_, slot->second.link);
  slots_.erase(slot);
  std::erase(slot_order_, other);
}

void UpstreamPeer::dial_closest(std::size_t count, bool only_wanted) {
  std::vector<PeerId> candidates;
  for (const auto& [id, time] : discovered_) {
    if (slots_.contains(id) || marks_.contains(id) || (only_wanted && !wants(id))) continue;
    candidates.push_back(id);
  }
  std::sort(candidates.begin(), candidates.end(),
            [&](const PeerId& a, const PeerId& b) { return distance(a, id_) < distance(b, id_); });
  if (candidates.size() > count) candidates.resize(count);
  for (const PeerId& id : candidates) dial(id);
}

void UpstreamPeer::optimize() {
  const std::size_t linked = link_count();
  if (linked >= links_max_) return;
  dial_closest(linked == 0 ? 1 : (linked < peers_min ? peers_min - linked : 1), true);
}

void UpstreamPeer::every(Duration period, void (UpstreamPeer::*action)()) {
  world_.scheduler().after(period, [this, period, action] {
    if (!is_up_) return;
    if (connection_) (this->*action)();
    every(period, action);
  });
}

void UpstreamPeer::keep_floor() {
  const std::size_t wanted = std::min(connectivity_floor, links_max_);
  if (link_count() < wanted) dial_closest(wanted - link_count(), false);
}

void UpstreamPeer::drop_stuck() {
  const Instant instant = now().monotonic;
  std::vector<PeerId> stuck;
  for (const auto& [id, slot] : slots_) {
    if (!slot.is_connected && slot.created + stuck_age <= instant) stuck.push_back(id);
  }
  for (const PeerId& id : stuck) close_slot(id);
}

void UpstreamPeer::forget_stale() {
  const Instant instant = now().monotonic;
  std::erase_if(discovered_, [&](const auto& entry) {
    const bool is_stale = entry.second + stale_age <= instant;
    if (is_stale) marks_.erase(entry.first);
    return is_stale;
  });
}

void UpstreamPeer::send_signal(wire::SignalType type, const PeerId& to, std::string_view data) {
  if (!connection_) return;
  const std::string target = to.to_text();
  world_.send(
      *connection_,
      wire::encode_signal(
          {.type = type, .network = "global", .target = target, .data = data, .reason = {}}));
}

}  // namespace pigeon::sim
