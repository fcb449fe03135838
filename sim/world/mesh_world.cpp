#include "sim/world/mesh_world.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "base/assert.hpp"
#include "suite/seeded_openssl.hpp"
#include "wire/server_message.hpp"

namespace pigeon::sim {

namespace {
/// Nodes' wall clocks differ by up to this, either way.
constexpr std::int64_t wall_skew_max_ms = 2'000;
/// Keys that all nodes of a run together remember.
constexpr std::size_t verifier_keys = 4'096;
/// After this the fate of a direct message must be known.
constexpr Duration outcome_time = 20s;
/// How much longer than a loss may go unnoticed two sides may differ about a link.
constexpr Duration agreement_slack = 4s;
}  // namespace

MeshWorld::MeshWorld(const MeshWorldOptions& options)
    : options_(options),
      random_(Random::from_number(options.seed)),
      links_(scheduler_, random_.split(), options.links),
      answerer_(verifier_keys),
      fake_secret_(random_),
      ledger_(findings_),
      agreement_(findings_, options.links.loss_notice + agreement_slack) {
  suite::seed_openssl(random_.split());
  add_hub();
}

std::size_t MeshWorld::add_hub() {
  hubs_.push_back(
      std::make_unique<HubWorld>(scheduler_, random_.split(), options_.hub, options_.hub_network));
  return hubs_.size() - 1;
}

HubWorld* MeshWorld::find_hub(std::string_view url) {
  for (std::size_t i = 0; i < hubs_.size(); ++i) {
    if (url.starts_with(hub_url(i))) return hubs_[i].get();
  }
  return nullptr;
}

std::uint64_t MeshWorld::hub_message_count() const {
  std::uint64_t count = 0;
  for (const auto& hub : hubs_) count += hub->sent_count();
  return count;
}

MeshNode& MeshWorld::add_node(const NodeOptions& options) {
  auto keys = options_.crypto == MeshCrypto::fake_hashed
                  ? make_fake_hashed_keys(random_.split(), fake_secret_)
                  : make_real_keys(random_.split(), answerer_);
  auto core = node::Node::create(options, keys->keys(), random_.split());
  PIGEON_ASSERT(core.has_value());
  const auto skew = static_cast<std::int64_t>(random_.below(2 * wall_skew_max_ms + 1));
  const std::uint64_t number = next_number_++;
  nodes_.push_back(std::make_unique<MeshNode>(*this, number, std::move(*core), std::move(keys),
                                              std::chrono::milliseconds(skew - wall_skew_max_ms)));
  MeshNode& node = *nodes_.back();
  node_options_[number] = options;
  ids_[node.owner()] = node.id();
  return node;
}

UpstreamPeer& MeshWorld::add_upstream(std::size_t links_max) {
  const auto id = random_.id<PeerId>();
  const std::uint64_t number = next_number_++;
  upstream_.push_back(std::make_unique<UpstreamPeer>(hub(), links_, id, links_max));
  UpstreamPeer& peer = *upstream_.back();
  upstream_numbers_[&peer] = number;
  peer.set_on_message([this, number](UpstreamPeer& at, const UpstreamMessage& message) {
    const std::string_view content = message.content;
    const bool is_text = content.size() > 2 && content.front() == '"';
    const std::string_view text = is_text ? content.substr(1, content.size() - 2) : content;
    trace_.note(now().monotonic, number, message.id);
    ledger_.receive_unproven({number, at.id()}, message.id, message.from, text, message.direct,
                             static_cast<std::uint32_t>(message.hops), now().monotonic);
  });
  peer.join("10.200." + std::to_string(number / 256 % 256) + "." + std::to_string(number % 256));
  ids_[peer.owner()] = id;
  return peer;
}

std::vector<MeshNode*> MeshWorld::nodes() const {
  std::vector<MeshNode*> up;
  for (const auto& node : nodes_) {
    if (node->is_up()) up.push_back(node.get());
  }
  return up;
}

std::vector<UpstreamPeer*> MeshWorld::upstream_peers() const {
  std::vector<UpstreamPeer*> up;
  for (const auto& peer : upstream_) {
    if (peer->is_up()) up.push_back(peer.get());
  }
  return up;
}

std::vector<MeshWorld::Participant> MeshWorld::participants() const {
  std::vector<Participant> all;
  for (const MeshNode* node : nodes()) {
    all.push_back({node->number(), node->id(), node->owner(), false});
  }
  for (const UpstreamPeer* peer : upstream_peers()) {
    all.push_back({upstream_numbers_.at(peer), peer->id(), peer->owner(), true});
  }
  std::sort(all.begin(), all.end(),
            [](const Participant& a, const Participant& b) { return a.id < b.id; });
  return all;
}

std::optional<PeerId> MeshWorld::id_of(OwnerId owner) const {
  const auto found = ids_.find(owner);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

void MeshWorld::run_for(Duration duration) {
  const Instant end = now().monotonic + duration;
  while (now().monotonic < end) {
    scheduler_.run_for(std::min(options_.checks.period, end - now().monotonic));
    check();
  }
}

std::string MeshWorld::next_text(const PeerId& from) {
  return "message " + std::to_string(next_text_++) + " of " + short_name(from);
}

std::string MeshWorld::broadcast(MeshNode& node) {
  std::string text = next_text(node.id());
  ledger_.note_sending(text, node.id(), std::nullopt, now().monotonic);
  const auto id =
      node.command([&](node::Node& core, Now at) { return core.send_message(text, at); });
  if (id) {
    ledger_.note_id(text, *id, false);
  } else {
    report(node, "cannot broadcast: " + id.error().message);
  }
  return text;
}

std::string MeshWorld::broadcast(UpstreamPeer& peer) {
  std::string text = next_text(peer.id());
  ledger_.note_sending(text, peer.id(), std::nullopt, now().monotonic);
  peer.send_message(text);
  return text;
}

std::string MeshWorld::send_direct(MeshNode& node, const PeerId& to, bool is_encrypted) {
  std::string text = next_text(node.id());
  ledger_.note_sending(text, node.id(), to, now().monotonic);
  const auto id = node.command([&](node::Node& core, Now at) {
    const std::string json = '"' + text + '"';
    return is_encrypted ? core.send_encrypted_json(to, json, at)
                        : core.send_direct_json(to, json, at);
  });
  const bool is_ours = std::any_of(nodes_.begin(), nodes_.end(),
                                   [&](const auto& other) { return other->id() == to; });
  if (id) {
    // A hub that lies can make a node take a peer of this project for one of upstream's.
    ledger_.note_id(text, *id, is_ours && !filter_);
  } else if (!is_encrypted) {
    report(node, "cannot send: " + id.error().message);
  }
  return text;
}

std::string MeshWorld::send_direct(UpstreamPeer& peer, const PeerId& to) {
  std::string text = next_text(peer.id());
  ledger_.note_sending(text, peer.id(), to, now().monotonic);
  peer.send_direct(to, text);
  return text;
}

void MeshWorld::set_hub_only_for_group_0(bool is_so) { hub_only_for_group_0_ = is_so; }

void MeshWorld::set_group(MeshNode& node, int group) {
  groups_[node.number()] = group;
  links_.set_group(node.owner(), group);
}

void MeshWorld::set_group(UpstreamPeer& peer, int group) { links_.set_group(peer.owner(), group); }

void MeshWorld::regroup() {
  links_.regroup();
  for (MeshNode* node : nodes()) node->lose_hubs(true);
}

int MeshWorld::group_of(const MeshNode& node) const {
  const auto found = groups_.find(node.number());
  return found == groups_.end() ? 0 : found->second;
}

std::uint64_t MeshWorld::trace_hash() const {
  std::uint64_t hash = trace_.hash();
  for (const auto& hub : hubs_) hash = (hash ^ hub->trace().hash()) * 0x9e3779b97f4a7c15ULL;
  return hash;
}

bool MeshWorld::reaches_hub(const MeshNode& node, const HubWorld& hub) const {
  return hub.is_up() && (!hub_only_for_group_0_ || group_of(node) == 0);
}

std::optional<std::string> MeshWorld::pass_from_hub(const MeshNode& node, std::string_view text) {
  if (filter_) return filter_(node, text);
  return std::string(text);
}

Duration MeshWorld::hub_delay(std::string_view text) {
  if (options_.late_signal_percent == 0) return Duration::zero();
  const auto message = wire::decode_server_message(text, reader_);
  const bool is_signal = message && std::holds_alternative<wire::RelayedSignal>(*message);
  if (!is_signal || !random_.chance(options_.late_signal_percent, 100)) return Duration::zero();
  return Duration(static_cast<std::int64_t>(
      random_.below(static_cast<std::uint64_t>(options_.late_signal_max.count()))));
}

std::optional<Duration> MeshWorld::crypto_delay() {
  if (options_.crypto != MeshCrypto::late) return std::nullopt;
  return Duration(static_cast<std::int64_t>(random_.below(50'000)));
}

void MeshWorld::observe(MeshNode& node, const NodeEvent& event) {
  const Instant at = now().monotonic;
  std::string note = std::to_string(event.index());
  if (const auto* message = std::get_if<MessageReceived>(&event)) {
    note += message->id.to_text();
    ledger_.receive({node.number(), node.id()}, *message, at);
  } else if (const auto* delivered = std::get_if<MessageDelivered>(&event)) {
    ledger_.confirm(node.id(), *delivered, at);
  } else if (const auto* undelivered = std::get_if<MessageUndelivered>(&event)) {
    ledger_.give_up(node.id(), *undelivered, at);
  } else if (const auto* verified = std::get_if<PeerVerified>(&event)) {
    check_proof(node, verified->peer);
  }
  trace_.note(at, node.number(), note);
  if (observer_) observer_(node, event);
}

void MeshWorld::report(const MeshNode& node, std::string sentence) {
  findings_.add(now().monotonic, short_name(node.id()) + ": " + std::move(sentence));
}

// Whoever has proven an id must be the one at the other end.
void MeshWorld::check_proof(const MeshNode& node, const PeerId& peer) {
  for (const auto& end : links_.open_ends(node.owner())) {
    const auto id = ids_.find(end.other);
    if (node.peer_of(end.link) != peer) continue;
    if (id == ids_.end() || id->second != peer) {
      report(node, "takes a stranger for " + short_name(peer));
    }
  }
}

void MeshWorld::check_step(const MeshNode& node) {
  if (!options_.checks.after_each_step) return;
  check_bounds(node);
  check_channels(node);
}

// What the core says of its links is what it has: its side knows at once, the other one later.
void MeshWorld::check_channels(const MeshNode& node) {
  const std::vector<PeerStatus> told = node.core().peers(now());
  if (told.size() != node.channels().size()) {
    report(node, "tells of " + std::to_string(told.size()) + " links and has " +
                     std::to_string(node.channels().size()));
  }
  for (const auto& [link, peer] : node.channels()) {
    const auto status =
        std::find_if(told.begin(), told.end(),
                     [&, &peer = peer](const PeerStatus& one) { return one.peer == peer; });
    if (status == told.end()) {
      report(node, "has forgotten its channel with " + short_name(peer));
    } else if (status->state == PeerState::connected && !links_.other_side(node.owner(), link)) {
      report(node, "says that it is linked with " + short_name(peer) + ", and no channel is open");
    }
  }
}

void MeshWorld::check() {
  std::vector<LinkAgreement::Party> parties;
  std::set<PeerId> gone;
  for (const auto& node : nodes_) {
    if (!node->is_up()) gone.insert(node->id());
    if (!node->is_up()) continue;
    check_bounds(*node);
    parties.push_back(party_of(*node));
  }
  for (const UpstreamPeer* peer : upstream_peers()) {
    parties.push_back({.id = peer->id(), .links = peer->links(), .channels = {}});
  }
  std::sort(parties.begin(), parties.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  agreement_.check(parties, now().monotonic);
  ledger_.check_outcomes(now().monotonic, outcome_time, gone);
}

LinkAgreement::Party MeshWorld::party_of(const MeshNode& node) const {
  LinkAgreement::Party party{.id = node.id(), .links = node.links(), .channels = {}};
  for (const auto& end : links_.open_ends(node.owner())) {
    const auto other = ids_.find(end.other);
    const auto believed = node.peer_of(end.link);
    if (other != ids_.end()) {
      party.channels.push_back(believed.value_or(other->second));
    } else if (believed) {
      // Whom a middle man plays need not know of it.
      std::erase(party.links, *believed);
    }
  }
  return party;
}

void MeshWorld::check_bounds(const MeshNode& node) {
  const NodeStatus status = node.core().status();
  const NodeOptions& options = node_options_.at(node.number());
  if (status.connected_count > status.max_peers) {
    report(node, "has " + std::to_string(status.connected_count) + " links, at most " +
                     std::to_string(status.max_peers) + " are allowed");
  }
  if (status.discovered_count > options.limits.discovered_max + status.max_peers) {
    report(node, "knows " + std::to_string(status.discovered_count) + " peers, too many");
  }
  if (links_.open_ends(node.owner()).size() > 4 * status.max_peers) {
    report(node, "holds more channels than it may have links");
  }
  if (!expects_lies_ && status.counters.forged > forged_counts_[node.number()]) {
    forged_counts_[node.number()] = status.counters.forged;
    report(node, "takes something for forged, and nobody lies");
  }
}

}  // namespace pigeon::sim
