#include "hub/roster.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"

namespace pigeon::hub {

namespace {

bool by_id(const Peer* a, const Peer* b) { return a->id < b->id; }

/// `id` with bit number `bits` inverted and all later bits set to `rest`.
PeerId bucket_edge(const PeerId& id, std::size_t bits, bool rest) {
  auto bytes = id.bytes();
  const std::size_t at = bits / 8;
  const auto bit = static_cast<std::uint8_t>(0x80U >> (bits % 8));
  const auto later = static_cast<std::uint8_t>(bit - 1U);
  bytes[at] ^= bit;
  bytes[at] = static_cast<std::uint8_t>(rest ? bytes[at] | later : bytes[at] & ~later);
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(at) + 1, bytes.end(),
            static_cast<std::uint8_t>(rest ? 0xff : 0));
  return PeerId(bytes);
}

}  // namespace

void Roster::insert(Peer* peer) {
  peers_.insert(std::upper_bound(peers_.begin(), peers_.end(), peer, by_id), peer);
}

void Roster::erase(Peer* peer) {
  const auto found = std::lower_bound(peers_.begin(), peers_.end(), peer, by_id);
  PIGEON_ASSERT(found != peers_.end());
  PIGEON_ASSERT(*found == peer);
  peers_.erase(found);
}

std::span<Peer* const> Roster::bucket(const PeerId& id, std::size_t bits) const {
  if (bits >= 8 * PeerId::byte_count) return {};
  const PeerId low = bucket_edge(id, bits, false);
  const PeerId high = bucket_edge(id, bits, true);
  const auto first =
      std::lower_bound(peers_.begin(), peers_.end(), low,
                       [](const Peer* peer, const PeerId& edge) { return peer->id.id < edge; });
  const auto last =
      std::upper_bound(first, peers_.end(), high,
                       [](const PeerId& edge, const Peer* peer) { return edge < peer->id.id; });
  return {first, last};
}

Network& Networks::at(std::string_view name) {
  auto found = networks_.find(name);
  if (found == networks_.end()) {
    found = networks_.emplace(std::string(name), std::make_unique<Network>()).first;
    found->second->name = name;
  }
  return *found->second;
}

Network* Networks::find(std::string_view name) {
  const auto found = networks_.find(name);
  return found == networks_.end() ? nullptr : found->second.get();
}

void Networks::drop_if_empty(Network* network) {
  if (network->members.size() == 0) networks_.erase(networks_.find(network->name));
}

}  // namespace pigeon::hub
