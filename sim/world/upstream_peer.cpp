#include "sim/world/upstream_peer.hpp"

#include <algorithm>
#include <variant>

#include "base/peer_id.hpp"
#include "wire/client_message.hpp"

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
/// Time that ICE, DTLS and SCTP take on a good network.
constexpr Duration channel_delay = 150ms;
/// Time after which a vanished neighbour is noticed.
constexpr Duration loss_delay = 12s;

constexpr std::string_view sdp = R"({"type":"offer","sdp":"v=0"})";

}  // namespace

void UpstreamMesh::add(UpstreamPeer& peer) { peers_[peer.id()] = &peer; }
void UpstreamMesh::remove(const UpstreamPeer& peer) { peers_.erase(peer.id()); }
UpstreamPeer* UpstreamMesh::find(const PeerId& id) {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : found->second;
}

UpstreamPeer::UpstreamPeer(UpstreamMesh& mesh, const PeerId& id, std::size_t links_max)
    : mesh_(mesh), id_(id), links_max_(links_max) {}

void UpstreamPeer::join() {
  is_up_ = true;
  mesh_.add(*this);
  connect();
  every(floor_period, &UpstreamPeer::keep_floor);
  every(stuck_period, &UpstreamPeer::drop_stuck);
  every(stale_period, &UpstreamPeer::forget_stale);
}

void UpstreamPeer::connect() {
  connection_ = mesh_.world().connect(*this, id_.to_text(), "10.0.0.1");
  mesh_.world().send(
      *connection_,
      wire::encode_announce(id_.to_text(), "global", static_cast<std::uint32_t>(links_max_), ""));
}

void UpstreamPeer::leave(bool with_goodbye) {
  is_up_ = false;
  if (connection_ && with_goodbye) {
    mesh_.world().send(*connection_, wire::encode_goodbye(id_.to_text(), 0, "global"));
  }
  if (connection_) mesh_.world().disconnect(*connection_);
  connection_.reset();
  for (const PeerId& other : links()) {
    mesh_.world().scheduler().after(with_goodbye ? 50ms : loss_delay, [this, other] {
      if (UpstreamPeer* peer = mesh_.find(other)) peer->on_channel_closed(id_);
    });
  }
  slots_.clear();
  slot_order_.clear();
  mesh_.remove(*this);
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
    if (!id) return;
    if (signal->type == wire::SignalType::offer) on_offer(*id);
    if (signal->type == wire::SignalType::answer) on_answer(*id);
    if (signal->type == wire::SignalType::connection_rejected) on_rejected(*id);
  }
}

void UpstreamPeer::receive_close(std::uint16_t /*code*/, std::string_view /*reason*/) {
  connection_.reset();
  const Duration delay = links().empty() ? reconnect_delay_isolated : reconnect_delay;
  mesh_.world().scheduler().after(delay, [this] {
    if (is_up_ && !connection_) connect();
  });
}

// A known id is not even refreshed.
void UpstreamPeer::on_discovered(const PeerId& id) {
  const Instant now = mesh_.world().scheduler().now().monotonic;
  if (id == id_ || !discovered_.emplace(id, now).second) return;
  const std::uint64_t round = ++optimize_round_;
  mesh_.world().scheduler().after(optimize_delay, [this, round] {
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
  slots_[id] = {.is_initiator = true, .created = mesh_.world().scheduler().now().monotonic};
  slot_order_.push_back(id);
  send_signal(wire::SignalType::offer, id, sdp);
}

void UpstreamPeer::on_offer(const PeerId& from) {
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
  slots_[from] = {.created = mesh_.world().scheduler().now().monotonic};
  slot_order_.push_back(from);
  send_signal(wire::SignalType::answer, from, R"({"type":"answer","sdp":"v=0"})");
  marks_.erase(from);
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
  const bool was_connected = slots_[victim].is_connected;
  close_slot(victim);
  if (was_connected) {
    mesh_.world().scheduler().after(50ms, [this, victim] {
      if (UpstreamPeer* peer = mesh_.find(victim)) peer->close_slot(id_);
    });
  }
  return true;
}

void UpstreamPeer::on_answer(const PeerId& from) {
  const auto slot = slots_.find(from);
  if (slot == slots_.end() || !slot->second.is_initiator || slot->second.is_connected) return;
  const Instant created = slot->second.created;
  mesh_.world().scheduler().after(channel_delay, [this, from, created] {
    UpstreamPeer* other = mesh_.find(from);
    const auto mine = slots_.find(from);
    if (other == nullptr || mine == slots_.end() || mine->second.created != created) return;
    if (!other->slots_.contains(id_)) return;
    link_up(from);
    other->link_up(id_);
  });
}

void UpstreamPeer::link_up(const PeerId& other) {
  slots_[other].is_connected = true;
  marks_.erase(other);
  dials_.erase(other);
  const auto found = discovered_.find(other);
  if (found != discovered_.end()) found->second = mesh_.world().scheduler().now().monotonic;
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
  mesh_.world().scheduler().after(500ms, [this] {
    if (is_up_) optimize();
  });
}

void UpstreamPeer::close_slot(const PeerId& other) {
  if (slots_.erase(other) == 0) return;
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
  mesh_.world().scheduler().after(period, [this, period, action] {
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
  const Instant now = mesh_.world().scheduler().now().monotonic;
  std::vector<PeerId> stuck;
  for (const auto& [id, slot] : slots_) {
    if (!slot.is_connected && slot.created + stuck_age <= now) stuck.push_back(id);
  }
  for (const PeerId& id : stuck) close_slot(id);
}

void UpstreamPeer::forget_stale() {
  const Instant now = mesh_.world().scheduler().now().monotonic;
  std::erase_if(discovered_, [&](const auto& entry) {
    const bool is_stale = entry.second + stale_age <= now;
    if (is_stale) marks_.erase(entry.first);
    return is_stale;
  });
}

void UpstreamPeer::send_signal(wire::SignalType type, const PeerId& to, std::string_view data) {
  if (!connection_) return;
  const std::string target = to.to_text();
  mesh_.world().send(
      *connection_,
      wire::encode_signal(
          {.type = type, .network = "global", .target = target, .data = data, .reason = {}}));
}

}  // namespace pigeon::sim
