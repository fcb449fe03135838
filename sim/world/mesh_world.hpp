#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/checkers/delivery_ledger.hpp"
#include "sim/checkers/findings.hpp"
#include "sim/checkers/link_agreement.hpp"
#include "sim/engine/trace.hpp"
#include "sim/world/hub_world.hpp"
#include "sim/world/link_network.hpp"
#include "sim/world/mesh_node.hpp"
#include "sim/world/upstream_peer.hpp"
#include "suite/answerer.hpp"
#include "wire/json_reader.hpp"

namespace pigeon::sim {

/// How crypto requests of nodes are answered.
enum class MeshCrypto : std::uint8_t {
  at_once,
  /// Later, and in another order.
  late,
  /// At once, with signatures that anybody could forge: see `make_fake_hashed_keys`.
  fake_hashed,
};

/// When the checkers look. At its own bounds and channels a node is held after everything that
/// happens to it: that takes a quarter more time in meshes of 20 and twice as much in those of 200
/// and more. What needs a look at all nodes, or waits for news that are under way, is checked again
/// and again: whether both sides of a link agree, and what became of messages.
struct MeshChecks {
  /// Between two looks at all nodes.
  Duration period = 1s;
  bool after_each_step = true;
};

struct MeshWorldOptions {
  std::uint64_t seed = 1;
  MeshCrypto crypto = MeshCrypto::at_once;
  LinkConditions links = {};
  NetworkOptions hub_network = {};
  HubOptions hub = {};
  /// Of offers, answers and candidates that a hub has for a node: so many come later by up to that
  /// time, and those behind them before. So it is over two hubs, or the mesh.
  std::uint64_t late_signal_percent = 0;
  Duration late_signal_max = 400ms;
  MeshChecks checks;
};

/// Nodes with real cores and models of upstream's clients around real hub cores, on simulated
/// links; and the checkers that watch them. Seeds OpenSSL, so one in a process at a time.
///
/// Links carry messages reliably and in order, as SCTP does, until they break. How SCTP gets there
/// over a network that loses, repeats and exchanges packets is the business of `rtc_sim`. What can
/// be lost here is what is on the way when a connection ends, and signals can overtake each other.
class MeshWorld final : public MeshSurroundings {
 public:
  /// May change what the hub says to a node, or keep it back.
  using HubFilter = std::function<std::optional<std::string>(const MeshNode&, std::string_view)>;
  /// Also hears of every event.
  using Observer = std::function<void(MeshNode&, const NodeEvent&)>;
  /// A participant that is up, of either kind.
  struct Participant {
    std::uint64_t number = 0;
    PeerId id;
    OwnerId owner{};
    bool is_upstream = false;
  };

  /// Begins with one hub.
  explicit MeshWorld(const MeshWorldOptions& options);

  /// One more hub, which knows nothing of the others: its number.
  std::size_t add_hub();
  HubWorld& hub(std::size_t number = 0) { return *hubs_[number]; }
  /// Messages that all hubs have sent.
  std::uint64_t hub_message_count() const;

  /// A node that has not yet been told to connect.
  MeshNode& add_node(const NodeOptions& options = {});
  /// One that joins over the first hub at once.
  UpstreamPeer& add_upstream(std::size_t links_max = 3);
  std::vector<MeshNode*> nodes() const;
  std::vector<UpstreamPeer*> upstream_peers() const;
  /// In the order of their ids.
  std::vector<Participant> participants() const;
  /// Nothing for whoever is no participant, as a middle man.
  std::optional<PeerId> id_of(OwnerId owner) const;

  /// Lets time pass; the checkers look at everything again and again.
  void run_for(Duration duration);
  Now now() const { return scheduler_.now(); }

  // ---- Messages, which the ledger knows. The text that is sent is given back.

  std::string broadcast(MeshNode& node);
  std::string broadcast(UpstreamPeer& peer);
  std::string send_direct(MeshNode& node, const PeerId& to, bool is_encrypted = false);
  std::string send_direct(UpstreamPeer& peer, const PeerId& to);

  // ---- Faults

  void set_hub_filter(HubFilter filter) { filter_ = std::move(filter); }
  /// Somebody lies from now on. Until then nobody has anything to take for a forgery.
  void expect_lies() { expects_lies_ = true; }
  void set_observer(Observer observer) { observer_ = std::move(observer); }
  /// Nodes outside group 0 lose the hub, and do not reach it.
  void set_hub_only_for_group_0(bool is_so);
  void set_group(MeshNode& node, int group);
  void set_group(UpstreamPeer& peer, int group);
  /// What was said with `set_group` comes into force.
  void regroup();

  Findings& findings() { return findings_; }
  DeliveryLedger& ledger() { return ledger_; }
  LinkAgreement& agreement() { return agreement_; }
  Random& random() { return random_; }
  /// Over everything that the hub has said and applications were told.
  std::uint64_t trace_hash() const;

  Scheduler& scheduler() override { return scheduler_; }
  LinkNetwork& links() override { return links_; }
  HubWorld* find_hub(std::string_view url) override;
  bool reaches_hub(const MeshNode& node, const HubWorld& hub) const override;
  std::optional<std::string> pass_from_hub(const MeshNode& node, std::string_view text) override;
  Duration hub_delay(std::string_view text) override;
  std::optional<Duration> crypto_delay() override;
  void observe(MeshNode& node, const NodeEvent& event) override;
  void check_step(const MeshNode& node) override;
  void report(const MeshNode& node, std::string sentence) override;

 private:
  void check();
  void check_bounds(const MeshNode& node);
  void check_channels(const MeshNode& node);
  void check_proof(const MeshNode& node, const PeerId& peer);
  LinkAgreement::Party party_of(const MeshNode& node) const;
  int group_of(const MeshNode& node) const;
  std::string next_text(const PeerId& from);

  MeshWorldOptions options_;
  Scheduler scheduler_;
  Random random_;
  std::vector<std::unique_ptr<HubWorld>> hubs_;
  LinkNetwork links_;
  suite::Answerer answerer_;
  KeyedHash fake_secret_;
  Findings findings_;
  DeliveryLedger ledger_;
  LinkAgreement agreement_;
  Trace trace_;
  wire::JsonReader reader_;
  HubFilter filter_;
  Observer observer_;
  std::vector<std::unique_ptr<MeshNode>> nodes_;
  std::vector<std::unique_ptr<UpstreamPeer>> upstream_;
  std::map<std::uint64_t, NodeOptions> node_options_;
  std::map<std::uint64_t, int> groups_;
  std::map<OwnerId, PeerId> ids_;
  std::map<const UpstreamPeer*, std::uint64_t> upstream_numbers_;
  bool hub_only_for_group_0_ = false;
  bool expects_lies_ = false;
  /// Forgeries that nodes have counted where nobody lies.
  std::map<std::uint64_t, std::uint64_t> forged_counts_;
  std::uint64_t next_number_ = 1;
  std::uint64_t next_text_ = 1;
};

}  // namespace pigeon::sim
