#include <utility>

#include "wire/byte_array.hpp"
#include "wire/field_reader.hpp"
#include "wire/peer_envelope.hpp"

namespace pigeon::wire {

namespace {

/// The value, if all fields were what they must be.
template <class Message>
Result<Message, WireError> checked(Message message, const FieldReader& fields) {
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return message;
}

}  // namespace

Result<BinaryHeader, WireError> decode_binary_header(const PeerEnvelope& envelope,
                                                     JsonReader& reader) {
  FieldReader fields(reader);
  return checked(BinaryHeader{.size = fields.count(envelope.size)}, fields);
}

Result<StreamInit, WireError> decode_stream_init(const PeerEnvelope& envelope, JsonReader& reader) {
  JsonText type;
  JsonText filename;
  JsonText mime_type;
  JsonText total_size;
  JsonText chunk_size;
  JsonText token;
  if (!take_members(reader.members(envelope.metadata), {{"type", &type},
                                                        {"filename", &filename},
                                                        {"mimeType", &mime_type},
                                                        {"totalSize", &total_size},
                                                        {"chunkSize", &chunk_size},
                                                        {"resumeToken", &token}})) {
    return Unexpected(WireError::bad_field);
  }
  FieldReader fields(reader);
  StreamInit init{.stream = fields.name(envelope.stream),
                  .type = fields.text(type),
                  .filename = fields.text(filename, filename_bytes_max),
                  .mime_type = fields.text(mime_type, filename_bytes_max),
                  .total_size = fields.optional_count(total_size),
                  .chunk_size = fields.optional_count(chunk_size).value_or(0),
                  .resume_token = fields.text(token)};
  return checked(init, fields);
}

Result<StreamChunk, WireError> decode_stream_chunk(const PeerEnvelope& envelope,
                                                   JsonReader& reader) {
  FieldReader fields(reader);
  StreamChunk chunk{.stream = fields.name(envelope.stream),
                    .index = fields.count(envelope.chunk_index),
                    .is_binary = fields.text(envelope.encoding) == "binary"};
  if (chunk.is_binary) {
    chunk.size = fields.count(envelope.size);
    return checked(std::move(chunk), fields);
  }
  auto bytes = read_byte_array(envelope.data, chunk_bytes_max);
  if (!bytes) return Unexpected(WireError::bad_field);
  chunk.data = *std::move(bytes);
  chunk.size = chunk.data.size();
  return checked(std::move(chunk), fields);
}

Result<StreamEnd, WireError> decode_stream_end(const PeerEnvelope& envelope, JsonReader& reader) {
  FieldReader fields(reader);
  return checked(StreamEnd{.stream = fields.name(envelope.stream),
                           .total_chunks = fields.count(envelope.total_chunks)},
                 fields);
}

Result<StreamAbort, WireError> decode_stream_abort(const PeerEnvelope& envelope,
                                                   JsonReader& reader) {
  FieldReader fields(reader);
  return checked(StreamAbort{.stream = fields.name(envelope.stream),
                             .reason = fields.text(envelope.reason, reason_bytes_max)},
                 fields);
}

Result<StreamResume, WireError> decode_stream_resume(const PeerEnvelope& envelope,
                                                     JsonReader& reader) {
  FieldReader fields(reader);
  return checked(
      StreamResume{.stream = fields.name(envelope.stream), .offset = fields.count(envelope.offset)},
      fields);
}

bool announces_chunk(std::string_view text) {
  return text.starts_with(R"({"type":"__STREAM_CHUNK__")");
}

}  // namespace pigeon::wire
