#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "pigeon/id.hpp"

namespace pigeon::transfer {

/// How much of streams that broke off has arrived; the bytes themselves are the application's.
/// Bounded in count, for all peers and for each, and in time: the oldest is forgotten first.
class ResumeTable {
 public:
  /// One peer gets at most a quarter of `count_max`, but at least one place.
  ResumeTable(std::size_t count_max, Duration time_max);

  /// What a stream is known by when it comes again.
  struct Name {
    PeerId peer;
    std::string token;
    /// Another size is another file, whatever the token says.
    std::optional<std::uint64_t> total_size;

    bool operator==(const Name&) const = default;
  };

  void remember(Name name, std::uint64_t offset, Instant now);
  /// The offset at which a stream goes on, 0 if it is not known; it is forgotten thereby.
  std::uint64_t take(const Name& name, Instant now);

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Name name;
    std::uint64_t offset = 0;
    Instant remembered;
  };

  void expire(Instant now);
  void make_room(const PeerId& peer);

  std::size_t count_max_;
  std::size_t count_per_peer_max_;
  Duration time_max_;
  /// Oldest first.
  std::vector<Entry> entries_;
};

}  // namespace pigeon::transfer
