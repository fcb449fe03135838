#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rtc/peer_connection.hpp"

namespace pigeon::rtc {

/// A connection on a host of the test's network, and everything it has told.
struct TestPeer {
  TestPeer(std::uint64_t seed, std::uint8_t host, Configuration configuration = {})
      : address{IpAddress(IpAddress::V4{192, 0, 2, host}), 5'000},
        connection(certificate(), std::move(configuration), Random::from_number(seed)) {
    connection.add_local_address(address, {});
    connection.end_of_local_addresses({});
  }

  static const dtls::Certificate& certificate() {
    static const dtls::Certificate made =
        dtls::Certificate::generate({Instant(), 1'700'000'000'000});
    return made;
  }

  template <class Kind>
  std::vector<Kind> told() const {
    std::vector<Kind> found;
    for (const Event& event : events) {
      if (const auto* const one = std::get_if<Kind>(&event)) found.push_back(*one);
    }
    return found;
  }

  /// The text of every message, in order.
  std::vector<std::string> texts() const {
    std::vector<std::string> found;
    for (const auto& message : told<ChannelMessage>()) {
      found.emplace_back(message.data.begin(), message.data.end());
    }
    return found;
  }

  /// The key of the channel with this label that the other side has made.
  ChannelKey announced(std::string_view label) const {
    for (const auto& one : told<ChannelAnnounced>()) {
      const DataChannel* const channel = connection.data_channel(one.channel);
      if (channel != nullptr && channel->label == label) return one.channel;
    }
    return ChannelKey{};
  }

  SocketAddress address;
  PeerConnection connection;
  std::vector<Event> events;
  /// Does not ask for events, as a program that hangs.
  bool is_deaf = false;
  /// Candidates that the other side has not been told yet, because it has no description.
  std::deque<IceCandidate> candidates;
};

/// Two connections, the first of which offers, and a network with a delay of 5 ms.
class TestPair {
 public:
  explicit TestPair(Configuration first = {}, Configuration second = {})
      : alice(1, 1, std::move(first)), bob(2, 2, std::move(second)) {}

  Now now() const { return {time_, 1'700'000'000'000}; }

  /// Alice offers and Bob answers.
  void negotiate() { negotiate(alice, bob); }
  void negotiate(TestPeer& from, TestPeer& to) {
    const auto offer = from.connection.set_local_description(now());
    PIGEON_ASSERT(offer.has_value());
    PIGEON_ASSERT(to.connection.set_remote_description(*offer, now()).has_value());
    const auto answer = to.connection.set_local_description(now());
    PIGEON_ASSERT(answer.has_value());
    PIGEON_ASSERT(from.connection.set_remote_description(*answer, now()).has_value());
  }

  /// Lets time pass, with everything that happens in it.
  void run_for(Duration duration) {
    const Instant end = time_ + duration;
    while (true) {
      settle();
      const Instant next = std::min(
          {next_arrival(), alice.connection.next_timeout(), bob.connection.next_timeout()});
      if (next > end) break;
      time_ = std::max(time_, next);
      arrive();
      for (TestPeer* const peer : {&alice, &bob}) {
        if (peer->connection.next_timeout() <= time_) peer->connection.handle_timeout(now());
      }
    }
    time_ = end;
  }

  /// A channel of Alice's, open at both ends.
  ChannelKey connect(DataChannelInit init = {}) {
    const ChannelKey key = *alice.connection.create_data_channel("chat", std::move(init), now());
    negotiate();
    run_for(2s);
    return key;
  }

  TestPeer alice;
  TestPeer bob;
  /// Which datagrams get lost.
  std::function<bool(const TestPeer& from, BytesView datagram)> drops =
      [](const TestPeer&, BytesView) { return false; };
  bool carries_candidates = true;

 private:
  struct Flight {
    AddressPair path;  // as the receiver sees it
    Bytes bytes;
  };

  void settle() {
    for (bool is_busy = true; is_busy;) {
      is_busy = settle(alice, bob);
      is_busy = settle(bob, alice) || is_busy;
    }
  }

  bool settle(TestPeer& peer, TestPeer& other) {
    std::vector<Event> events;
    if (!peer.is_deaf) events = peer.connection.take_events(now());
    for (Event& event : events) {
      if (const auto* const found = std::get_if<IceCandidateFound>(&event)) {
        peer.candidates.push_back(found->candidate);
      }
      peer.events.push_back(std::move(event));
    }
    while (carries_candidates && !peer.candidates.empty() &&
           other.connection.add_ice_candidate(peer.candidates.front(), now())) {
      peer.candidates.pop_front();
    }
    DatagramBatch batch;
    peer.connection.transmit(batch, now());
    for (const auto& one : batch.datagrams()) {
      const BytesView payload = batch.payload(one);
      if (drops(peer, payload)) continue;
      flights_.emplace(time_ + 5ms, Flight{{one.path.remote, one.path.local},
                                           Bytes(payload.begin(), payload.end())});
    }
    return !events.empty() || !batch.empty();
  }

  Instant next_arrival() const {
    return flights_.empty() ? Instant::max() : flights_.begin()->first;
  }

  void arrive() {
    while (!flights_.empty() && flights_.begin()->first <= time_) {
      const Flight flight = std::move(flights_.begin()->second);
      flights_.erase(flights_.begin());
      for (TestPeer* const peer : {&alice, &bob}) {
        if (peer->address == flight.path.local) {
          peer->connection.receive(flight.path, flight.bytes, now());
        }
      }
    }
  }

  Instant time_{};
  std::multimap<Instant, Flight> flights_;
};

inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace pigeon::rtc
