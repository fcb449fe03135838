#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "sim/world/mesh_world.hpp"

namespace pigeon::sim {

/// What a run of a mesh is asked to be. Everything that is not said follows from the seed.
struct MeshScenario {
  std::uint64_t seed = 1;
  /// Participants; 0: as many as the scenario is meant for.
  std::size_t node_count = 0;
  std::optional<MeshCrypto> crypto;
  /// Of the first participants; not in scenarios that are about something else.
  std::optional<std::uint64_t> upstream_percent;
};

/// Messages that should have arrived, and those that have.
struct MeshShare {
  std::uint64_t wanted = 0;
  std::uint64_t arrived = 0;
  std::uint64_t hops = 0;

  /// From 0 to 1; 0 if nothing was looked at.
  double share() const { return wanted == 0 ? 0 : double(arrived) / double(wanted); }
  /// As applications are told: from a neighbor it is 0.
  double mean_hops() const { return arrived == 0 ? 0 : double(hops) / double(arrived); }
};

/// What came out.
struct MeshOutcome {
  std::uint64_t trace_hash = 0;
  /// What is not as it should be.
  std::vector<std::string> findings;
  /// Broadcasts that were looked at, at every participant.
  MeshShare broadcasts;
  /// Direct messages of nodes.
  MeshShare directs;
  /// Those of upstream's clients, which nobody promises: they go one greedy way, and once.
  MeshShare upstream_directs;
  double mean_links = 0;
  std::uint64_t hub_messages = 0;
  std::uint64_t link_messages = 0;
  std::uint64_t link_bytes = 0;
  /// Sums of the nodes' counters.
  std::uint64_t forged_count = 0;
  std::uint64_t dead_end_count = 0;
  Duration simulated{};
};

/// A run of a mesh, step by step: what scenarios are made of. Steps that miss their goal in time
/// are findings.
class MeshRun {
 public:
  /// `conditions` replaces what the seed says about the links.
  explicit MeshRun(const MeshScenario& scenario,
                   const std::optional<LinkConditions>& conditions = {},
                   const MeshChecks& checks = {});

  MeshWorld& world() { return *world_; }
  Random& random() { return random_; }
  const MeshScenario& scenario() const { return scenario_; }

  /// Lets so many join one after another, `upstream_percent` of them like upstream's clients.
  void join(std::size_t count, std::uint64_t upstream_percent, Duration interval,
            const NodeOptions& options = {});
  /// Lets time pass until the condition holds, at most `limit`. False: it never did.
  bool wait_until(const std::function<bool()>& condition, Duration limit);
  /// Waits until everybody can reach everybody over links.
  void wait_until_whole(Duration limit);
  /// Parts of the mesh without a link between them, each with its participants.
  std::vector<std::vector<OwnerId>> parts() const;

  /// Messages of participants chosen by chance. Within `limit` a broadcast reaches everybody who
  /// was there and is there, and direct messages of nodes arrive.
  void check_broadcasts(std::size_t count, Duration limit);
  void check_directs(std::size_t count, Duration limit);
  /// Those that arrived took at most so many hops on average, broadcasts and direct messages apart.
  void check_hops(double mean_max);

  MeshNode& random_node();
  /// A neighbor that is a node; null if there is none.
  MeshNode* random_neighbor(const MeshNode& node);
  /// Of a random node, if it has one.
  void break_some_link();
  void note(std::string sentence) {
    world_->findings().add(world_->now().monotonic, std::move(sentence));
  }
  MeshOutcome outcome();

 private:
  struct SentDirect {
    std::string text;
    MeshWorld::Participant to;
    bool is_of_upstream = false;
  };

  std::string broadcast_of(const MeshWorld::Participant& sender);
  std::size_t missing_count(const std::string& text,
                            const std::vector<MeshWorld::Participant>& receivers) const;
  void count_broadcast(const std::string& text,
                       const std::vector<MeshWorld::Participant>& receivers);
  std::string names_outside_largest_part() const;
  std::optional<SentDirect> send_direct_between(const MeshWorld::Participant& from,
                                                const MeshWorld::Participant& to);
  bool has_arrived(const SentDirect& sent) const;

  MeshScenario scenario_;
  Random random_;
  std::unique_ptr<MeshWorld> world_;
  MeshShare broadcasts_;
  MeshShare directs_;
  MeshShare upstream_directs_;
};

/// Latency, bandwidth and time of setting up that the seed draws.
LinkConditions random_link_conditions(Random& random);

}  // namespace pigeon::sim
