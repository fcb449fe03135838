#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "pigeon/result.hpp"
#include "wire/error.hpp"
#include "wire/json_reader.hpp"

namespace pigeon::wire {

// Streams to everybody: contents of gossip messages (PeerPigeon protocol, 5.9). When decoded, views
// lie in the reader's memory.

/// Subtypes of the messages.
inline constexpr std::string_view broadcast_chunk_subtype = "stream-chunk";
inline constexpr std::string_view broadcast_control_subtype = "stream-control";
/// Bytes of a chunk that is taken: more cannot stand in a message that a channel carries, whatever
/// they are.
inline constexpr std::size_t broadcast_chunk_bytes_max = 131'072;

/// What is said of a stream.
///   {"streamId":"...","type":"file","filename":"f","mimeType":"m","totalSize":3,"timestamp":1}
struct BroadcastMetadata {
  std::string_view type;
  std::string_view filename;
  std::string_view mime_type;
  std::optional<std::uint64_t> total_size;
};

/// Of `broadcast_chunk_subtype`; the metadata is in the first one:
///   {"streamId":"stream_1700000000000_ab12cd3","chunkIndex":0,"data":[0,255,17],"totalSize":3,
///    "metadata":{...}}
struct BroadcastChunk {
  std::string_view stream;
  std::uint64_t index = 0;
  Bytes data;
  std::optional<std::uint64_t> total_size;
  std::optional<BroadcastMetadata> metadata;
};

/// Of `broadcast_control_subtype`:
///   {"streamId":"...","action":"end","totalChunks":1,"totalBytes":3,"metadata":{...}}
struct BroadcastEnd {
  std::string_view stream;
  std::uint64_t total_chunks = 0;
  std::uint64_t total_bytes = 0;
  BroadcastMetadata metadata;
};
/// The same:
///   {"streamId":"...","action":"abort","reason":"...","metadata":{...}}
struct BroadcastAbort {
  std::string_view stream;
  /// Cut to `reason_bytes_max`.
  std::string_view reason;
  BroadcastMetadata metadata;
};
using BroadcastControl = std::variant<BroadcastEnd, BroadcastAbort>;

/// `content` is a part of the text that `reader` has parsed.
Result<BroadcastChunk, WireError> decode_broadcast_chunk(JsonText content, JsonReader& reader);
Result<BroadcastControl, WireError> decode_broadcast_control(JsonText content, JsonReader& reader);

/// `timestamp` stands in the metadata, if there is any.
std::string encode_content(const BroadcastChunk& chunk, std::int64_t timestamp);
std::string encode_content(const BroadcastEnd& end, std::int64_t timestamp);
std::string encode_content(const BroadcastAbort& abort, std::int64_t timestamp);

}  // namespace pigeon::wire
