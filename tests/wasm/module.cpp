#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>
#include <variant>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "hub/hub.hpp"
#include "node/node.hpp"

// What tests/wasm/cores.test.mjs calls: two nodes and their hub, passing messages by themselves.

namespace {

using namespace pigeon;

/// Two nodes, a hub, and what goes between them, from the beginning of time on.
class World {
 public:
  World() : hub_({}, Random::from_number(1), now()) {
    for (auto& node : nodes_) PIGEON_ASSERT(node.connect("ws://hub.example:3000", now()));
    pass_messages();
  }

  /// Lets everything happen that is due until then.
  void run_until(Instant end) {
    for (Instant next = next_timeout(); next <= end; next = next_timeout()) {
      time_ = std::max(time_, next);
      hub_.handle(hub::Timeout{}, now());
      for (auto& node : nodes_) node.handle_timeout(now());
      pass_messages();
    }
    time_ = end;
  }

  Instant next_timeout() const {
    return std::min({hub_.next_timeout(), nodes_[0].next_timeout(), nodes_[1].next_timeout()});
  }
  std::size_t peer_count() const { return hub_.peers().size(); }
  int dial_count() const { return dial_count_; }

 private:
  static node::Node new_node(std::uint64_t number) {
    Random random = Random::from_number(number);
    NodeOptions options;
    options.peer_id = random.id<PeerId>().to_text();
    return node::Node::create(options, std::nullopt, std::move(random)).value();
  }
  Now now() const { return {time_, 1'700'000'000'000 + time_.time_since_epoch() / 1ms}; }

  void pass_messages() {
    for (bool is_busy = true; is_busy;) {
      is_busy = false;
      for (std::size_t i = 0; i < nodes_.size(); ++i) {
        for (const auto& output : nodes_[i].take_outputs()) {
          is_busy = true;
          std::visit([&](const auto& typed) { carry_out(i, typed); }, output);
        }
      }
      for (const auto& output : hub_.take_outputs()) {
        is_busy = true;
        if (const auto* sent = std::get_if<hub::SendText>(&output)) deliver(*sent);
      }
    }
  }

  void carry_out(std::size_t i, const signaling::OpenHub& output) {
    keys_[i] = output.hub;
    hub_.handle(
        hub::ConnectionOpened{
            hub::ConnectionId{i}, {{"peerId", nodes_[i].peer_id().to_text()}}, "127.0.0.1", ""},
        now());
    nodes_[i].handle(node::HubOpened{output.hub}, now());
  }
  void carry_out(std::size_t i, const signaling::SendToHub& output) {
    hub_.handle(hub::MessageReceived{hub::ConnectionId{i}, output.text}, now());
  }
  void carry_out(std::size_t i, const node::DialLink& output) {
    ++dial_count_;
    nodes_[i].handle(node::LinkClosed{output.link, "no network"}, now());
  }
  void carry_out(std::size_t, const auto&) {}

  void deliver(const hub::SendText& sent) {
    const auto i = static_cast<std::size_t>(sent.connection);
    nodes_[i].handle(node::HubText{keys_[i], sent.text}, now());
  }

  Instant time_{};
  hub::Hub hub_;
  std::array<node::Node, 2> nodes_{new_node(2), new_node(3)};
  std::array<signaling::HubKey, 2> keys_{};
  int dial_count_ = 0;
};

World& world() {
  static World world;
  return world;
}

}  // namespace

#define PIGEON_EXPORT(name) [[clang::export_name(#name)]]

extern "C" {

/// Runs for this long, from the beginning.
PIGEON_EXPORT(run_seconds) void run_seconds(int seconds) {
  world().run_until(Instant(std::chrono::seconds(seconds)));
}
/// Peers that the hub knows.
PIGEON_EXPORT(peer_count) int peer_count() { return static_cast<int>(world().peer_count()); }
/// How often a node has tried to link with the other.
PIGEON_EXPORT(dial_count) int dial_count() { return world().dial_count(); }
/// When something is to be done next, in milliseconds.
PIGEON_EXPORT(next_timeout) double next_timeout() {
  return std::chrono::duration<double, std::milli>(world().next_timeout().time_since_epoch())
      .count();
}
}
