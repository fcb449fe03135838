#include "wire/broadcast_part.hpp"

#include <utility>

#include "base/text.hpp"
#include "wire/byte_array.hpp"
#include "wire/field_reader.hpp"
#include "wire/json_writer.hpp"
#include "wire/limits.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

namespace {

std::int64_t as_number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

/// Nothing if a member is there twice; an object without members is as good as none.
std::optional<BroadcastMetadata> read_metadata(JsonText object, FieldReader& fields,
                                               JsonReader& reader) {
  JsonText type;
  JsonText filename;
  JsonText mime_type;
  JsonText total_size;
  if (!take_members(reader.members(object), {{"type", &type},
                                             {"filename", &filename},
                                             {"mimeType", &mime_type},
                                             {"totalSize", &total_size}})) {
    return std::nullopt;
  }
  return BroadcastMetadata{.type = fields.text(type),
                           .filename = fields.text(filename, filename_bytes_max),
                           .mime_type = fields.text(mime_type, filename_bytes_max),
                           .total_size = fields.optional_count(total_size)};
}

std::string metadata_text(const BroadcastMetadata& metadata, std::string_view stream,
                          std::int64_t timestamp) {
  JsonObjectWriter out(metadata.filename.size() + 256);
  out.text("streamId", stream).text("type", metadata.type);
  if (!metadata.filename.empty()) out.text("filename", metadata.filename);
  if (!metadata.mime_type.empty()) out.text("mimeType", metadata.mime_type);
  if (metadata.total_size) out.number("totalSize", as_number(*metadata.total_size));
  out.number("timestamp", timestamp);
  return out.finish();
}

}  // namespace

Result<BroadcastChunk, WireError> decode_broadcast_chunk(JsonText content, JsonReader& reader) {
  JsonText stream;
  JsonText index;
  JsonText data;
  JsonText total_size;
  JsonText metadata;
  if (!take_members(reader.members(content), {{"streamId", &stream},
                                              {"chunkIndex", &index},
                                              {"data", &data},
                                              {"totalSize", &total_size},
                                              {"metadata", &metadata}})) {
    return Unexpected(WireError::bad_field);
  }
  auto bytes = read_byte_array(data, broadcast_chunk_bytes_max);
  if (!bytes) return Unexpected(WireError::bad_field);
  FieldReader fields(reader);
  BroadcastChunk chunk{.stream = fields.name(stream),
                       .index = fields.count(index),
                       .data = *std::move(bytes),
                       .total_size = fields.optional_count(total_size)};
  if (metadata.kind() == JsonKind::object) {
    chunk.metadata = read_metadata(metadata, fields, reader);
    if (!chunk.metadata) return Unexpected(WireError::bad_field);
  }
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return chunk;
}

Result<BroadcastControl, WireError> decode_broadcast_control(JsonText content, JsonReader& reader) {
  JsonText stream;
  JsonText action;
  JsonText total_chunks;
  JsonText total_bytes;
  JsonText reason;
  JsonText metadata;
  if (!take_members(reader.members(content), {{"streamId", &stream},
                                              {"action", &action},
                                              {"totalChunks", &total_chunks},
                                              {"totalBytes", &total_bytes},
                                              {"reason", &reason},
                                              {"metadata", &metadata}})) {
    return Unexpected(WireError::bad_field);
  }
  FieldReader fields(reader);
  const std::string_view name = fields.name(stream);
  const std::string_view verb = fields.name(action);
  const auto said = read_metadata(metadata, fields, reader);
  if (!said) return Unexpected(WireError::bad_field);
  std::optional<BroadcastControl> control;
  if (verb == "end") {
    control = BroadcastEnd{name, fields.count(total_chunks), fields.count(total_bytes), *said};
  } else if (verb == "abort") {
    const std::string_view words = fields.text(reason, message_bytes_max);
    control = BroadcastAbort{name, first_bytes(words, reason_bytes_max), *said};
  }
  if (!control || !fields.is_valid()) return Unexpected(WireError::bad_field);
  return *control;
}

std::string encode_content(const BroadcastChunk& chunk, std::int64_t timestamp) {
  std::string data;
  append_byte_array(data, chunk.data);
  JsonObjectWriter out(data.size() + 2'048);
  out.text("streamId", chunk.stream).number("chunkIndex", as_number(chunk.index));
  out.raw("data", data);
  if (chunk.total_size) out.number("totalSize", as_number(*chunk.total_size));
  if (chunk.metadata) {
    out.raw("metadata", metadata_text(*chunk.metadata, chunk.stream, timestamp));
  }
  return out.finish();
}

std::string encode_content(const BroadcastEnd& end, std::int64_t timestamp) {
  JsonObjectWriter out(512);
  out.text("streamId", end.stream).text("action", "end");
  out.number("totalChunks", as_number(end.total_chunks));
  out.number("totalBytes", as_number(end.total_bytes));
  out.raw("metadata", metadata_text(end.metadata, end.stream, timestamp));
  return out.finish();
}

std::string encode_content(const BroadcastAbort& abort, std::int64_t timestamp) {
  JsonObjectWriter out(512);
  out.text("streamId", abort.stream).text("action", "abort").text("reason", abort.reason);
  out.raw("metadata", metadata_text(abort.metadata, abort.stream, timestamp));
  return out.finish();
}

}  // namespace pigeon::wire
