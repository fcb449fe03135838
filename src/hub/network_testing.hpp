#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "hub/accounts.hpp"

namespace pigeon::hub {

/// A namespace for tests without a hub around it.
class NetworkUnderTest {
 public:
  /// A member with so many slots; its id is greater than those of all members before.
  Peer& add_member(std::size_t slots = 3) {
    std::array<std::uint8_t, PeerId::byte_count> bytes{};
    bytes.front() = static_cast<std::uint8_t>(peers_.size());
    const TokenBucket bucket({.per_minute = 1, .burst = 1});
    peers_.push_back(std::make_unique<Peer>(ConnectionId{peers_.size()},
                                            wire::SpelledId{.id = PeerId(bytes)}, "10.0.0.1",
                                            bucket, bucket, bucket));
    Peer& peer = *peers_.back();
    set_slots(peer, slots);
    enter(peer, network_, networks_, Instant{});
    return peer;
  }
  const Network& network() const { return network_; }
  Networks& networks() { return networks_; }

 private:
  Networks networks_;
  Network& network_ = networks_.at("global");
  std::vector<std::unique_ptr<Peer>> peers_;
};

}  // namespace pigeon::hub
