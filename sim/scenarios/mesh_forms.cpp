#include <algorithm>
#include <set>
#include <variant>

#include "sim/scenarios/mesh_scenarios.hpp"

namespace pigeon::sim {

namespace {

constexpr std::size_t stream_bytes = 1'000'000;

/// A stream of bytes from one node to a neighbor, written as the channel takes it.
class StreamTrial {
 public:
  StreamTrial(MeshRun& run, MeshNode& from, const PeerId& to) : run_(run), from_(from), to_(to) {
    run_.world().set_observer([this](MeshNode& at, const NodeEvent& event) { see(at, event); });
    const auto opened = from_.command(
        [&](node::Node& core, Now now) { return core.open_stream(to_, StreamInfo{}, now); });
    if (opened) {
      stream_ = *opened;
    } else {
      run_.note("no stream can be opened: " + opened.error().message);
    }
  }
  ~StreamTrial() { run_.world().set_observer({}); }
  StreamTrial(const StreamTrial&) = delete;
  StreamTrial& operator=(const StreamTrial&) = delete;

  bool is_complete() const { return is_complete_; }
  void check() const {
    if (!is_complete_) {
      run_.note("a stream has brought " + std::to_string(received_) + " bytes and no end");
    } else if (received_ != stream_bytes || !is_intact_) {
      run_.note("a stream has changed on its way");
    }
  }

 private:
  static std::uint8_t byte_at(std::size_t place) {
    return static_cast<std::uint8_t>((place * 2'654'435'761U) >> 13U);
  }

  void see(MeshNode& at, const NodeEvent& event) {
    if (&at == &from_) {
      const auto* room = std::get_if<StreamWritable>(&event);
      // It may come before the number of the stream is known here.
      if (room == nullptr || room->peer != to_) return;
      // An event is no place for a command.
      run_.world().scheduler().after(Duration::zero(),
                                     [this, bytes = room->bytes] { write(bytes); });
    } else if (at.id() == to_) {
      if (const auto* data = std::get_if<StreamData>(&event)) take(data->data);
      if (std::get_if<StreamCompleted>(&event) != nullptr) is_complete_ = true;
    }
  }

  void write(std::size_t room) {
    if (written_ == stream_bytes) return;
    Bytes data(std::min(room, stream_bytes - written_));
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = byte_at(written_ + i);
    written_ += data.size();
    const auto done = from_.command(
        [&](node::Node& core, Now now) { return core.write_stream(stream_, data, now); });
    if (!done) run_.note("a stream does not take what it asked for: " + done.error().message);
    if (written_ < stream_bytes) return;
    const auto ended =
        from_.command([&](node::Node& core, Now now) { return core.end_stream(stream_, now); });
    if (!ended) run_.note("a stream cannot be ended: " + ended.error().message);
  }

  void take(const std::vector<std::uint8_t>& data) {
    for (const std::uint8_t byte : data) is_intact_ &= byte == byte_at(received_++);
  }

  MeshRun& run_;
  MeshNode& from_;
  PeerId to_;
  StreamId stream_{};
  std::size_t written_ = 0;
  std::size_t received_ = 0;
  bool is_intact_ = true;
  bool is_complete_ = false;
};

/// A neighbor that is a node; nobody if there is none.
std::optional<PeerId> neighbor_of(MeshRun& run, const MeshNode& node) {
  const auto links = node.links();
  for (const MeshNode* other : run.world().nodes()) {
    if (std::binary_search(links.begin(), links.end(), other->id())) return other->id();
  }
  return std::nullopt;
}

void check_stream(MeshRun& run) {
  MeshNode& from = run.random_node();
  const auto to = neighbor_of(run, from);
  if (!to) return;
  StreamTrial trial(run, from, *to);
  run.wait_until([&] { return trial.is_complete(); }, 60s);
  trial.check();
}

void check_encrypted(MeshRun& run) {
  MeshNode& from = run.random_node();
  const auto to = neighbor_of(run, from);
  if (!to) return;
  const std::string text = run.world().send_direct(from, *to, true);
  const auto has_arrived = [&] { return !run.world().ledger().find(text)->hops.empty(); };
  if (!run.wait_until(has_arrived, 10s)) run.note("an encrypted message has not arrived");
}

/// Neighbors of this project have proven their ids to each other.
void check_proofs(MeshRun& run) {
  std::set<PeerId> ours;
  for (const MeshNode* node : run.world().nodes()) ours.insert(node->id());
  for (const MeshNode* node : run.world().nodes()) {
    for (const PeerStatus& peer : node->core().peers(run.world().now())) {
      if (peer.state != PeerState::connected || peer.is_verified || !ours.contains(peer.peer)) {
        continue;
      }
      // A link that has just come about has a little time.
      if (peer.connected_for_ms < 5'000) continue;
      run.note(short_name(peer.peer) + " has not proven its id to " + short_name(node->id()));
    }
  }
}

}  // namespace

MeshOutcome run_mesh_forms(const MeshScenario& scenario) {
  MeshRun run(scenario);
  const std::uint64_t drawn = run.random().below(3) * 15;
  run.join(scenario.node_count, scenario.upstream_percent.value_or(drawn),
           std::chrono::milliseconds(20 + run.random().below(500)));
  run.wait_until_whole(60s);
  run.world().run_for(20s);
  run.check_broadcasts(6, 15s);
  run.check_directs(30, 15s);
  check_proofs(run);
  // Keyed hashes encrypt nothing.
  if (scenario.crypto != MeshCrypto::fake_hashed) check_encrypted(run);
  check_stream(run);
  run.world().run_for(30s);
  return run.outcome();
}

}  // namespace pigeon::sim
