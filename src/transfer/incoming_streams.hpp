#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "transfer/line.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::transfer {

/// The streams that one neighbor sends. What arrives is handed on at once; only counts are kept.
/// False from any of them: the neighbor broke a rule or a bound.
class IncomingStreams {
 public:
  bool begin(const wire::StreamInit& init, Line& line, Shared& shared, Now now);
  /// A chunk's header, or a whole chunk of the older form.
  bool announce(const wire::StreamChunk& chunk, Line& line, Shared& shared);
  /// A chunk's bytes.
  bool receive(const AnnouncedFrame& frame, BytesView data, Line& line, Shared& shared);
  bool end(const wire::StreamEnd& message, Line& line, Shared& shared);
  /// Nothing if there is no such stream.
  bool abort(const wire::StreamAbort& message, Line& line, Shared& shared, Now now);

  bool contains(StreamKey key) const { return streams_.contains(key); }
  /// Ends it for good: the next stream of its token begins at 0.
  void abort(StreamKey key, std::string_view reason, Line& line, Shared& shared);
  /// Breaks all of them off.
  void link_closed(Line& line, Shared& shared, Now now);

 private:
  struct Stream {
    std::string id;
    std::string resume_token;
    std::optional<std::uint64_t> total_size;
    /// Bytes of the whole that have arrived, and that have been announced.
    std::uint64_t received = 0;
    std::uint64_t announced = 0;
    std::uint64_t next_index = 0;
    /// Chunks that are announced and have not arrived.
    std::size_t frames_due = 0;
  };
  using Streams = std::map<StreamKey, Stream>;

  Streams::iterator find(std::string_view id);
  static void deliver(Streams::iterator at, BytesView data, Line& line, Shared& shared);
  /// The neighbor broke a rule. Gives false.
  bool violate(Streams::iterator at, std::string_view reason, Line& line, Shared& shared);
  /// It broke off for no fault of its own.
  void interrupt(Streams::iterator at, std::string_view reason, Line& line, Shared& shared,
                 Now now);
  void erase(Streams::iterator at, Shared& shared);

  Streams streams_;
  std::map<std::string, StreamKey, std::less<>> keys_;
};

}  // namespace pigeon::transfer
