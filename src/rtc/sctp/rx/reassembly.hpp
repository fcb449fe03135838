#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "rtc/sctp/packet/data_chunk.hpp"
#include "rtc/sctp/packet/forward_tsn_chunk.hpp"
#include "rtc/sctp/rx/message_order.hpp"
#include "rtc/sctp/rx/mid_assembler.hpp"
#include "rtc/sctp/rx/received_message.hpp"
#include "rtc/sctp/rx/tsn_assembler.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

struct ReassemblyOptions {
  /// I-DATA was agreed upon; then DATA is an error, and the other way round (RFC 8260
  /// section 2.2.1).
  bool interleaved = false;
  /// The largest message that the other side was told.
  std::size_t message_bytes_max = 262'144;
  /// Streams that the other side may send on. One that was used holds about 130 bytes.
  std::uint32_t stream_count = 65'535;
};

/// Turns fragments into messages and brings them into the order of their streams. Holds at most
/// what the caller lets in: see `buffered_bytes`.
class Reassembly {
 public:
  explicit Reassembly(ReassemblyOptions options);

  /// Takes a fragment whose TSN has not come before.
  Receipt receive(Tsn tsn, const DataChunk& fragment);
  /// Drops what the other side has given up and delivers what waited for it (RFC 3758 section 3.6).
  void forward(Tsn tsn, const ItemList<SkippedSsn>& skipped);
  /// The same for interleaved messages (RFC 8260 section 2.3.1).
  void forward(const ItemList<SkippedMid>& skipped);
  /// Everything up to `cumulative` has come or was given up.
  void advance(Tsn cumulative) { tsns_.drop_orphans(cumulative); }
  /// The other side begins anew on these streams, or on all if there are none, and everything that
  /// it sent before has come (RFC 6525 section 5.2.2). Messages that are ready stay so.
  void reset_streams(const std::vector<StreamId>& streams);

  /// The next message for the application; nothing if none is ready.
  std::optional<ReceivedMessage> pop();
  /// Whether `pop` would give a message.
  bool has_message() const { return !ready_.empty(); }
  /// What is held, ready messages included, each piece with its overhead.
  std::size_t buffered_bytes() const { return tsns_.cost() + mids_.cost() + whole_cost_; }

 private:
  struct Stream {
    explicit Stream(bool interleaved) : order(interleaved ? 32 : 16) {}

    MessageOrder order;
    // Only to compare message numbers that wrap; unordered messages have no next one.
    Unwrapper<Mid> unordered{0};
  };

  Stream& stream(StreamId id);
  Receipt assemble(Tsn tsn, const DataChunk& fragment, std::optional<Assembly>& whole);
  Receipt deliver(Assembly whole);
  void drop(StreamId id, const Stream& stream);

  ReassemblyOptions options_;
  TsnAssembler tsns_;
  MidAssembler mids_;
  std::map<StreamId, Stream> streams_;
  std::deque<ReceivedMessage> ready_;
  /// What whole messages count: those ready and those that wait for their turn.
  std::size_t whole_cost_ = 0;
};

}  // namespace pigeon::sctp
