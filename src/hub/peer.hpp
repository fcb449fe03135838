#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "hub/input.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::hub {

struct Network;
struct Peer;

/// How far two peers have come since the hub told one of the other.
enum class LinkState : std::uint8_t {
  /// Both know of each other, but no link is expected.
  known,
  /// The greater id has been told and is expected to offer.
  introduced,
  /// An offer has been relayed.
  offered,
  /// An answer has been relayed: taken for connected.
  answered,
};

/// One peer's side of an introduction. The other peer holds the mirror image.
struct Link {
  Peer* other = nullptr;
  LinkState state = LinkState::known;
  /// Whether this peer has been told of the other.
  bool told = false;
  /// Whether an offer of this peer to the other has been relayed and not been answered since.
  bool has_offered = false;
  /// When the state was entered.
  Instant since{};
};

/// A client whose id has been accepted.
struct Peer {
  Peer(ConnectionId connection_id, const wire::SpelledId& spelled, std::string remote,
       TokenBucket announces_bucket, TokenBucket messages_bucket, TokenBucket bytes_bucket)
      : connection(connection_id),
        id(spelled),
        address(std::move(remote)),
        announces(announces_bucket),
        messages(messages_bucket),
        bytes(bytes_bucket) {}

  /// Links that are there or under way; each takes a slot.
  std::size_t slots_used() const {
    return static_cast<std::size_t>(std::count_if(links.begin(), links.end(), [](const Link& link) {
      return link.state != LinkState::known;
    }));
  }
  std::size_t answered_links() const {
    return static_cast<std::size_t>(std::count_if(links.begin(), links.end(), [](const Link& link) {
      return link.state == LinkState::answered;
    }));
  }
  /// Slots that the hub may still fill.
  std::size_t slots_free() const {
    const std::size_t used = slots_used();
    return used < slots ? slots - used : 0;
  }
  Link* find_link(const Peer& other) {
    const auto found = std::find_if(links.begin(), links.end(),
                                    [&](const Link& link) { return link.other == &other; });
    return found == links.end() ? nullptr : &*found;
  }

  ConnectionId connection;
  wire::SpelledId id;
  /// Both as in `ConnectionOpened`.
  std::string address;
  std::string remote_address;
  /// Null before the first announcement and after a goodbye.
  Network* network = nullptr;
  /// What was announced, as JSON members.
  std::string members;
  std::vector<Link> links;
  TokenBucket announces;
  TokenBucket messages;
  TokenBucket bytes;
  std::int64_t connected_wall_ms = 0;
  std::int64_t announced_wall_ms = 0;
  /// When anything was last heard from the client.
  Instant heard_at{};
  Instant pinged_at{};
  /// When the introductions of this peer are looked at next; `Instant::max()` for never.
  Instant review_at = Instant::max();
  /// Until then the client is taken to have no free slot, whatever the account says.
  Instant full_until{};
  Instant joined_at{};
  std::uint16_t slots = 0;
  std::uint8_t missed_pings = 0;
  std::uint8_t reviews = 0;
  std::uint32_t refusals = 0;
  /// A newcomer claims the same id and waits whether this one shows life.
  bool contested = false;
  /// A close has been sent; nothing else is any more.
  bool closing = false;
};

}  // namespace pigeon::hub
