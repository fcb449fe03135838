#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/node.hpp"
#include "sim/world/hub_world.hpp"
#include "sim/world/key_holder.hpp"
#include "sim/world/link_network.hpp"

namespace pigeon::sim {

class MeshNode;

/// What surrounds the nodes of a run. Outlives them.
class MeshSurroundings {
 public:
  virtual ~MeshSurroundings() = default;
  virtual Scheduler& scheduler() = 0;
  virtual LinkNetwork& links() = 0;
  /// The hub of that address; null if there is none.
  virtual HubWorld* find_hub(std::string_view url) = 0;
  /// Whether a node can reach the hub now.
  virtual bool reaches_hub(const MeshNode& node, const HubWorld& hub) const = 0;
  /// What a hub has said to a node, before the node hears it. Nothing: it shall not.
  virtual std::optional<std::string> pass_from_hub(const MeshNode& node, std::string_view text) = 0;
  /// How much later than what comes after it the node hears it; 0: before that.
  virtual Duration hub_delay(std::string_view text) = 0;
  /// How long the answer to a crypto request takes; nothing: it comes at once.
  virtual std::optional<Duration> crypto_delay() = 0;
  /// An event of a node. Commands to nodes only from the scheduler.
  virtual void observe(MeshNode& node, const NodeEvent& event) = 0;
  /// The node has done all that followed from something that has happened to it.
  virtual void check_step(const MeshNode& node) = 0;
  /// A promise that a node has broken: a sentence.
  virtual void report(const MeshNode& node, std::string sentence) = 0;
};

/// Under which hubs of a world are found, by their numbers.
std::string hub_url(std::size_t hub);

/// A real node core with its simulated ends: hub connections, links, keys, timer.
class MeshNode final : public LinkOwner {
 public:
  MeshNode(MeshSurroundings& world, std::uint64_t number, node::Node core,
           std::unique_ptr<KeyHolder> keys, Duration wall_skew);
  MeshNode(const MeshNode&) = delete;
  MeshNode& operator=(const MeshNode&) = delete;
  ~MeshNode() override;

  /// Unlike an id never used again.
  std::uint64_t number() const { return number_; }
  const PeerId& id() const { return id_; }
  OwnerId owner() const { return owner_; }
  bool is_up() const { return is_up_; }
  const node::Node& core() const { return core_; }
  /// Peers with open links, in the order of their ids.
  std::vector<PeerId> links() const;
  /// The links that the core has begun and not closed, with whom it takes the other sides for.
  const std::map<node::LinkId, PeerId>& channels() const { return peers_; }
  /// Whom the core takes the other side of a link for.
  std::optional<PeerId> peer_of(node::LinkId link) const;

  /// Calls the core, `command(core, now)`, and carries out what follows.
  template <class Command>
  auto command(Command command) {
    auto result = command(core_, now());
    settle();
    return result;
  }

  /// To a hub by its number in the world; more than one is possible.
  void connect(std::size_t hub = 0);
  /// Says goodbye; the node is still there and can connect again.
  void disconnect();
  /// Is gone, as a killed process.
  void kill();
  /// The connections to hubs are cut: what is on the way is lost. Those to hubs that cannot be
  /// reached alone, or all.
  void lose_hubs(bool only_unreachable = false);
  /// Something that a hub says, true or not, goes to the node past `pass_from_hub`.
  void hear_from_hub(std::string_view text);

  void receive_link(const node::Input& input) override;

 private:
  class HubSocket;

  Now now() const;
  void feed(node::Input input);
  void settle();
  void arm();
  void handle_timeout(Instant armed);
  void on(const signaling::OpenHub& open);
  void on(const signaling::SendToHub& send);
  void on(const signaling::CloseHub& close);
  void on(const node::DialLink& dial);
  void on(const node::AcceptLink& accept);
  void on(const node::ApplyDescription& apply);
  void on(const node::ApplyCandidate& apply);
  void on(const node::CloseLink& close);
  void on(node::SendText& send);
  void on(node::SendBinary& send);
  void on(const node::NotifyDrained& notify);
  void on(const crypto::Request& request);
  void on(const node::Emit& emit);

  MeshSurroundings& world_;
  std::uint64_t number_;
  node::Node core_;
  std::unique_ptr<KeyHolder> keys_;
  Duration wall_skew_;
  PeerId id_;
  OwnerId owner_;
  bool is_up_ = true;
  std::map<signaling::HubKey, std::unique_ptr<HubSocket>> hubs_;
  std::map<node::LinkId, PeerId> peers_;
  std::vector<crypto::Done> answers_;
  Instant armed_ = Instant::max();
  Instant last_timeout_{};
  std::uint32_t timeouts_at_once_ = 0;
};

}  // namespace pigeon::sim
