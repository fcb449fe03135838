// Many peers in one process, over real WebRTC and a real hub.
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include "bench/load/child.hpp"
#include "bench/load/clock.hpp"
#include "bench/node/own/measure.hpp"
#include "pigeon/hub.hpp"
#include "pigeon/node.hpp"

namespace pigeon::bench {

namespace {

/// What all peers have told so far.
class Tally {
 public:
  explicit Tally(std::size_t peers) : is_linked_(peers) {}

  void take(std::size_t peer, const NodeEvent& event) {
    const std::lock_guard lock(mutex_);
    if (std::holds_alternative<PeerConnected>(event)) is_linked_[peer] = true;
    if (const auto* message = std::get_if<MessageReceived>(&event)) {
      if (!message->direct) ++broadcasts_;
      if (message->direct) ++direct_;
    }
    if (std::holds_alternative<MessageDelivered>(event)) ++delivered_;
    changed_.notify_all();
  }

  /// True if it came about in time.
  template <class Condition>
  bool wait(double seconds, Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::duration<double>(seconds),
                             [&] { return condition(*this); });
  }

  std::size_t linked() const {
    std::size_t count = 0;
    for (const bool is_linked : is_linked_) count += is_linked ? 1U : 0U;
    return count;
  }
  std::size_t broadcasts() const { return broadcasts_; }
  std::size_t direct() const { return direct_; }
  std::size_t delivered() const { return delivered_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> is_linked_;
  std::size_t broadcasts_ = 0;
  std::size_t direct_ = 0;
  std::size_t delivered_ = 0;
};

template <class T, class E>
T checked(Result<T, E> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

double mebibytes() { return static_cast<double>(memory_of(getpid()).resident) / 1'048'576; }

double seconds_since(std::int64_t start) { return static_cast<double>(now_ns() - start) / 1e9; }

double idle_percent(std::size_t seconds) {
  const double before = own_cpu().total;
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  return 100 * (own_cpu().total - before) / static_cast<double>(seconds);
}

struct Arrival {
  bool is_complete = false;
  std::size_t heard = 0;
  double seconds = 0;
};

/// A broadcast at once, when the mesh is as young as it can be.
Arrival broadcast(std::vector<Node>& nodes, Tally& tally) {
  const std::int64_t sent = now_ns();
  checked(nodes.front().send_message("to all"));
  const bool is_complete =
      tally.wait(30, [&](const Tally& t) { return t.broadcasts() >= nodes.size(); });
  return {is_complete, tally.broadcasts(), seconds_since(sent)};
}

/// From each peer to every seventh; gives how many.
std::size_t send_direct(std::vector<Node>& nodes, Tally& tally) {
  std::size_t sent = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (std::size_t j = 0; j < nodes.size(); j += 7) {
      if (i == j) continue;
      checked(nodes[i].send_direct_message(nodes[j].peer_id(), "to one"));
      ++sent;
    }
  }
  tally.wait(30, [sent](const Tally& t) { return t.delivered() >= sent; });
  return sent;
}

std::vector<Node> start_nodes(const NodeLoop& loop, const RtcLoopOptions& addresses,
                              const std::string& url, std::size_t count, Tally& tally) {
  NodeOptions options;
  options.addresses = addresses;
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < count; ++i) {
    nodes.push_back(checked(Node::create(
        loop, options, [&tally, i](const NodeEvent& event) { tally.take(i, event); })));
  }
  for (Node& node : nodes) {
    if (!node.connect(url)) throw std::runtime_error("the hub's address is refused");
  }
  return nodes;
}

Hub make_hub() {
  HubOptions options;
  options.listen.port = 0;
  options.listen.loops = 1;
  return checked(Hub::create(options));
}

double links_each(const std::vector<Node>& nodes) {
  std::size_t links = 0;
  for (const Node& node : nodes) links += node.status().connected_count;
  return static_cast<double>(links) / static_cast<double>(nodes.size());
}

}  // namespace

boost::json::object own_mesh(const OwnNodeSettings& settings) {
  const std::size_t count = settings.peers;
  Hub hub = make_hub();
  const std::string url = "ws://127.0.0.1:" + std::to_string(checked(hub.start()).port);
  Tally tally(count);
  RtcLoopOptions addresses;
  addresses.addresses = {"127.0.0.1"};
  const NodeLoop loop = checked(NodeLoop::create(addresses));
  const double memory_before = mebibytes();
  const std::int64_t start = now_ns();
  std::vector<Node> nodes = start_nodes(loop, addresses, url, count, tally);
  const bool is_linked = tally.wait(60, [&](const Tally& t) { return t.linked() == count; });
  const double linked_seconds = seconds_since(start);
  const Arrival arrival = broadcast(nodes, tally);
  const std::size_t direct_sent = send_direct(nodes, tally);

  std::this_thread::sleep_for(std::chrono::seconds(10));
  const double memory = mebibytes() - memory_before;
  return {{"all_linked", is_linked},
          {"linked_seconds", linked_seconds},
          {"broadcast_heard", arrival.heard},
          {"broadcast_complete", arrival.is_complete},
          {"broadcast_seconds", arrival.seconds},
          {"direct_sent", direct_sent},
          {"direct_received", tally.direct()},
          {"direct_confirmed", tally.delivered()},
          {"mebibytes_each", memory / static_cast<double>(count)},
          {"idle_percent", idle_percent(settings.idle_seconds)},
          {"links_each", links_each(nodes)}};
}

}  // namespace pigeon::bench
