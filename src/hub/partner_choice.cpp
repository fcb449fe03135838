#include "hub/partner_choice.hpp"

#include <algorithm>
#include <span>
#include <tuple>

#include "base/peer_id.hpp"
#include "hub/accounts.hpp"
#include "hub/roster.hpp"

namespace pigeon::hub {

namespace {

/// Candidates compared for each choice.
constexpr std::size_t sample_size = 8;
/// Members looked at in search of one that would evict.
constexpr std::size_t evictor_sample_size = 64;
/// Buckets beyond this are empty in any namespace that fits into memory.
constexpr std::size_t bucket_count = 40;
/// Upstream's clients take no notice of an id that they were told of in the last five minutes.
constexpr Duration notice_memory = 5min;

/// Chooses the partners of one peer.
class Choice {
 public:
  Choice(const Peer& peer, std::size_t count, Random& random, Instant now)
      : peer_(peer), count_(count), random_(random), now_(now) {}

  bool finished() const { return chosen_.size() >= count_; }

  /// One of the candidates, if any is eligible.
  bool take_one(std::span<Peer* const> candidates) {
    Peer* best = nullptr;
    const std::size_t offset = candidates.empty() ? 0 : random_.index(candidates.size());
    const std::size_t step = std::max<std::size_t>(1, candidates.size() / sample_size);
    // Evenly spread from a random start: the same candidate is not looked at twice.
    for (std::size_t i = 0; i < std::min(candidates.size(), sample_size); ++i) {
      Peer* candidate = candidates[(offset + i * step) % candidates.size()];
      if (!is_eligible(*candidate)) continue;
      if (best == nullptr || rank(*candidate) < rank(*best)) best = candidate;
    }
    if (best != nullptr) chosen_.push_back(best);
    return best != nullptr;
  }

  std::vector<Peer*> take() { return std::move(chosen_); }

 private:
  // Peers without any link come first, then those with the most free slots.
  static std::tuple<bool, std::ptrdiff_t> rank(const Peer& candidate) {
    return {candidate.slots_used() != 0, -static_cast<std::ptrdiff_t>(candidate.slots_free())};
  }

  bool is_eligible(const Peer& candidate) const {
    if (&candidate == &peer_ || candidate.closing || candidate.full_until > now_) return false;
    if (std::find(chosen_.begin(), chosen_.end(), &candidate) != chosen_.end()) return false;
    return std::none_of(peer_.links.begin(), peer_.links.end(), [&](const Link& link) {
      if (link.other != &candidate) return false;
      return link.state != LinkState::known || link.since + notice_memory > now_;
    });
  }

  const Peer& peer_;
  std::size_t count_;
  Random& random_;
  Instant now_;
  std::vector<Peer*> chosen_;
};

}  // namespace

std::vector<Peer*> choose_partners(const Peer& peer, std::size_t count,
                                   const IntroductionOptions& options, Random& random,
                                   Instant now) {
  const Roster& open = peer.network->open;
  Choice choice(peer, count, random, now);
  const std::size_t at_random = count > 2 * options.random_of_join ? options.random_of_join : 0;
  for (std::size_t i = 0; i < at_random; ++i) choice.take_one(open.all());
  for (bool progress = true; progress && !choice.finished();) {
    progress = false;
    for (std::size_t bits = 0; bits < bucket_count && !choice.finished(); ++bits) {
      progress = choice.take_one(open.bucket(peer.id.id, bits)) || progress;
    }
  }
  // Two spellings of one number share no bucket; and a sample may have missed the last candidates.
  for (bool progress = true; progress && !choice.finished();) {
    progress = choice.take_one(open.all());
  }
  return choice.take();
}

bool would_evict_for(const Peer& owner, const Peer& newcomer) {
  if (!offers_first(newcomer.id, owner.id)) return false;
  const Peer* farthest = farthest_link(owner, nullptr);
  return farthest != nullptr &&
         distance(owner.id.id, newcomer.id.id) < distance(owner.id.id, farthest->id.id);
}

Peer* choose_evictor(const Peer& peer, Random& random) {
  const std::span<Peer* const> members = peer.network->members.all();
  const std::size_t offset = random.index(members.size());
  const std::size_t step = std::max<std::size_t>(1, members.size() / evictor_sample_size);
  for (std::size_t i = 0; i < std::min(members.size(), evictor_sample_size); ++i) {
    Peer* member = members[(offset + i * step) % members.size()];
    if (member == &peer || member->closing) continue;
    const bool is_known = std::any_of(peer.links.begin(), peer.links.end(),
                                      [&](const Link& link) { return link.other == member; });
    if (!is_known && would_evict_for(*member, peer)) return member;
  }
  return nullptr;
}

}  // namespace pigeon::hub
