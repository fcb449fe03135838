#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "pigeon/result.hpp"
#include "transfer/line.hpp"
#include "transfer/transfer_error.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::transfer {

/// The streams to one neighbor. What is written is handed to the channel at once; each stream may
/// write a share of the window, and more when the channel has drained.
class OutgoingStreams {
 public:
  /// `answers`: the neighbor is of this project and says where a stream with a token goes on.
  Result<StreamKey, TransferError> open(StreamMeta meta, bool answers, Line& line, Shared& shared,
                                        Now now);
  Result<void, TransferError> write(StreamKey key, BytesView data, Line& line, Shared& shared);
  Result<void, TransferError> end(StreamKey key, Line& line, Shared& shared);
  void abort(StreamKey key, std::string_view reason, Line& line, Shared& shared);

  bool contains(StreamKey key) const { return streams_.contains(key); }

  /// Where a stream begins. False: nobody has asked, or there is no such byte.
  bool resume(const wire::StreamResume& message, Line& line, Shared& shared);
  /// The receiver wants no more. False if there is no such stream.
  bool abort(const wire::StreamAbort& message, Line& line, Shared& shared);

  void drained(const Line& line, Shared& shared);
  /// A stream has waited for its answer for long enough.
  void begin_without_answer(StreamKey key, Line& line, Shared& shared, Now now);
  void link_closed(const Line& line, Shared& shared);

 private:
  struct Stream {
    std::string id;
    StreamMeta meta;
    /// Byte of the whole that is written next.
    std::uint64_t position = 0;
    std::uint64_t chunk_count = 0;
    /// Bytes that may be written now.
    std::size_t credit = 0;
    bool waits_for_answer = false;
    bool ends_when_answered = false;
    /// A write was refused because the channel was full.
    bool was_refused = false;
  };
  using Streams = std::map<StreamKey, Stream>;

  Streams::iterator find(std::string_view id);
  std::size_t share(const Shared& shared) const;
  static void send_init(Stream& stream, Line& line, Shared& shared, Now now);
  void begin(Streams::iterator at, std::uint64_t offset, Line& line, Shared& shared);
  void finish(Streams::iterator at, Line& line, Shared& shared);
  void close(Streams::iterator at, Line& line, Shared& shared);

  Streams streams_;
};

}  // namespace pigeon::transfer
