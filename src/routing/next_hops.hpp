#pragma once

#include <optional>
#include <span>
#include <vector>

#include "pigeon/id.hpp"

namespace pigeon::routing {

/// Where a direct message goes next.
struct NextHops {
  /// Empty: nowhere.
  std::vector<PeerId> peers;
  /// Every neighbor in `peers` gets it as a spread: it came as one, or no way was known.
  bool spreads = false;
  /// No link led nearer to the target.
  bool is_dead_end = false;
};

/// The peer nearest to `to`; nothing if there is none.
std::optional<PeerId> nearest(const PeerId& to, std::span<const PeerId> peers);

/// True if `peer` is among `peers`.
bool contains(std::span<const PeerId> peers, const PeerId& peer);

}  // namespace pigeon::routing
