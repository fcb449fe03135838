#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rtc/ice/agent.hpp"
#include "rtc/ice/stun/writer.hpp"
#include "rtc/ice/turn/server_testing.hpp"

namespace pigeon::ice {

inline SocketAddress address_of(std::string_view ip, std::uint16_t port) {
  return {*IpAddress::parse(ip), port};
}

/// A NAT with one public address: the mapping depends on the inside only, and what comes in has to
/// be from an address that was sent to (RFC 4787 sections 4.1 and 5).
class TestNat {
 public:
  explicit TestNat(const IpAddress& public_ip) : public_ip_(public_ip) {}

  SocketAddress outbound(const AddressPair& path) {
    const auto [entry, added] = ports_.try_emplace(path.local, next_port_);
    if (added) ++next_port_;
    opened_.insert({path.local, path.remote});
    return {public_ip_, entry->second};
  }

  /// Where a datagram to the public address goes.
  std::optional<SocketAddress> inbound(const SocketAddress& from, const SocketAddress& to) const {
    if (to.ip != public_ip_) return std::nullopt;
    for (const auto& [inside, port] : ports_) {
      if (port == to.port && opened_.contains({inside, from})) return inside;
    }
    return std::nullopt;
  }

  /// Forgets everything; new mappings get new ports.
  void rebind() {
    ports_.clear();
    opened_.clear();
  }

 private:
  IpAddress public_ip_;
  std::uint16_t next_port_ = 40'000;
  std::map<SocketAddress, std::uint16_t> ports_;
  std::set<AddressPair> opened_;
};

/// An agent with what it has put out.
struct TestPeer {
  TestPeer(AgentOptions options, std::uint64_t seed)
      : agent(std::move(options), Random::from_number(seed)) {}

  Agent agent;
  std::vector<SocketAddress> addresses;
  std::unique_ptr<TestNat> nat;
  std::vector<Candidate> candidates;
  std::vector<State> states;
  std::vector<SelectedPairChanged> selections;
  std::vector<std::string> data;
  bool gathered = false;
  /// The candidates are not told to the other side.
  bool silent = false;

  bool has(const SocketAddress& address) const {
    return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
  }
};

/// A TURN server, which serves one client.
struct TestRelay {
  SocketAddress address;
  ModelTurnServer model;
  /// Where its client sends from, once it has.
  SocketAddress client;
  TestPeer* owner = nullptr;
  /// Of a client that speaks TCP.
  StreamId stream = 0;
};

/// Two agents, the datagrams between them, and a clock that jumps to what happens next.
class TestNetwork {
 public:
  using Filter = std::function<bool(const AddressPair&)>;

  explicit TestNetwork(const AgentOptions& options = {}, std::uint64_t seed = 1)
      : random_(Random::from_number(seed + 1'000)),
        alice(options, 2 * seed),
        bob(options, 2 * seed + 1) {
    alice.agent.set_role(Role::controlling);
  }

  Now now() const { return {now_, 0}; }

  void add_address(TestPeer& peer, const SocketAddress& address) {
    peer.addresses.push_back(address);
    peer.agent.add_local_address(address, now());
    drain();
  }

  /// Exchanges the credentials as an offer and an answer would.
  void introduce() {
    introduce_to(bob, alice);
    introduce_to(alice, bob);
  }
  void introduce_to(TestPeer& peer, const TestPeer& other) {
    peer.agent.set_remote(other.agent.local_credentials(), false, now());
    for (const Candidate& candidate : other.candidates) add_candidate(peer, candidate);
    drain();
  }

  /// Lets time pass, with what happens in it.
  void run(Duration span) {
    const Instant end = now_ + span;
    while (step(end)) {
    }
    now_ = end;
  }
  /// Until the condition holds; false if that takes longer than `limit`.
  bool run_until(const std::function<bool()>& condition, Duration limit) {
    const Instant end = now_ + limit;
    while (!condition()) {
      if (!step(end)) return false;
    }
    return true;
  }

  /// One application datagram.
  void send(TestPeer& from, std::string_view text) {
    DatagramBatch batch;
    from.agent.send(as_bytes(text), batch);
    for (const auto& datagram : batch.datagrams()) {
      launch(from, datagram.path, batch.payload(datagram));
    }
  }

  void inject(const SocketAddress& from, const SocketAddress& to, BytesView payload) {
    in_flight_.emplace(now_ + latency, Flying{{from, to}, {payload.begin(), payload.end()}});
  }

  void drain() {
    drain(alice, bob);
    drain(bob, alice);
  }

  Duration latency = 1ms;
  /// Of a hundred datagrams.
  unsigned loss = 0;
  /// The way a datagram takes, from the outside: `local` is the sender. False drops it.
  Filter passes = [](const AddressPair&) { return true; };
  std::optional<SocketAddress> stun_server;
  std::vector<TestRelay> relays;
  std::size_t datagram_count = 0;

 private:
  struct Flying {
    /// `local` is the sender.
    AddressPair path;
    Bytes payload;
    /// Bytes of a stream instead of a datagram.
    TestPeer* stream_to = nullptr;
    StreamId stream = 0;
  };

  Random random_;

 public:
  TestPeer alice;
  TestPeer bob;

 private:
  bool step(Instant end) {
    drain();
    Instant next = std::min(alice.agent.next_timeout(), bob.agent.next_timeout());
    if (!in_flight_.empty()) next = std::min(next, in_flight_.begin()->first);
    if (next > end) return false;
    now_ = std::max(now_, next);
    while (!in_flight_.empty() && in_flight_.begin()->first <= now_) {
      const Flying flying = std::move(in_flight_.begin()->second);
      in_flight_.erase(in_flight_.begin());
      land(flying);
    }
    alice.agent.handle_timeout(now());
    bob.agent.handle_timeout(now());
    drain();
    return true;
  }

  void drain(TestPeer& peer, TestPeer& other) {
    DatagramBatch batch;
    peer.agent.transmit(batch, now());
    for (const auto& datagram : batch.datagrams()) {
      launch(peer, datagram.path, batch.payload(datagram));
    }
    for (const Event& event : peer.agent.take_events()) {
      if (const auto* local = std::get_if<LocalCandidate>(&event)) {
        peer.candidates.push_back(local->candidate);
        if (!peer.silent) add_candidate(other, local->candidate);
      } else if (const auto* changed = std::get_if<StateChanged>(&event)) {
        peer.states.push_back(changed->state);
      } else if (const auto* selected = std::get_if<SelectedPairChanged>(&event)) {
        peer.selections.push_back(*selected);
      } else if (std::holds_alternative<GatheringComplete>(event)) {
        peer.gathered = true;
      } else {
        carry_stream(peer, event);
      }
    }
  }

  void add_candidate(TestPeer& peer, const Candidate& candidate) const {
    peer.agent.add_remote_candidate(*parse_candidate(to_text(candidate)), now());
  }

  void launch(TestPeer& from, AddressPair path, BytesView payload) {
    ++datagram_count;
    if (from.nat) path.local = from.nat->outbound(path);
    if (!passes(path) || random_.chance(loss, 100)) return;
    in_flight_.emplace(now_ + latency, Flying{path, {payload.begin(), payload.end()}});
  }

  void land(const Flying& flying) {
    const SocketAddress& from = flying.path.local;
    if (flying.stream_to != nullptr) return land_stream(flying);
    if (flying.path.remote == stun_server) return answer_as_server(flying);
    for (TestRelay& relay : relays) {
      if (flying.path.remote == relay.address) return land_at_server(relay, flying);
      if (flying.path.remote == relay.model.options.relayed) return land_at_relay(relay, flying);
    }
    for (TestPeer* peer : {&alice, &bob}) {
      std::optional<SocketAddress> to = flying.path.remote;
      if (peer->nat) to = peer->nat->inbound(from, flying.path.remote);
      if (!to || !peer->has(*to)) continue;
      const Received received = peer->agent.receive({*to, from}, flying.payload, now());
      if (received.input == Input::application) peer->data.emplace_back(as_text(received.payload));
    }
  }

  void land_at_server(TestRelay& relay, const Flying& flying) {
    relay.client = flying.path.local;
    give_to_server(relay, flying.payload);
  }

  void give_to_server(TestRelay& relay, BytesView message) {
    if (const auto answer = relay.model.receive(message, now())) return_to_client(relay, *answer);
    for (const auto& [peer, text] : std::exchange(relay.model.delivered, {})) {
      inject(relay.model.options.relayed, peer, as_bytes(text));
    }
  }

  void land_at_relay(TestRelay& relay, const Flying& flying) {
    const auto message = relay.model.receive_from_peer(flying.path.local, flying.payload, now());
    if (message) return_to_client(relay, *message);
  }

  void return_to_client(TestRelay& relay, const Bytes& message) {
    if (relay.stream == 0) return inject(relay.address, relay.client, message);
    in_flight_.emplace(now_ + latency, Flying{{}, message, relay.owner, relay.stream});
  }

  void land_stream(const Flying& flying) const {
    BytesView rest = flying.payload;
    while (!rest.empty()) {
      const Received received = flying.stream_to->agent.stream_received(flying.stream, rest, now());
      if (received.input == Input::application) {
        flying.stream_to->data.emplace_back(as_text(received.payload));
      }
    }
  }

  void carry_stream(TestPeer& peer, const Event& event) {
    for (TestRelay& relay : relays) {
      if (const auto* open = std::get_if<OpenStream>(&event)) {
        if (open->server != relay.address) continue;
        relay.owner = &peer;
        relay.stream = open->id;
        peer.agent.stream_opened(open->id, peer.addresses.front(), now());
      } else if (const auto* sent = std::get_if<SendStream>(&event)) {
        if (relay.owner == &peer && relay.stream == sent->id) give_to_server(relay, sent->bytes);
      }
    }
  }

  void answer_as_server(const Flying& flying) {
    const auto request = decode_stun(flying.payload);
    std::array<std::uint8_t, 64> buffer{};
    StunWriter writer(buffer, StunClass::success, StunMethod::binding, request->transaction());
    writer.xor_address(StunAttribute::xor_mapped_address, flying.path.local);
    inject(*stun_server, flying.path.local, BytesView(buffer).first(writer.finish()));
  }

  Instant now_{std::chrono::hours(1)};
  std::multimap<Instant, Flying> in_flight_;
};

inline bool both_connected(const TestNetwork& network) {
  return network.alice.agent.can_send() && network.bob.agent.can_send();
}

inline bool both_completed(const TestNetwork& network) {
  return network.alice.agent.state() == State::completed &&
         network.bob.agent.state() == State::completed;
}

inline void end_candidates(TestNetwork& network) {
  for (TestPeer* peer : {&network.alice, &network.bob}) {
    peer->agent.end_of_local_addresses(network.now());
    peer->agent.end_of_remote_candidates(network.now());
  }
  network.drain();
}

inline const SocketAddress alice_host = address_of("192.168.1.2", 5'000);
inline const SocketAddress alice_other = address_of("10.0.0.2", 5'001);
inline const SocketAddress bob_host = address_of("192.168.1.3", 6'000);
inline const SocketAddress bob_other = address_of("10.0.0.3", 6'001);

/// Alice and Bob with one address each, connected and settled.
inline bool connect(TestNetwork& network) {
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);
  network.introduce();
  end_candidates(network);
  return network.run_until([&] { return both_completed(network); }, 1s);
}

/// Whether data gets through in both directions.
inline bool carries_data(TestNetwork& network) {
  network.alice.data.clear();
  network.bob.data.clear();
  network.send(network.alice, "to bob");
  network.send(network.bob, "to alice");
  network.run(3 * network.latency);
  return network.alice.data == std::vector<std::string>{"to alice"} &&
         network.bob.data == std::vector<std::string>{"to bob"};
}

}  // namespace pigeon::ice
