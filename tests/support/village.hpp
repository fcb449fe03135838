#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "node/node.hpp"
#include "suite/answerer.hpp"
#include "suite/node_identity.hpp"
#include "wire/client_message.hpp"
#include "wire/server_message.hpp"

namespace pigeon::test {

using namespace pigeon::node;

/// A few nodes with a hub that introduces everybody to everybody, channels that never fail and real
/// signatures; everything takes no time. Tests may change what is on its way.
class Village {
 public:
  struct Member {
    suite::NodeIdentity identity;
    suite::GroupKeys groups;
    std::unique_ptr<Node> node;
    std::vector<NodeEvent> events;
    signaling::HubKey hub{};
    bool is_at_hub = false;
    bool is_barred = false;
    std::string fingerprint;
    /// The other end of each open link.
    std::map<LinkId, std::pair<std::size_t, LinkId>> ends;
    std::size_t sent_count = 0;
  };

  using TextFilter = std::function<void(std::size_t from, std::size_t to, std::string& text)>;
  using SdpFilter = std::function<void(std::size_t from, std::string& sdp)>;

  /// Adds a node; gives its index.
  std::size_t add(NodeOptions options = {}) {
    auto identity = suite::NodeIdentity::from_random(Random::from_number(members_.size() + 1));
    Member member{.identity = std::move(identity).value(), .groups = {}};
    const NodeKeys keys{member.identity.signing().public_key(),
                        member.identity.encryption().public_key()};
    auto node = Node::create(options, keys, Random::from_number(100 + members_.size()));
    EXPECT_TRUE(node.has_value());
    member.node = std::make_unique<Node>(*std::move(node));
    for (int i = 0; i < 31; ++i) member.fingerprint += "AB:";
    member.fingerprint += "0" + std::to_string(members_.size() % 10);
    members_.push_back(std::move(member));
    return members_.size() - 1;
  }

  /// Adds nodes and connects them to the hub, one after the other.
  void add_connected(std::size_t count, const NodeOptions& options = {}) {
    for (std::size_t i = 0; i < count; ++i) join(add(options));
  }

  void join(std::size_t index) {
    ASSERT_TRUE(node(index).connect("ws://hub.example", now).has_value());
    run();
  }

  Member& operator[](std::size_t index) { return members_[index]; }
  Node& node(std::size_t index) { return *members_[index].node; }
  PeerId id(std::size_t index) { return node(index).peer_id(); }
  std::size_t size() const { return members_.size(); }

  /// Until nothing is on its way.
  void run() {
    do {
      for (std::size_t i = 0; i < members_.size(); ++i) carry_out(i);
      if (queue_.empty()) break;
      auto next = std::move(queue_.front());
      queue_.pop_front();
      next();
    } while (true);
  }

  /// Lets time pass in steps in which timeouts are served.
  void pass(Duration duration) {
    const Instant end = now.monotonic + duration;
    while (now.monotonic < end) {
      Instant next = end;
      for (Member& member : members_) next = std::min(next, member.node->next_timeout());
      next = std::max(next, now.monotonic + 1ms);
      now.wall_ms += (next - now.monotonic) / std::chrono::milliseconds(1);
      now.monotonic = next;
      for (Member& member : members_) {
        if (member.node->next_timeout() <= now.monotonic) member.node->handle_timeout(now);
      }
      run();
    }
  }

  /// Has a node receive a text over its link with another.
  void inject(std::size_t to, std::size_t neighbor, std::string text) {
    for (const auto& [link, end] : members_[to].ends) {
      if (end.first != neighbor) continue;
      node(to).handle(LinkText{link, text}, now);
      run();
      return;
    }
    FAIL() << "no link";
  }

  /// One node loses its hub for good, and the hub tells the others.
  void lose_hub_of(std::size_t index) {
    members_[index].is_at_hub = false;
    members_[index].is_barred = true;
    node(index).handle(HubClosed{members_[index].hub, 1006, "lost"}, now);
    const std::string gone = id(index).to_text();
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (!members_[i].is_at_hub) continue;
      const std::string to = id(i).to_text();
      tell(i, wire::encode(
                  wire::PeerDisconnected{.peer_id = gone, .to = to, .network = networks_[i]}));
    }
    run();
  }

  void find_hub_again() { is_hub_up_ = true; }

  void lose_hub() {
    for (Member& member : members_) {
      if (std::exchange(member.is_at_hub, false)) {
        member.node->handle(HubClosed{member.hub, 1006, "lost"}, now);
      }
    }
    is_hub_up_ = false;
    run();
  }

  template <class OneEvent>
  std::vector<OneEvent> events(std::size_t index) const {
    std::vector<OneEvent> found;
    for (const NodeEvent& event : members_[index].events) {
      if (const auto* one = std::get_if<OneEvent>(&event)) found.push_back(*one);
    }
    return found;
  }

  Now now{.monotonic = Instant(1h), .wall_ms = 1'700'000'000'000};
  TextFilter on_text;
  std::function<void(std::size_t index, const crypto::Operation& operation)> on_crypto;
  SdpFilter on_sdp;
  /// The hub tells what peers announce of themselves: that they are of this project.
  bool hub_passes_members = true;

 private:
  void carry_out(std::size_t i) {
    for (Output& output : members_[i].node->take_outputs()) {
      std::visit([&](auto& typed) { on(i, typed); }, output);
    }
  }

  std::string sdp(std::size_t i, LinkId link) {
    return "v=0\r\no=" + std::to_string(i) + " " +
           std::to_string(static_cast<std::uint64_t>(link)) + "\r\na=fingerprint:sha-256 " +
           members_[i].fingerprint + "\r\n";
  }
  static std::pair<std::size_t, LinkId> read_sdp(const std::string& sdp) {
    const std::size_t at = sdp.find("o=") + 2;
    const std::size_t space = sdp.find(' ', at);
    return {std::stoul(sdp.substr(at, space - at)), LinkId{std::stoul(sdp.substr(space + 1))}};
  }

  void on(std::size_t i, const signaling::OpenHub& open) {
    members_[i].hub = open.hub;
    queue_.emplace_back([this, i, hub = open.hub] {
      members_[i].is_at_hub = is_hub_up_ && !members_[i].is_barred;
      if (members_[i].is_at_hub) return node(i).handle(HubOpened{hub}, now);
      node(i).handle(HubClosed{hub, 1006, "refused"}, now);
    });
  }
  void on(std::size_t i, const signaling::SendToHub& send) {
    queue_.emplace_back([this, i, text = send.text] { serve(i, text); });
  }
  void on(std::size_t i, const signaling::CloseHub& /*close*/) { members_[i].is_at_hub = false; }
  void on(std::size_t i, const DialLink& dial) {
    queue_.emplace_back([this, i, link = dial.link] {
      node(i).handle(LinkDescription{link, {rtc::SdpType::offer, sdp(i, link)}}, now);
    });
  }
  void on(std::size_t i, const AcceptLink& accept) {
    const auto end = read_sdp(accept.offer.sdp);
    queue_.emplace_back([this, i, link = accept.link, end] {
      members_[i].ends[link] = end;
      node(i).handle(LinkDescription{link, {rtc::SdpType::answer, sdp(i, link)}}, now);
    });
  }
  void on(std::size_t i, const ApplyDescription& apply) {
    const auto end = read_sdp(apply.description.sdp);
    queue_.emplace_back([this, i, link = apply.link, end] {
      members_[i].ends[link] = end;
      node(i).handle(LinkOpened{link}, now);
      node(end.first).handle(LinkOpened{end.second}, now);
    });
  }
  void on(std::size_t /*i*/, const ApplyCandidate& /*apply*/) {}
  void on(std::size_t i, const CloseLink& close) {
    const auto end = members_[i].ends.find(close.link);
    if (end == members_[i].ends.end()) return;
    const auto other = end->second;
    members_[i].ends.erase(end);
    queue_.emplace_back([this, other] {
      members_[other.first].ends.erase(other.second);
      node(other.first).handle(LinkClosed{other.second, "data channel closed"}, now);
    });
  }
  void on(std::size_t i, const SendText& send) {
    for (const LinkId link : send.links) {
      const auto end = members_[i].ends.find(link);
      if (end == members_[i].ends.end()) continue;
      ++members_[i].sent_count;
      std::string text = send.text;
      if (on_text) on_text(i, end->second.first, text);
      if (text.empty()) continue;
      queue_.emplace_back([this, to = end->second, text] {
        node(to.first).handle(LinkText{to.second, text}, now);
      });
    }
  }
  void on(std::size_t i, const SendBinary& send) {
    const auto end = members_[i].ends.find(send.link);
    if (end == members_[i].ends.end()) return;
    queue_.emplace_back([this, to = end->second, data = send.data] {
      node(to.first).handle(LinkBinary{to.second, data}, now);
    });
  }
  void on(std::size_t i, const NotifyDrained& notify) {
    queue_.emplace_back([this, i, link = notify.link] { node(i).handle(LinkDrained{link}, now); });
  }
  void on(std::size_t i, const crypto::Request& request) {
    if (on_crypto) on_crypto(i, request.operation);
    queue_.emplace_back([this, i, request] {
      const Member& member = members_[i];
      auto answer = answerer_.answer(request.operation, member.identity, member.groups);
      node(i).handle(crypto::Done{request.ticket, std::move(answer)}, now);
    });
  }
  void on(std::size_t i, Emit& emit) { members_[i].events.push_back(std::move(emit.event)); }

  // ---- The hub

  void tell(std::size_t to, const std::string& text) {
    queue_.emplace_back([this, to, text] {
      if (members_[to].is_at_hub) node(to).handle(HubText{members_[to].hub, text}, now);
    });
  }
  void serve(std::size_t i, const std::string& text) {
    const auto message = wire::decode_client_message(text, reader_);
    ASSERT_TRUE(message.has_value());
    if (const auto* announce = std::get_if<wire::Announce>(&*message)) {
      const std::string network(announce->network);
      for (std::size_t j = 0; j < members_.size(); ++j) {
        if (j == i || !members_[j].is_at_hub || networks_[j] != network) continue;
        introduce(i, j, announce->members, network);
        introduce(j, i, announce->members, network);
      }
      networks_[i] = network;
    } else if (const auto* signal = std::get_if<wire::Signal>(&*message)) {
      for (std::size_t j = 0; j < members_.size(); ++j) {
        if (id(j).to_text() == signal->target) relay(i, j, *signal);
      }
    }
  }
  void introduce(std::size_t subject, std::size_t to, const std::string& members,
                 const std::string& network) {
    const std::string subject_id = id(subject).to_text();
    const std::string to_id = id(to).to_text();
    tell(to,
         wire::encode(wire::PeerDiscovered{.peer_id = subject_id,
                                           .members = hub_passes_members ? members : std::string(),
                                           .to = to_id,
                                           .network = network}));
  }
  void relay(std::size_t from, std::size_t to, const wire::Signal& signal) {
    std::string data(signal.data);
    if (on_sdp) on_sdp(from, data);
    const std::string from_id = id(from).to_text();
    tell(to, wire::encode(wire::RelayedSignal{.type = signal.type,
                                              .data = data,
                                              .from = from_id,
                                              .to = signal.target,
                                              .network = signal.network}));
  }

  std::deque<Member> members_;
  std::deque<std::function<void()>> queue_;
  std::map<std::size_t, std::string> networks_;
  suite::Answerer answerer_;
  wire::JsonReader reader_;
  bool is_hub_up_ = true;
};

}  // namespace pigeon::test
