#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "pigeon/id.hpp"
#include "transfer/transfer_effect.hpp"

namespace pigeon::transfer {

/// Gives streams their keys and knows with whom they are.
class StreamKeys {
 public:
  StreamKey issue(const PeerId& peer) {
    const StreamKey key{++last_};
    peers_.emplace(key, peer);
    return key;
  }
  /// Of a stream that is with nobody in particular.
  StreamKey issue() { return StreamKey{++last_}; }
  void retire(StreamKey key) { peers_.erase(key); }

  std::optional<PeerId> peer_of(StreamKey key) const {
    const auto found = peers_.find(key);
    if (found == peers_.end()) return std::nullopt;
    return found->second;
  }
  /// True for every key that there has ever been.
  bool was_issued(StreamKey key) const {
    const auto number = static_cast<std::uint64_t>(key);
    return number >= 1 && number <= last_;
  }

 private:
  std::uint64_t last_ = 0;
  std::map<StreamKey, PeerId> peers_;
};

}  // namespace pigeon::transfer
