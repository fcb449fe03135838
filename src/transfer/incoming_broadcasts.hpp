#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/keyed_hash.hpp"
#include "base/lru_set.hpp"
#include "base/time.hpp"
#include "pigeon/id.hpp"
#include "transfer/line.hpp"
#include "wire/broadcast_part.hpp"

namespace pigeon::transfer {

/// Where a part of a stream comes from.
struct BroadcastSource {
  PeerId from;
  /// `from` is proven. What is not belongs to other streams: anybody can have made it up.
  bool is_verified = false;
  /// Who has passed it on.
  PeerId neighbor;
};

/// The streams that peers anywhere in the mesh send to everybody. Parts come in any order, and some
/// never. Chunks are handed on in order; those before their turn are kept, within bounds.
/// False from `receive`: the part is not taken because a rule or a bound was broken.
class IncomingBroadcasts {
 public:
  IncomingBroadcasts(const BroadcastOptions& options, const KeyedHash& hash);

  bool receive(const BroadcastSource& source, wire::BroadcastChunk chunk, Shared& shared, Now now);
  bool receive(const BroadcastSource& source, const wire::BroadcastEnd& end, Shared& shared,
               Now now);
  bool receive(const BroadcastSource& source, const wire::BroadcastAbort& abort, Shared& shared);

  bool contains(StreamKey key) const { return names_.contains(key); }
  /// Takes no more of a stream; its sender does not hear of it.
  void abort(StreamKey key, Shared& shared);
  /// Breaks all of them off.
  void abort_all(std::string_view reason, Shared& shared);

  void handle_timeout(Shared& shared, Now now);
  Instant next_timeout() const;

 private:
  struct Name {
    PeerId from;
    bool is_verified = false;
    std::string id;

    auto operator<=>(const Name&) const = default;
  };
  struct Stream {
    /// Over whom its first part came.
    PeerId neighbor;
    /// Nothing until its first chunk is there.
    std::optional<StreamKey> key;
    std::optional<std::uint64_t> total_size;
    std::uint64_t received = 0;
    std::uint64_t next_index = 0;
    /// Chunks that came before their turn.
    std::map<std::uint64_t, Bytes> early;
    std::size_t early_bytes = 0;
    /// Chunks and bytes, as its end states them.
    struct End {
      std::uint64_t chunks = 0;
      std::uint64_t bytes = 0;
    };
    std::optional<End> end;
    Instant last_heard;
    /// Since when the chunk that is due has been waited for.
    Instant gap_since;

    bool has_gap() const { return !early.empty() || end || !key; }
  };
  using Streams = std::map<Name, Stream>;
  using Closed = LruSet<std::string, KeyedHash>;

  Streams::iterator open(const Name& name, const PeerId& neighbor, Now now);
  bool make_room(const BroadcastSource& source, Shared& shared, Now now);
  bool has_room(const Streams::value_type& wanted, std::size_t bytes) const;
  /// Whether parts of the stream are not wanted any more.
  bool is_closed(const Name& name);
  void remember_closed(const Name& name);

  void begin(Streams::iterator at, const wire::BroadcastMetadata& metadata,
             std::optional<std::uint64_t> total_size, Shared& shared);
  /// Why a chunk cannot be kept until its turn; empty if it can.
  std::string_view refusal(const Streams::value_type& entry,
                           const wire::BroadcastChunk& chunk) const;
  /// Why the next chunk cannot be handed on; empty if it was.
  static std::string_view deliver(Streams::iterator at, Bytes data, Shared& shared);
  /// Hands on what is due, and ends the stream if that was all.
  bool go_on(Streams::iterator at, Shared& shared, Now now);
  bool finish(Streams::iterator at, Shared& shared);
  /// Gives false.
  bool break_off(Streams::iterator at, std::string_view reason, Shared& shared);
  void close(Streams::iterator at, Shared& shared);
  Instant deadline(const Stream& stream) const;

  BroadcastOptions options_;
  Streams streams_;
  std::map<StreamKey, Name> names_;
  /// By `key_of`: of proven senders apart, so that nobody else makes us forget them.
  Closed closed_;
  Closed closed_verified_;
};

}  // namespace pigeon::transfer
