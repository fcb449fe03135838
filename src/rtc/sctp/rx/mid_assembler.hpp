#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "rtc/sctp/packet/data_chunk.hpp"
#include "rtc/sctp/rx/assembly.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// Joins the fragments of I-DATA chunks, which name their message and their place in it (RFC 8260
/// section 2.1). As in `TsnAssembler` a byte is copied twice at most.
class MidAssembler {
 public:
  /// `message_bytes_max` bounds a message.
  explicit MidAssembler(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  /// Takes a fragment whose TSN has not come before; `mid` is its message number, unwrapped. If it
  /// completes a message, that is moved to `whole`.
  Receipt receive(std::uint64_t mid, const DataChunk& fragment, std::optional<Assembly>& whole);
  /// Drops the unfinished messages up to `mid` of a stream, ordered or unordered ones.
  void drop_to(StreamId stream, bool unordered, std::uint64_t mid);

  /// What is held, as it counts against the window.
  std::size_t cost() const { return cost_; }

 private:
  struct Key {
    StreamId stream;
    bool unordered;
    std::uint64_t mid;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Partial {
    /// Place of the fragment that continues it.
    std::uint32_t next = 0;
    bool ended = false;
    Assembly assembly;
    std::map<std::uint32_t, LonelyFragment> lonely;
  };
  using Partials = std::map<Key, Partial>;

  Receipt receive_whole(std::uint64_t mid, const DataChunk& fragment,
                        std::optional<Assembly>& whole) const;
  Partials::iterator partial_of(std::uint64_t mid, const DataChunk& fragment);
  Receipt append(Partial& partial, BytesView payload, bool ending);
  Receipt append_lonely(Partial& partial);
  void drop(Partials::iterator partial);

  std::size_t message_bytes_max_;
  std::size_t cost_ = 0;
  SizeGuess size_guess_;
  Partials partials_;
};

}  // namespace pigeon::sctp
