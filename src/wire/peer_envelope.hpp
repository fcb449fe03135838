#pragma once

#include <string_view>

#include "pigeon/result.hpp"
#include "wire/error.hpp"
#include "wire/json_reader.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

/// The members that some message between peers has, as they stand in one object.
struct PeerEnvelope {
  JsonText whole;
  /// Unescaped; empty if it is no string.
  std::string_view type;
  JsonText id;
  JsonText subtype;
  JsonText content;
  JsonText from;
  JsonText to;
  JsonText network;
  JsonText timestamp;
  JsonText ttl;
  JsonText path;
  JsonText proof;
  JsonText ack;
  JsonText spread;
  JsonText reason;
  JsonText data;
  JsonText from_peer;
  JsonText target;
  JsonText client_peer;
  JsonText signaling_message;
  JsonText original_message;
  JsonText size;
  JsonText stream;
  JsonText metadata;
  JsonText chunk_index;
  JsonText encoding;
  JsonText total_chunks;
  JsonText offset;

  /// Reads an object inside the text that `reader` has parsed; of any other kind all is absent.
  /// A member twice is a `bad_field`.
  static Result<PeerEnvelope, WireError> read(JsonText object, JsonReader& reader);

  /// Whether upstream would take it as gossip, whatever its type is.
  bool has_gossip() const {
    return id.is_truthy() && from.is_truthy() && subtype.is_truthy() &&
           content.kind() != JsonKind::absent;
  }
};

/// True for the five types that PigeonHub's bootstrap software sends, on the channel or as direct
/// messages (5.7).
bool is_internal_type(std::string_view type);

// One kind of message each, whose type is known.

Result<GossipMessage, WireError> decode_gossip(const PeerEnvelope& envelope, JsonReader& reader);
Result<ChannelSignal, WireError> decode_wrapped_signal(const PeerEnvelope& envelope,
                                                       JsonReader& reader);
Result<ChannelSignal, WireError> decode_bare_signal(const PeerEnvelope& envelope,
                                                    JsonReader& reader);
/// `signaling-relay` and `cross-bootstrap-signaling`.
Result<RelayedChannelSignal, WireError> decode_relayed_signal(const PeerEnvelope& envelope,
                                                              JsonReader& reader);
/// The other internal types.
Result<PeerNotice, WireError> decode_notice(const PeerEnvelope& envelope, JsonReader& reader);
Result<BinaryHeader, WireError> decode_binary_header(const PeerEnvelope& envelope,
                                                     JsonReader& reader);
Result<StreamInit, WireError> decode_stream_init(const PeerEnvelope& envelope, JsonReader& reader);
Result<StreamChunk, WireError> decode_stream_chunk(const PeerEnvelope& envelope,
                                                   JsonReader& reader);
Result<StreamEnd, WireError> decode_stream_end(const PeerEnvelope& envelope, JsonReader& reader);
Result<StreamAbort, WireError> decode_stream_abort(const PeerEnvelope& envelope,
                                                   JsonReader& reader);
Result<StreamResume, WireError> decode_stream_resume(const PeerEnvelope& envelope,
                                                     JsonReader& reader);

}  // namespace pigeon::wire
