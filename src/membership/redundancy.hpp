#pragma once

#include <optional>

#include "base/peer_id.hpp"
#include "membership/link_table.hpp"
#include "membership/membership_options.hpp"

namespace pigeon::membership {

/// The open link that can be given up without leaving a bucket of distance, or the peers of this
/// project in it, without a link; of several the one whose loss hurts least:
/// - an unverified one, if verified ones are preferred;
/// - one to a peer of this project, because upstream's peers have three links and may end alone;
/// - in the bucket with most links, and of those with as many in the farthest one, in which both
///   sides know the most replacements;
/// - the youngest, because what has lasted will last, and strangers in numbers push nobody out.
/// Nothing if no link is redundant. Without distances none is.
std::optional<PeerId> most_redundant_link(const LinkTable& links, const Coverage& coverage,
                                          const MembershipOptions& options);

/// The open link to give up if one has to go: the most redundant one, or by the same order any.
std::optional<PeerId> most_dispensable_link(const LinkTable& links, const Coverage& coverage,
                                            const MembershipOptions& options);

}  // namespace pigeon::membership
