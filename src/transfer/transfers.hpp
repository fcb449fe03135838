#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "pigeon/id.hpp"
#include "pigeon/result.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::transfer {

/// Names a stream of either direction; never used again for another one.
enum class StreamKey : std::uint64_t {};

struct TransferOptions {
  std::size_t streams_per_peer_max = 64;
  /// Bytes of the longest stream that is accepted; 0 is no limit.
  std::uint64_t stream_bytes_max = 0;
  /// Bytes of a binary message.
  std::size_t binary_bytes_max = 262'144;
  /// Binary frames that may be announced before the first of them arrives.
  std::size_t announced_count_max = 256;
  /// Bytes that a stream may hand to its channel before the channel has to be empty again.
  std::size_t window = 262'144;
  /// Streams that broke off and may go on, and for how long.
  std::size_t resumable_count_max = 256;
  Duration resumable_time_max = 10min;
  /// How long a resumable stream waits for the other side's answer; then it starts at 0.
  Duration resume_wait = 2s;
};

/// What a stream carries.
struct StreamMeta {
  std::string type;
  std::string filename;
  std::string mime_type;
  std::optional<std::uint64_t> total_size;
  std::size_t chunk_size = 16'384;
  std::string resume_token;
};

enum class TransferError : std::uint8_t {
  unknown_stream,
  /// More than the stream has said it takes now.
  over_window,
  too_large,
  too_many,
  /// The stream has been ended.
  ended,
};
std::string_view to_string(TransferError error);

// ---- To the channel of a neighbor, in this order.
struct TransferText {
  PeerId to;
  std::string text;
};
struct TransferBytes {
  PeerId to;
  Bytes data;
};
/// Call `drained` when what was sent to this neighbor has left the machine, or nearly.
struct WantsDrained {
  PeerId to;
};
// ---- To the application.
struct BinaryArrived {
  PeerId from;
  Bytes data;
};
struct StreamBegan {
  PeerId from;
  StreamKey stream{};
  StreamMeta meta;
  std::uint64_t offset = 0;
};
struct StreamBytes {
  PeerId from;
  StreamKey stream{};
  Bytes data;
};
struct StreamTakes {
  PeerId to;
  StreamKey stream{};
  std::size_t bytes = 0;
  std::uint64_t offset = 0;
};
struct StreamEnded {
  PeerId peer;
  StreamKey stream{};
  std::uint64_t total_bytes = 0;
};
struct StreamBroken {
  PeerId peer;
  StreamKey stream{};
  std::string reason;
};
using TransferEffect =
    std::variant<TransferText, TransferBytes, WantsDrained, BinaryArrived, StreamBegan, StreamBytes,
                 StreamTakes, StreamEnded, StreamBroken>;

/// Binary messages and streams between neighbors (PeerPigeon protocol, 5.8), with back-pressure
/// and, between peers of this project, resumption.
class Transfers {
 public:
  Transfers(const TransferOptions& options, Random random);

  // ---- Links
  void link_opened(const PeerId& peer);
  void link_closed(const PeerId& peer, Now now);
  void drained(const PeerId& peer, Now now);

  // ---- What neighbors send. False: it breaks the protocol or a bound; it was dropped.
  bool receive(const PeerId& from, const wire::BinaryHeader& message);
  bool receive(const PeerId& from, const wire::StreamInit& message, Now now);
  bool receive(const PeerId& from, const wire::StreamChunk& message);
  bool receive(const PeerId& from, const wire::StreamEnd& message);
  bool receive(const PeerId& from, const wire::StreamAbort& message);
  bool receive(const PeerId& from, const wire::StreamResume& message);
  /// A binary frame: the payload of what was announced first.
  bool receive_binary(const PeerId& from, BytesView data);

  // ---- What the application wants
  Result<void, TransferError> send_binary(const PeerId& to, BytesView data);
  Result<StreamKey, TransferError> open(const PeerId& to, StreamMeta meta, Now now);
  Result<void, TransferError> write(StreamKey stream, BytesView data);
  Result<void, TransferError> end(StreamKey stream);
  Result<void, TransferError> abort(StreamKey stream, std::string_view reason);

  void handle_timeout(Now now);
  Instant next_timeout() const;
  std::vector<TransferEffect> take_effects();
};

}  // namespace pigeon::transfer
