#include "sim/scenarios/mesh_run.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace pigeon::sim {

namespace {

/// The stream that scenarios draw from is another one than the world's.
constexpr std::uint64_t scenario_stream = 0x6d657368;

Duration between(Random& random, std::int64_t low_ms, std::int64_t high_ms) {
  const auto spread = static_cast<std::uint64_t>(high_ms - low_ms + 1);
  return std::chrono::milliseconds(low_ms + static_cast<std::int64_t>(random.below(spread)));
}

MeshWorldOptions world_options(const MeshScenario& scenario, Random& random,
                               const std::optional<LinkConditions>& conditions,
                               const MeshChecks& checks) {
  MeshWorldOptions options{.seed = scenario.seed, .checks = checks};
  options.links = conditions ? *conditions : random_link_conditions(random);
  const MeshCrypto drawn = random.chance(1, 2) ? MeshCrypto::late : MeshCrypto::at_once;
  options.crypto = scenario.crypto.value_or(drawn);
  if (random.chance(1, 2)) options.late_signal_percent = 30;
  return options;
}

}  // namespace

LinkConditions random_link_conditions(Random& random) {
  LinkConditions conditions;
  conditions.latency_min = between(random, 1, 20);
  conditions.latency_max = conditions.latency_min + between(random, 0, 150);
  conditions.bandwidth = std::uint64_t{1} << (18 + random.below(8));
  conditions.setup_time = between(random, 30, 600);
  return conditions;
}

MeshRun::MeshRun(const MeshScenario& scenario, const std::optional<LinkConditions>& conditions,
                 const MeshChecks& checks)
    : scenario_(scenario), random_(Random::from_number(scenario.seed ^ scenario_stream)) {
  world_ = std::make_unique<MeshWorld>(world_options(scenario, random_, conditions, checks));
}

void MeshRun::join(std::size_t count, std::uint64_t upstream_percent, Duration interval,
                   const NodeOptions& options) {
  // Exactly that share, at places drawn by chance.
  std::vector<bool> is_upstream(count);
  for (std::size_t i = 0; i < count * upstream_percent / 100; ++i) is_upstream[i] = true;
  for (std::size_t i = count; i > 1; --i) {
    const auto other = static_cast<std::size_t>(random_.below(i));
    const bool kept = is_upstream[i - 1];
    is_upstream[i - 1] = is_upstream[other];
    is_upstream[other] = kept;
  }
  for (const bool like_upstream : is_upstream) {
    if (like_upstream) {
      world_->add_upstream();
    } else {
      world_->add_node(options).connect();
    }
    world_->run_for(interval);
  }
}

bool MeshRun::wait_until(const std::function<bool()>& condition, Duration limit) {
  const Instant end = world_->now().monotonic + limit;
  while (!condition()) {
    if (world_->now().monotonic >= end) return false;
    world_->run_for(500ms);
  }
  return true;
}

void MeshRun::wait_until_whole(Duration limit) {
  if (wait_until([this] { return parts().size() == 1; }, limit)) return;
  note("the mesh is still in " + std::to_string(parts().size()) + " parts after " +
       std::to_string(limit / std::chrono::seconds(1)) + " s, apart are" +
       names_outside_largest_part());
}

std::string MeshRun::names_outside_largest_part() const {
  const auto all_parts = parts();
  const auto largest =
      std::max_element(all_parts.begin(), all_parts.end(),
                       [](const auto& a, const auto& b) { return a.size() < b.size(); });
  std::string names;
  for (const auto& one : world_->participants()) {
    if (std::find(largest->begin(), largest->end(), one.owner) != largest->end()) continue;
    names += ' ' + short_name(one.id) + (one.is_upstream ? " (like upstream's)" : "");
  }
  return names;
}

std::vector<std::vector<OwnerId>> MeshRun::parts() const {
  std::set<OwnerId> unseen;
  for (const auto& one : world_->participants()) unseen.insert(one.owner);
  std::vector<std::vector<OwnerId>> parts;
  while (!unseen.empty()) {
    std::vector<OwnerId>& part = parts.emplace_back(1, *unseen.begin());
    unseen.erase(unseen.begin());
    for (std::size_t i = 0; i < part.size(); ++i) {
      for (const auto& end : world_->links().open_ends(part[i])) {
        if (unseen.erase(end.other) != 0) part.push_back(end.other);
      }
    }
  }
  return parts;
}

MeshNode& MeshRun::random_node() {
  const auto nodes = world_->nodes();
  return *nodes[random_.below(nodes.size())];
}

MeshNode* MeshRun::random_neighbor(const MeshNode& node) {
  const auto links = node.links();
  std::vector<MeshNode*> neighbors;
  for (MeshNode* other : world_->nodes()) {
    if (std::binary_search(links.begin(), links.end(), other->id())) neighbors.push_back(other);
  }
  return neighbors.empty() ? nullptr : neighbors[random_.index(neighbors.size())];
}

void MeshRun::break_some_link() {
  const MeshNode& node = random_node();
  const auto ends = world_->links().open_ends(node.owner());
  if (ends.empty()) return;
  world_->links().break_link(node.owner(), ends[random_.index(ends.size())].link);
}

std::string MeshRun::broadcast_of(const MeshWorld::Participant& sender) {
  for (MeshNode* node : world_->nodes()) {
    if (node->number() == sender.number) return world_->broadcast(*node);
  }
  for (UpstreamPeer* peer : world_->upstream_peers()) {
    if (peer->id() == sender.id) return world_->broadcast(*peer);
  }
  return {};
}

std::size_t MeshRun::missing_count(const std::string& text,
                                   const std::vector<MeshWorld::Participant>& receivers) const {
  const auto* record = world_->ledger().find(text);
  return static_cast<std::size_t>(
      std::count_if(receivers.begin(), receivers.end(), [&](const auto& receiver) {
        return receiver.id != record->from && !record->hops.contains(receiver.number);
      }));
}

void MeshRun::check_broadcasts(std::size_t count, Duration limit) {
  const auto before = world_->participants();
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    texts.push_back(broadcast_of(before[random_.below(before.size())]));
    world_->run_for(100ms);
  }
  wait_until(
      [&] {
        return std::all_of(texts.begin(), texts.end(), [&](const std::string& text) {
          return missing_count(text, before) == 0;
        });
      },
      limit);
  std::set<std::uint64_t> there;
  for (const auto& one : world_->participants()) there.insert(one.number);
  auto receivers = before;
  std::erase_if(receivers, [&](const auto& one) { return !there.contains(one.number); });
  if (receivers.size() < 2) note("nobody is there whom a broadcast could reach");
  for (const std::string& text : texts) count_broadcast(text, receivers);
}

void MeshRun::count_broadcast(const std::string& text,
                              const std::vector<MeshWorld::Participant>& receivers) {
  const auto* record = world_->ledger().find(text);
  for (const auto& [number, hops] : record->hops) broadcasts_.hops += hops;
  const std::size_t missing = missing_count(text, receivers);
  broadcasts_.wanted += receivers.size() - 1;
  broadcasts_.arrived += receivers.size() - 1 - missing;
  if (missing == 0) return;
  note("\"" + text + "\" has not reached " + std::to_string(missing) + " of " +
       std::to_string(receivers.size() - 1));
}

std::optional<MeshRun::SentDirect> MeshRun::send_direct_between(const MeshWorld::Participant& from,
                                                                const MeshWorld::Participant& to) {
  if (from.is_upstream) {
    for (UpstreamPeer* peer : world_->upstream_peers()) {
      if (peer->id() == from.id) return SentDirect{world_->send_direct(*peer, to.id), to, true};
    }
  }
  for (MeshNode* node : world_->nodes()) {
    if (node->number() == from.number) {
      return SentDirect{world_->send_direct(*node, to.id), to, false};
    }
  }
  return std::nullopt;
}

bool MeshRun::has_arrived(const SentDirect& sent) const {
  return world_->ledger().find(sent.text)->hops.contains(sent.to.number);
}

void MeshRun::check_directs(std::size_t count, Duration limit) {
  const auto all = world_->participants();
  if (all.size() < 2) {
    note("nobody is there to whom a direct message could be sent");
    return;
  }
  std::vector<SentDirect> sent;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t first = random_.index(all.size());
    const auto& from = all[first];
    const auto& to = all[(first + 1 + random_.index(all.size() - 1)) % all.size()];
    if (auto direct = send_direct_between(from, to)) sent.push_back(std::move(*direct));
    world_->run_for(50ms);
  }
  wait_until(
      [&] {
        return std::all_of(sent.begin(), sent.end(), [&](const SentDirect& one) {
          return one.is_of_upstream || has_arrived(one);
        });
      },
      limit);
  const std::uint64_t wanted_before = directs_.wanted;
  for (const SentDirect& one : sent) {
    MeshShare& share = one.is_of_upstream ? upstream_directs_ : directs_;
    ++share.wanted;
    if (has_arrived(one)) {
      ++share.arrived;
      share.hops += world_->ledger().find(one.text)->hops.at(one.to.number);
    } else if (!one.is_of_upstream) {
      note("\"" + one.text + "\" has not arrived at " + short_name(one.to.id) +
           (one.to.is_upstream ? ", which is like upstream's" : ""));
    }
  }
  if (directs_.wanted == wanted_before) note("no direct message of a node was looked at");
}

void MeshRun::check_hops(double mean_max) {
  const auto look = [&](const MeshShare& share, const std::string& what) {
    if (share.mean_hops() <= mean_max) return;
    note(what + " take " + std::to_string(share.mean_hops()) + " hops on average, more than " +
         std::to_string(mean_max));
  };
  look(broadcasts_, "broadcasts");
  look(directs_, "direct messages");
}

MeshOutcome MeshRun::outcome() {
  MeshOutcome outcome{.trace_hash = world_->trace_hash(),
                      .findings = world_->findings().sentences(),
                      .broadcasts = broadcasts_,
                      .directs = directs_,
                      .upstream_directs = upstream_directs_,
                      .hub_messages = world_->hub_message_count(),
                      .link_messages = world_->links().message_count(),
                      .link_bytes = world_->links().byte_count(),
                      .simulated = world_->now().monotonic.time_since_epoch()};
  const auto all = world_->participants();
  std::size_t ends = 0;
  for (const auto& one : all) ends += world_->links().open_ends(one.owner).size();
  outcome.mean_links = all.empty() ? 0 : double(ends) / double(all.size());
  for (const MeshNode* node : world_->nodes()) {
    const NodeCounters counters = node->core().status().counters;
    outcome.forged_count += counters.forged;
    outcome.dead_end_count += counters.dead_ends;
  }
  return outcome;
}

}  // namespace pigeon::sim
