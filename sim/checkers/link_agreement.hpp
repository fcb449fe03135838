#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "pigeon/id.hpp"
#include "sim/checkers/findings.hpp"

namespace pigeon::sim {

/// Sees to it that both sides of a link agree that there is one, and that nobody holds a channel
/// that it has forgotten: for a moment they may differ, not for longer.
class LinkAgreement {
 public:
  struct Party {
    PeerId id;
    /// Peers that it says it is linked with, in the order of their ids.
    std::vector<PeerId> links;
    /// Peers that it has open channels with, in truth.
    std::vector<PeerId> channels;
  };

  /// `limit`: how long they may differ.
  LinkAgreement(Findings& findings, Duration limit) : findings_(findings), limit_(limit) {}

  /// Somebody who lies: nothing that is about it counts.
  void excuse(const PeerId& liar) { excused_.insert(liar); }
  /// The parties are in the order of their ids.
  void check(const std::vector<Party>& parties, Instant now);

 private:
  using Pair = std::pair<PeerId, PeerId>;

  void complain(const Pair& pair, std::string_view what, Instant now);

  Findings& findings_;
  Duration limit_;
  std::set<PeerId> excused_;
  /// Since when.
  std::map<std::pair<Pair, std::string_view>, Instant> differing_;
  std::map<std::pair<Pair, std::string_view>, Instant> still_differing_;
};

}  // namespace pigeon::sim
