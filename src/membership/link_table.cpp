#include "membership/link_table.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace pigeon::membership {

Link* LinkTable::find(const PeerId& peer) {
  const auto found = links_.find(peer);
  return found == links_.end() ? nullptr : &found->second;
}

const Link* LinkTable::find(const PeerId& peer) const {
  const auto found = links_.find(peer);
  return found == links_.end() ? nullptr : &found->second;
}

Link& LinkTable::add(const Link& link) {
  const auto [place, is_added] = links_.emplace(link.spelled.id, link);
  PIGEON_ASSERT(is_added);
  if (link.state == LinkState::linked) ++linked_count_;
  return place->second;
}

void LinkTable::remove(const PeerId& peer) {
  const auto found = links_.find(peer);
  if (found == links_.end()) return;
  if (found->second.state == LinkState::linked) --linked_count_;
  links_.erase(found);
}

void LinkTable::set_state(Link& link, LinkState state, Instant now) {
  if (link.state == LinkState::linked) --linked_count_;
  if (state == LinkState::linked) ++linked_count_;
  link.state = state;
  link.since = now;
}

std::size_t LinkTable::calling_count() const {
  return static_cast<std::size_t>(
      std::count_if(links_.begin(), links_.end(),
                    [](const auto& entry) { return entry.second.state == LinkState::calling; }));
}

Instant LinkTable::next_deadline() const {
  Instant next = Instant::max();
  for (const auto& [peer, link] : links_) next = std::min(next, link.deadline);
  return next;
}

Coverage::Coverage(const LinkTable& links) {
  for (const auto& [peer, link] : links.all()) {
    BucketTally& tally = tallies_[link.bucket];
    const std::uint32_t capable = link.is_capable ? 1 : 0;
    ++tally.occupied;
    tally.occupied_capable += capable;
    if (link.state == LinkState::calling) continue;
    ++tally.present;
    tally.present_capable += capable;
    if (link.state != LinkState::linked) continue;
    ++tally.linked;
    tally.linked_capable += capable;
  }
}

std::size_t Coverage::occupied_bucket_count() const {
  return static_cast<std::size_t>(
      std::count_if(tallies_.begin(), tallies_.end(),
                    [](const BucketTally& tally) { return tally.occupied > 0; }));
}

}  // namespace pigeon::membership
