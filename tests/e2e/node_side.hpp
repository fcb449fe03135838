#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "pigeon/hub.hpp"
#include "pigeon/node.hpp"
#include "tests/support/deadline.hpp"

namespace pigeon::test {

/// The options of a node that others on this machine reach.
inline NodeOptions local_options() {
  NodeOptions options;
  options.addresses.addresses = {"127.0.0.1"};
  return options;
}

/// A hub in this process that goes without delay.
class LocalHub {
 public:
  explicit LocalHub(std::uint16_t port = 0) {
    auto made = Hub::create({.listen = {.host = "127.0.0.1", .port = port},
                             .liveness = {.drain_window = std::chrono::milliseconds{50}}});
    if (!made) throw Failure(made.error().message);
    hub_ = std::make_unique<Hub>(*std::move(made));
    const auto address = hub_->start();
    if (!address) throw Failure(address.error().message);
    port_ = address->port;
  }

  std::uint16_t port() const { return port_; }
  std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_); }
  Hub& hub() { return *hub_; }

 private:
  std::unique_ptr<Hub> hub_;
  std::uint16_t port_ = 0;
};

/// A node with what it was told. Stays where it is.
class NodeSide {
 public:
  /// Called with each event before it is kept.
  using Hook = std::function<void(Node&, NodeEvent&)>;

  /// With a loop of its own.
  explicit NodeSide(NodeOptions options = local_options(), Hook hook = {})
      : hook_(std::move(hook)) {
    keep(Node::create(std::move(options), receiver()));
  }
  explicit NodeSide(const NodeLoop& loop, NodeOptions options = local_options(), Hook hook = {})
      : hook_(std::move(hook)) {
    keep(Node::create(loop, std::move(options), receiver()));
  }
  NodeSide(const NodeSide&) = delete;
  NodeSide& operator=(const NodeSide&) = delete;

  Node& node() { return *node_; }
  PeerId id() const { return id_; }
  /// Ends the node; what it was told remains.
  void end() { node_.reset(); }

  void join(const LocalHub& hub) {
    const auto joined = node_->connect(hub.url());
    if (!joined) throw Failure(joined.error().message);
  }

  /// The events of one type for which `holds`.
  template <class OneEvent>
  std::vector<OneEvent> told(const std::function<bool(const OneEvent&)>& holds = {}) const {
    const std::lock_guard lock(mutex_);
    return matching<OneEvent>(holds);
  }
  /// Waits for so many of them; throws `Failure` if they do not come.
  template <class OneEvent>
  std::vector<OneEvent> wait_for(std::size_t count,
                                 const std::function<bool(const OneEvent&)>& holds = {}) {
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_until(
        lock, Deadline().at(), [&] { return matching<OneEvent>(holds).size() >= count; });
    if (!came) {
      throw Failure("only " + std::to_string(matching<OneEvent>(holds).size()) + " of " +
                    std::to_string(count) + " events came: " + __PRETTY_FUNCTION__);
    }
    return matching<OneEvent>(holds);
  }
  void wait_for_link(const PeerId& peer, std::size_t count = 1) {
    wait_for<PeerConnected>(count, [&](const PeerConnected& one) { return one.peer == peer; });
  }
  std::vector<MessageReceived> wait_for_text(const std::string& text, std::size_t count = 1) {
    return wait_for<MessageReceived>(count,
                                     [&](const MessageReceived& one) { return one.text == text; });
  }
  std::size_t count_text(const std::string& text) const {
    return told<MessageReceived>([&](const MessageReceived& one) { return one.text == text; })
        .size();
  }

 private:
  template <class OneEvent>
  std::vector<OneEvent> matching(const std::function<bool(const OneEvent&)>& holds) const {
    std::vector<OneEvent> found;
    for (const NodeEvent& event : events_) {
      const auto* one = std::get_if<OneEvent>(&event);
      if (one != nullptr && (!holds || holds(*one))) found.push_back(*one);
    }
    return found;
  }
  Node::OnEvent receiver() {
    return [this](NodeEvent event) {
      if (hook_) hook_(*told_of_, event);
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
      changed_.notify_all();
    };
  }
  void keep(Result<Node, NodeError> made) {
    if (!made) throw Failure(made.error().message);
    node_ = std::make_unique<Node>(*std::move(made));
    told_of_ = node_.get();
    id_ = node_->peer_id();
  }

  Hook hook_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<NodeEvent> events_;
  PeerId id_;
  std::unique_ptr<Node> node_;
  /// The same, also while it ends.
  Node* told_of_ = nullptr;
};

/// Nodes that all join one hub, and are all linked with each other.
class LocalMesh {
 public:
  /// On one loop, or on one each.
  LocalMesh(std::size_t count, bool shares_loop, NodeOptions options = local_options()) {
    auto loop = NodeLoop::create(options.addresses);
    if (!loop) throw Failure(loop.error().message);
    for (std::size_t i = 0; i < count; ++i) {
      sides_.push_back(shares_loop ? std::make_unique<NodeSide>(*loop, options)
                                   : std::make_unique<NodeSide>(options));
      sides_.back()->join(hub_);
    }
    for (const auto& one : sides_) {
      for (const auto& other : sides_) {
        if (one != other) one->wait_for_link(other->id());
      }
    }
  }

  LocalHub& hub() { return hub_; }
  std::size_t size() const { return sides_.size(); }
  NodeSide& operator[](std::size_t index) { return *sides_[index]; }

 private:
  LocalHub hub_;
  std::vector<std::unique_ptr<NodeSide>> sides_;
};

}  // namespace pigeon::test
