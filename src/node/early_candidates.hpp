#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "base/keyed_hash.hpp"
#include "base/lru_map.hpp"
#include "base/time.hpp"
#include "pigeon/rtc_types.hpp"

namespace pigeon::node {

/// Candidates that arrive before the offer they belong to, as they may when the two take different
/// ways. Upstream keeps them for ever; here the oldest peer's go first.
class EarlyCandidates {
 public:
  static constexpr std::size_t peer_count_max = 32;
  static constexpr std::size_t candidate_count_max = 32;

  explicit EarlyCandidates(Random& random)
      : candidates_({.count_max = peer_count_max, .time_to_live = 10s}, KeyedHash(random)) {}

  /// False if that peer has too many already.
  bool keep(const PeerId& peer, rtc::IceCandidate candidate, Now now) {
    candidates_.expire(now.monotonic);
    auto* kept = candidates_.find(peer);
    if (kept == nullptr) kept = &candidates_.insert(peer, {}, now.monotonic);
    if (kept->size() >= candidate_count_max) return false;
    kept->push_back(std::move(candidate));
    return true;
  }

  /// Those of a peer, which are forgotten.
  std::vector<rtc::IceCandidate> take(const PeerId& peer) {
    auto* kept = candidates_.find(peer);
    if (kept == nullptr) return {};
    auto taken = std::move(*kept);
    candidates_.erase(peer);
    return taken;
  }

 private:
  LruMap<PeerId, std::vector<rtc::IceCandidate>, KeyedHash> candidates_;
};

}  // namespace pigeon::node
