#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/keyed_hash.hpp"
#include "base/lru_map.hpp"
#include "base/peer_id.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "membership/membership_options.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::membership {

/// Whose call it is, by the initiator rule, and whether the peer is of this project.
enum class Kind : std::uint8_t { ours_capable, ours_other, theirs_capable, theirs_other };
inline constexpr std::size_t kind_count = 4;

/// A peer that is known and takes no slot.
struct KnownPeer {
  wire::SpelledId spelled;
  bool is_capable = false;
  bool is_verified = false;
  /// Attempts that failed one after another.
  unsigned failures = 0;
  /// The last news of it from others.
  Instant heard_at{};
  /// It is not called before.
  Instant not_before = Instant::min();
};

/// Peers that could be called, by bucket of distance. Each call takes logarithmic time at most,
/// and no bound is exceeded however many peers are named: the one unheard of for longest is
/// forgotten first.
class KnownPeers {
 public:
  /// The peers of one bucket.
  struct Bucket {
    std::size_t count = 0;
    /// Those that may be called now, in no meaningful order.
    std::array<std::vector<PeerId>, kind_count> ready;

    const std::vector<PeerId>& of(Kind kind) const { return ready[static_cast<std::size_t>(kind)]; }
  };

  KnownPeers(const PeerId& self, const MembershipOptions& options, Random& random);

  /// Null if it is not known.
  const KnownPeer* find(const PeerId& peer) const;
  Kind kind_of(const KnownPeer& peer) const;
  bool is_ready(const PeerId& peer) const;

  /// Adds or replaces.
  void put(const KnownPeer& peer, Instant now);
  /// Adds what proved true of a peer, if it is known. Says nothing about when it was heard of.
  struct Marks {
    bool is_capable = false;
    bool is_verified = false;
  };
  void mark(const PeerId& peer, Marks marks);
  std::optional<KnownPeer> take(const PeerId& peer);

  /// Peers whose wait is over become ready; those unheard of for too long are forgotten.
  void advance(Instant now);
  /// When the next peer becomes ready; `Instant::max()` if none waits.
  Instant next_ready() const;

  std::size_t size() const { return peers_.size(); }
  /// In the order of their number; none is empty.
  const std::map<std::size_t, Bucket>& buckets() const { return buckets_; }
  /// The one heard of last first.
  std::vector<KnownPeer> all() const;

 private:
  struct Entry {
    KnownPeer peer;
    std::size_t bucket = 0;
    /// Index among the ready ones of its kind, or none if it waits.
    std::optional<std::size_t> position;
  };

  void place(Entry& entry, Instant now);
  void displace(const Entry& entry);

  wire::SpelledId self_;
  LruMap<PeerId, Entry, KeyedHash> peers_;
  std::map<std::size_t, Bucket> buckets_;
  std::set<std::pair<Instant, PeerId>> waiting_;
};

}  // namespace pigeon::membership
