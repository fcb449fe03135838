#include "membership/offer_rules.hpp"

#include <algorithm>

#include "membership/redundancy.hpp"

namespace pigeon::membership {

namespace {

bool lacks_links(const LinkTable& links, const MembershipOptions& options) {
  return links.linked_count() < std::max<std::size_t>(1, options.links_min);
}

/// An attempt that may be given up for an offer in `bucket`.
std::optional<PeerId> attempt_to_give_up(std::size_t bucket, const LinkTable& links,
                                         const Coverage& coverage, const MembershipOptions& options,
                                         Instant now) {
  const bool is_short = lacks_links(links, options);
  const Link* oldest = nullptr;
  for (const auto& [peer, link] : links.all()) {
    if (link.state == LinkState::linked) continue;
    // The bucket of the attempt is taken, or will be by this offer.
    const bool is_spare = link.bucket == bucket || coverage.at(link.bucket).present > 0;
    const bool may_go = link.state == LinkState::calling
                            ? is_short || is_spare
                            : is_short && link.since + answer_chance_time <= now;
    if (!may_go) continue;
    if (oldest == nullptr || link.since < oldest->since) oldest = &link;
  }
  if (oldest == nullptr) return std::nullopt;
  return oldest->spelled.id;
}

// Whether a peer in `bucket` needs a link more than `victim` does, which is redundant for us.
bool goes_before(std::size_t bucket, bool is_capable, const Link& victim, const LinkTable& links,
                 const Coverage& coverage, const MembershipOptions& options) {
  const BucketTally& tally = coverage.at(bucket);
  if (is_capable) {
    if (tally.present_capable == 0) return true;
    // The nearer two peers are, the fewer others they have to choose from.
    return tally.present < coverage.at(victim.bucket).linked;
  }
  if (tally.present == 0) return true;
  const auto others = std::count_if(links.all().begin(), links.all().end(), [](const auto& entry) {
    return !entry.second.is_capable && entry.second.state != LinkState::calling;
  });
  return static_cast<std::size_t>(others) < reserved_slots(options);
}

}  // namespace

OfferVerdict judge_known_offer(const Link& link, const wire::SpelledId& self,
                               const wire::SpelledId& from, Instant now) {
  // Another spelling of the same number is another peer for upstream's clients.
  if (from != link.spelled) return OfferVerdict::ignore;
  if (link.state == LinkState::calling) {
    const bool is_unheard = link.since + crossing_time_max <= now;
    return is_unheard || wire::offers_first(from, self) ? OfferVerdict::yield_and_accept
                                                        : OfferVerdict::ignore;
  }
  const bool is_given_up =
      link.state == LinkState::linked ? link.is_silent : link.offered_at + offer_copy_time <= now;
  return is_given_up ? OfferVerdict::yield_and_accept : OfferVerdict::ignore;
}

OfferDecision judge_new_offer(std::size_t bucket, bool is_capable, const LinkTable& links,
                              const MembershipOptions& options, Instant now) {
  if (links.occupied_count() < options.links_max) return {OfferVerdict::accept, std::nullopt};
  const Coverage coverage(links);
  if (const auto attempt = attempt_to_give_up(bucket, links, coverage, options, now)) {
    return {OfferVerdict::evict_and_accept, attempt};
  }
  if (options.evicts) {
    const auto victim = most_redundant_link(links, coverage, options);
    if (victim && goes_before(bucket, is_capable, *links.find(*victim), links, coverage, options)) {
      return {OfferVerdict::evict_and_accept, victim};
    }
  }
  return {OfferVerdict::reject_full, std::nullopt};
}

}  // namespace pigeon::membership
