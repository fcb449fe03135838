#include <string>

#include "wire/byte_array.hpp"
#include "wire/json_writer.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

namespace {

std::int64_t as_number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

std::string encode_eviction(std::string_view reason, const PeerId& from) {
  JsonObjectWriter out;
  out.text("type", "eviction").text("reason", reason).text("from", from.to_text());
  return out.finish();
}

std::string encode_channel_signal(std::string_view type, std::string_view data, const PeerId& from,
                                  std::int64_t timestamp) {
  JsonObjectWriter inner(data.size() + 64);
  inner.text("type", type);
  if (!data.empty()) inner.raw("data", data);
  JsonObjectWriter out(data.size() + 256);
  out.text("type", "signaling").raw("data", inner.finish());
  out.text("fromPeerId", from.to_text()).number("timestamp", timestamp);
  return out.finish();
}

std::string encode_channel_pong(std::int64_t timestamp, std::int64_t original_timestamp,
                                const PeerId& from) {
  JsonObjectWriter out;
  out.text("type", "pong").number("timestamp", timestamp);
  out.number("originalTimestamp", original_timestamp).text("from", from.to_text());
  return out.finish();
}

std::string encode(const PeerNotice& notice) {
  JsonObjectWriter data(96);
  data.text("peerId", notice.peer.to_text());
  if (notice.is_capable) data.number("pigeon", 1);
  JsonObjectWriter out(160);
  out.text("type", "peer-announce-relay").raw("data", data.finish());
  return out.finish();
}

std::string encode(const BinaryHeader& header) {
  JsonObjectWriter out(64);
  out.text("type", "__BINARY__").number("size", as_number(header.size));
  return out.finish();
}

std::string encode(const StreamInit& init, std::int64_t timestamp) {
  JsonObjectWriter metadata(init.filename.size() + 384);
  metadata.text("streamId", init.stream).text("type", init.type);
  if (!init.filename.empty()) metadata.text("filename", init.filename);
  if (!init.mime_type.empty()) metadata.text("mimeType", init.mime_type);
  if (init.total_size) metadata.number("totalSize", as_number(*init.total_size));
  metadata.number("chunkSize", as_number(init.chunk_size)).number("timestamp", timestamp);
  if (!init.resume_token.empty()) metadata.text("resumeToken", init.resume_token);
  JsonObjectWriter out(init.filename.size() + 512);
  out.text("type", "__STREAM_INIT__").text("streamId", init.stream);
  out.raw("metadata", metadata.finish());
  return out.finish();
}

std::string encode(const StreamChunk& chunk) {
  JsonObjectWriter out;
  out.text("type", "__STREAM_CHUNK__").text("streamId", chunk.stream);
  out.number("chunkIndex", as_number(chunk.index));
  if (chunk.is_binary) {
    out.number("size", as_number(chunk.size)).text("encoding", "binary");
    return out.finish();
  }
  std::string data;
  append_byte_array(data, chunk.data);
  out.number("size", as_number(chunk.data.size())).raw("data", data);
  return out.finish();
}

std::string encode(const StreamEnd& end) {
  JsonObjectWriter out;
  out.text("type", "__STREAM_END__").text("streamId", end.stream);
  out.number("totalChunks", as_number(end.total_chunks));
  return out.finish();
}

std::string encode(const StreamAbort& abort) {
  JsonObjectWriter out;
  out.text("type", "__STREAM_ABORT__").text("streamId", abort.stream);
  out.text("reason", abort.reason);
  return out.finish();
}

std::string encode(const StreamResume& resume) {
  JsonObjectWriter out;
  out.text("type", "__STREAM_RESUME__").text("streamId", resume.stream);
  out.number("offset", as_number(resume.offset));
  return out.finish();
}

}  // namespace pigeon::wire
