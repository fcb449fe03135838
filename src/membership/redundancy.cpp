#include "membership/redundancy.hpp"

#include <tuple>

namespace pigeon::membership {

namespace {

bool is_redundant(const Link& link, const Coverage& coverage) {
  const BucketTally& tally = coverage.at(link.bucket);
  if (tally.linked < 2) return false;
  return !link.is_capable || tally.linked_capable >= 2;
}

/// Whether losing `a` hurts less than losing `b`.
bool hurts_less(const Link& a, const Link& b, const Coverage& coverage,
                const MembershipOptions& options) {
  const auto rank = [&](const Link& link) {
    const bool is_preferred = options.prefers_verified && link.is_verified;
    const std::uint32_t in_bucket = options.uses_distance ? coverage.at(link.bucket).linked : 0;
    const std::size_t bucket = options.uses_distance ? link.bucket : 0;
    return std::tuple(is_preferred, !link.is_capable, -std::int64_t{in_bucket}, !link.is_own_call,
                      bucket, -link.since.time_since_epoch().count());
  };
  return rank(a) < rank(b);
}

template <class Predicate>
std::optional<PeerId> least_needed(const LinkTable& links, const Coverage& coverage,
                                   const MembershipOptions& options, Predicate may_go) {
  const Link* least = nullptr;
  for (const auto& [peer, link] : links.all()) {
    if (link.state != LinkState::linked || !may_go(link)) continue;
    if (least == nullptr || hurts_less(link, *least, coverage, options)) least = &link;
  }
  if (least == nullptr) return std::nullopt;
  return least->spelled.id;
}

}  // namespace

std::optional<PeerId> most_redundant_link(const LinkTable& links, const Coverage& coverage,
                                          const MembershipOptions& options) {
  if (!options.uses_distance) return std::nullopt;
  return least_needed(links, coverage, options,
                      [&](const Link& link) { return is_redundant(link, coverage); });
}

std::optional<PeerId> most_dispensable_link(const LinkTable& links, const Coverage& coverage,
                                            const MembershipOptions& options) {
  if (const auto redundant = most_redundant_link(links, coverage, options)) return redundant;
  return least_needed(links, coverage, options, [](const Link&) { return true; });
}

}  // namespace pigeon::membership
