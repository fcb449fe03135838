#include "sim/checkers/link_agreement.hpp"

#include <algorithm>
#include <utility>

#include "sim/checkers/delivery_ledger.hpp"

namespace pigeon::sim {

void LinkAgreement::check(const std::vector<Party>& parties, Instant now) {
  still_differing_.clear();
  const auto find = [&](const PeerId& id) {
    const auto found = std::lower_bound(
        parties.begin(), parties.end(), id,
        [](const Party& party, const PeerId& wanted) { return party.id < wanted; });
    return found == parties.end() || found->id != id ? nullptr : &*found;
  };
  for (const Party& party : parties) {
    for (const PeerId& other : party.links) {
      const Party* there = find(other);
      if (there == nullptr ||
          !std::binary_search(there->links.begin(), there->links.end(), party.id)) {
        complain({party.id, other}, " is linked with ", now);
      }
    }
    for (const PeerId& other : party.channels) {
      if (!std::binary_search(party.links.begin(), party.links.end(), other)) {
        complain({party.id, other}, " has forgotten a channel with ", now);
      }
    }
  }
  differing_ = std::exchange(still_differing_, {});
}

void LinkAgreement::complain(const Pair& pair, std::string_view what, Instant now) {
  if (excused_.contains(pair.first) || excused_.contains(pair.second)) return;
  const auto before = differing_.find({pair, what});
  const Instant since = before == differing_.end() ? now : before->second;
  // Said once: it counts as new from then on.
  const bool is_late = since + limit_ < now;
  still_differing_[{pair, what}] = is_late ? now : since;
  if (is_late) {
    findings_.add(now, short_name(pair.first) + std::string(what) + short_name(pair.second) +
                           ", which does not know of it");
  }
}

}  // namespace pigeon::sim
