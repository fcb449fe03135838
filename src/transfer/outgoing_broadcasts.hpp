#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "pigeon/id.hpp"
#include "pigeon/result.hpp"
#include "transfer/line.hpp"
#include "transfer/transfer_error.hpp"

namespace pigeon::transfer {

/// A message of a stream to everybody, to be signed and sent to all neighbors.
struct BroadcastPart {
  /// For `published`.
  std::uint64_t number = 0;
  std::string_view subtype;
  /// JSON.
  std::string content;
};

/// The streams of this peer to everybody. What is written waits here until it is taken part by
/// part: one at a time, so that they leave in order, and only while all channels have room and the
/// rate allows it.
class OutgoingBroadcasts {
 public:
  explicit OutgoingBroadcasts(const BroadcastOptions& options) : options_(options) {}

  /// `self`: the own id, under which the application hears of the stream.
  Result<StreamKey, TransferError> open(StreamMeta meta, const PeerId& self, Shared& shared,
                                        Now now);
  Result<void, TransferError> write(StreamKey key, BytesView data);
  Result<void, TransferError> end(StreamKey key);
  void abort(StreamKey key, std::string_view reason, Shared& shared);
  /// Breaks all of them off: nobody can hear of it.
  void abort_all(std::string_view reason, Shared& shared);

  /// Whether it can be written, or ended, or aborted.
  bool contains(StreamKey key) const;

  /// The next part, if it is time for it. The caller says `published` before it gets another one.
  std::optional<BroadcastPart> take_part(Shared& shared, Now now);
  /// A part has been sent to a neighbor; `bytes` is its whole message.
  void sent_to(const PeerId& neighbor, std::size_t bytes, Now now);
  /// A part has been sent to all.
  void published(std::uint64_t number, std::size_t bytes, Shared& shared, Now now);
  /// The channel of a neighbor has drained, or it is gone.
  void drained(const PeerId& neighbor, Now now);
  void forget(const PeerId& neighbor) { undrained_.erase(neighbor); }

  void handle_timeout(Now now);
  /// When to call `take_part` again.
  Instant next_timeout() const { return retry_at_; }

 private:
  enum class Step : std::uint8_t { chunk, end, abort };
  enum class State : std::uint8_t { open, ending, aborting };
  struct Stream {
    PeerId self;
    std::string id;
    StreamMeta meta;
    std::int64_t timestamp = 0;
    State state = State::open;
    /// Bytes written, those of them that wait, and those that may be written now.
    std::uint64_t position = 0;
    std::size_t waiting = 0;
    std::size_t credit = 0;
    /// Chunks taken.
    std::uint64_t chunk_count = 0;
    /// A write was refused because too many parts wait.
    bool was_refused = false;
  };
  struct Waiting {
    StreamKey stream{};
    Step step{};
    Bytes data;
    std::string reason;
  };
  /// What has gone to a neighbor since its channel drained.
  struct Undrained {
    std::size_t bytes = 0;
    Instant since;
    /// How long it has held parts up before, since `begin`.
    Duration held = Duration::zero();
    Instant begin;
  };

  std::size_t share() const;
  /// Until when channels or the rate hold parts up.
  Instant held_until(Now now) const;
  BroadcastPart make_part(const Waiting& waiting, Stream& stream);
  /// Lets more be written where enough has left.
  void give_credit(Shared& shared);
  void give_credit(StreamKey key, Stream& stream, Shared& shared) const;
  void erase(StreamKey key, Shared& shared);

  BroadcastOptions options_;
  std::map<StreamKey, Stream> streams_;
  std::deque<Waiting> queue_;
  /// The part that is being signed.
  struct Publishing {
    std::uint64_t number = 0;
    StreamKey stream{};
    Step step{};
  };
  std::optional<Publishing> publishing_;
  std::uint64_t last_number_ = 0;
  std::map<PeerId, Undrained> undrained_;
  /// When the rate will have made up for what was sent.
  Instant paid_at_{};
  Instant retry_at_ = Instant::max();
};

}  // namespace pigeon::transfer
