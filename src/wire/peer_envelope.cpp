#include "wire/peer_envelope.hpp"

#include <algorithm>
#include <array>

#include "wire/field_reader.hpp"

namespace pigeon::wire {

Result<PeerEnvelope, WireError> PeerEnvelope::read(JsonText object, JsonReader& reader) {
  PeerEnvelope in{.whole = object};
  JsonText type;
  // Gossip first, in upstream's order, because it is most of what comes.
  const bool is_unique =
      take_members(reader.members(object), {{"id", &in.id},
                                            {"type", &type},
                                            {"subtype", &in.subtype},
                                            {"content", &in.content},
                                            {"from", &in.from},
                                            {"to", &in.to},
                                            {"networkName", &in.network},
                                            {"timestamp", &in.timestamp},
                                            {"ttl", &in.ttl},
                                            {"path", &in.path},
                                            {"proof", &in.proof},
                                            {"ack", &in.ack},
                                            {"spread", &in.spread},
                                            {"streamId", &in.stream},
                                            {"chunkIndex", &in.chunk_index},
                                            {"size", &in.size},
                                            {"encoding", &in.encoding},
                                            {"data", &in.data},
                                            {"metadata", &in.metadata},
                                            {"totalChunks", &in.total_chunks},
                                            {"reason", &in.reason},
                                            {"offset", &in.offset},
                                            {"fromPeerId", &in.from_peer},
                                            {"targetPeerId", &in.target},
                                            {"clientPeerId", &in.client_peer},
                                            {"signalingMessage", &in.signaling_message},
                                            {"originalMessage", &in.original_message}});
  if (!is_unique) return Unexpected(WireError::bad_field);
  in.type = reader.unescaped(type);
  return in;
}

bool is_internal_type(std::string_view type) {
  constexpr std::array<std::string_view, 5> types = {
      "signaling-relay", "peer-announce-relay", "bootstrap-keepalive", "client-peer-announcement",
      "cross-bootstrap-signaling"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace pigeon::wire
