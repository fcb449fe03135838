#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "pigeon/id.hpp"

namespace pigeon::transfer {

/// Names a stream of either direction; never used again for another one.
enum class StreamKey : std::uint64_t {};

/// What a stream carries. Texts are UTF-8; empty ones are not sent. The type and the token have at
/// most 128 bytes, the other texts 1,024.
struct StreamMeta {
  std::string type;
  std::string filename;
  std::string mime_type;
  /// A stream that is longer or shorter is an error.
  std::optional<std::uint64_t> total_size;
  /// Clamped to 4,096 to 65,536, as upstream's.
  std::size_t chunk_size = 16'384;
  std::string resume_token;
};

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
/// A neighbor begins a stream. At an `offset` other than 0 it goes on with what the stream of the
/// same token has brought; who does not have those bytes any more aborts it, and the next one
/// begins at 0.
struct StreamBegan {
  PeerId from;
  StreamKey stream{};
  StreamMeta meta;
  std::uint64_t offset = 0;
  /// It goes to everybody, and `from` need not be a neighbor.
  bool is_broadcast = false;
  /// Of one to everybody: `from` is proven.
  bool is_verified = false;
};
struct StreamBytes {
  PeerId from;
  StreamKey stream{};
  Bytes data;
};
/// This many bytes more may be written. More follows when half of a share has been written and the
/// channel has drained. 0: the channel has room again for what was refused.
struct StreamTakes {
  PeerId to;
  StreamKey stream{};
  std::size_t bytes = 0;
  /// Byte of the whole at which these begin; the first time 0, or where a resumed one stopped.
  std::uint64_t offset = 0;
};
/// A stream of either direction is complete. `total_bytes` includes what came before a resumption.
struct StreamEnded {
  PeerId peer;
  StreamKey stream{};
  std::uint64_t total_bytes = 0;
};
/// A stream has ended otherwise than by our own `abort`.
struct StreamBroken {
  PeerId peer;
  StreamKey stream{};
  std::string reason;
};
using TransferEffect =
    std::variant<TransferText, TransferBytes, WantsDrained, BinaryArrived, StreamBegan, StreamBytes,
                 StreamTakes, StreamEnded, StreamBroken>;
using TransferEffects = std::vector<TransferEffect>;

}  // namespace pigeon::transfer
