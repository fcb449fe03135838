#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pigeon/id.hpp"
#include "pigeon/result.hpp"
#include "wire/error.hpp"
#include "wire/json_reader.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::wire {

// What peers send each other as text on the data channel `messages` (PeerPigeon protocol, sections
// 5 and 4.9): one JSON object a message, `type` selects what it is. When decoded, views lie in the
// reader's memory and live until its next `parse`. A field that counts and is there twice is an
// error, because relays disagree about which of the two they pass on.

/// Largest ttl that is taken over; more is an error. 1.1.3 starts at 40, everybody else at 10.
inline constexpr std::uint32_t ttl_max = 40;
/// Peers in a path; longer ones are errors. Upstream's cannot be longer than its ttl.
inline constexpr std::size_t path_count_max = 64;
/// Bytes of an id, a subtype, or another name in a message.
inline constexpr std::size_t name_bytes_max = 128;
/// Bytes of the name of a file, and of its media type.
inline constexpr std::size_t filename_bytes_max = 1'024;
/// Bytes of a reason. An eviction's is cut there.
inline constexpr std::size_t reason_bytes_max = 1'024;
/// Bytes of a stream's chunk that stand in its message. Upstream's chunks are not larger.
inline constexpr std::size_t chunk_bytes_max = 65'536;

/// Who has signed a message: the text forms of a `SigningPublicKey` and a signature (unsea, 8.2).
/// Extra member `proof` of a gossip message, `{"pub":"X.Y","sig":"..."}`, which upstream's relays
/// pass on. It covers the canonical form (RFC 8785) of the object
///
///   {"content":...,"from":"ID","id":"...","networkName":"...","subtype":"...","timestamp":1,
///    "to":"ID"}
///
/// without `to` if the message has none; never `ttl` and `path`, which relays change.
struct MessageProof {
  std::string_view key;
  std::string_view signature;
};

/// A broadcast or a message directed over several hops (5.2):
///
///   {"id":"32 hex","type":"gossip","subtype":"chat","content":"hello","from":"ID","to":"ID",
///    "networkName":"global","timestamp":1,"ttl":10,"path":["ID"]}
struct GossipMessage {
  std::string_view id_text;
  /// `message_id_of(id_text)`.
  MessageId id;
  std::string_view subtype;
  /// Any JSON but an absent value; exact bytes.
  JsonText content;
  PeerId from;
  std::optional<PeerId> to;
  std::string_view network;
  std::int64_t timestamp = 0;
  std::uint32_t ttl = 0;
  /// Peers visited, originator first.
  std::vector<PeerId> path;
  std::optional<MessageProof> proof;
  /// Extra member `ack`: the sender, of this project, wants the target to confirm. It is true or
  /// absent, and so is `spread`.
  bool wants_ack = false;
  /// Extra member `spread`: to be passed on to every neighbor of this project, because no way to
  /// the target is known.
  bool spreads = false;
  /// The whole message, and where in it the values of `ttl` and `path` stand (for
  /// `encode_forward`); empty if absent.
  std::string_view text;
  std::string_view ttl_text;
  std::string_view path_text;

  /// Peers that have passed it on before it came here.
  std::uint32_t hops() const {
    return path.empty() ? 0 : static_cast<std::uint32_t>(path.size()) - 1;
  }
};

/// The sender closes the link (5.5).
struct Eviction {
  std::string_view reason;
};

/// A message of signaling from a neighbor about itself (4.9, 5.6): wrapped in `signaling`, or a
/// bare `renegotiation-offer` or `-answer`.
struct ChannelSignal {
  std::string_view type;
  /// JSON text; empty if absent.
  std::string_view data;
  /// As claimed; nothing if it names nobody, then the neighbor is meant.
  std::optional<SpelledId> from;
};

/// Signaling of somebody else that a neighbor passes on (`signaling-relay`,
/// `cross-bootstrap-signaling`, 5.7), on the channel or as content of a direct message.
struct RelayedChannelSignal {
  std::string_view type;
  std::string_view data;
  SpelledId from;
  SpelledId to;
};

/// A peer is there (`peer-announce-relay`, `bootstrap-keepalive`, `client-peer-announcement`).
struct PeerNotice {
  SpelledId peer;
  /// It is said to be of this project: extra member `pigeon` of `data`, which is an object then.
  bool is_capable = false;
};

/// A binary frame with a message of this size follows (5.8).
struct BinaryHeader {
  std::uint64_t size = 0;
};
struct StreamInit {
  std::string_view stream;
  std::string_view type;
  std::string_view filename;
  std::string_view mime_type;
  std::optional<std::uint64_t> total_size;
  std::uint64_t chunk_size = 0;
  /// Extra member of `metadata` that only this project writes.
  std::string_view resume_token;
};
struct StreamChunk {
  std::string_view stream;
  std::uint64_t index = 0;
  std::uint64_t size = 0;
  /// A binary frame follows; otherwise `data` has the bytes (an older form: an array of numbers).
  bool is_binary = false;
  std::vector<std::uint8_t> data;
};
struct StreamEnd {
  std::string_view stream;
  std::uint64_t total_chunks = 0;
};
struct StreamAbort {
  std::string_view stream;
  std::string_view reason;
};
/// Of this project only, answer to an init with a token: begin at this byte.
///   {"type":"__STREAM_RESUME__","streamId":"...","offset":1}
struct StreamResume {
  std::string_view stream;
  std::uint64_t offset = 0;
};

/// A keep-alive of 0.1.1 on the channel (2.8).
struct ChannelPing {
  std::int64_t timestamp = 0;
};
struct ChannelPong {};

/// Of the distributed hash table; `data` is the whole object.
struct DhtMessage {
  std::string_view data;
};

/// JSON of a type that nobody here knows, without what makes a gossip message.
struct UnknownPeerMessage {};

using PeerMessage =
    std::variant<GossipMessage, Eviction, ChannelSignal, RelayedChannelSignal, PeerNotice,
                 BinaryHeader, StreamInit, StreamChunk, StreamEnd, StreamAbort, StreamResume,
                 ChannelPing, ChannelPong, DhtMessage, UnknownPeerMessage>;

/// Whether a text begins as every version writes the announcement of a chunk; it may still turn out
/// to be something else. For limits of rate, which must not tear streams apart.
bool announces_chunk(std::string_view text);

/// Decodes one text message of a channel.
Result<PeerMessage, WireError> decode_peer_message(std::string_view text, JsonReader& reader);

/// Content of direct messages that is meant for the peer, not for its application (5.7, 8.5).
struct KeyExchange {
  bool is_response = false;
  /// Text forms.
  std::string_view signing_key;
  std::string_view encryption_key;
  /// Extra member `proof`: signature that proves the id and binds it to the connection; see
  /// `link_proof_text`.
  std::string_view proof;
};
/// Of this project only: the direct message of that id has arrived.
///   {"type":"direct-ack","messageId":"..."}
struct DirectAck {
  MessageId message;
};
/// Content encrypted to a peer or to a group (8.4); members as on the wire, not yet decoded.
struct EncryptedContent {
  /// Name of the group; empty if it is for a peer.
  std::string_view group;
  std::string_view ciphertext;
  std::string_view iv;
  /// Text form of the ephemeral key.
  std::string_view ephemeral_key;
  /// Text form of the sender's signing key, as claimed. Nobody believes it or the nonce, so they
  /// may be anything.
  std::string_view from_key;
  std::string_view nonce;
};
/// A message for the application.
struct ApplicationContent {};
/// A signal in a string, which upstream swallows (5.7).
struct SwallowedContent {};

using DirectContent = std::variant<ApplicationContent, SwallowedContent, KeyExchange, DirectAck,
                                   RelayedChannelSignal, PeerNotice, EncryptedContent>;

/// What the content of a message with subtype `dm`, `key_exchange` or `key_exchange_response` is;
/// also of content that is a string with the JSON of one of the internal types. Not an internal
/// type, or one that is malformed: for the application, or an error. `content` is a part of the
/// text that `reader` has parsed, and all views are into that text; `spare` reads strings that hold
/// JSON.
Result<DirectContent, WireError> decode_direct_content(JsonText content, JsonReader& reader,
                                                       JsonReader& spare);

/// Reads content that is encrypted; nothing if it is not, as upstream's broadcasts without a group
/// are not (8.4), although they say so.
Result<std::optional<EncryptedContent>, WireError> decode_encrypted_content(JsonText content,
                                                                            JsonReader& reader);

/// True for the text of a chat message that upstream keeps from applications: JSON of one of the
/// five internal types (5.7).
bool is_internal_chat(std::string_view text, JsonReader& spare);

/// 32 hexadecimal digits as they are, any other text by the first 16 bytes of its SHA-256.
MessageId message_id_of(std::string_view text);

/// A gossip message to be encoded. `content` is JSON text; `path` begins with `from`.
struct OutgoingGossip {
  MessageId id;
  std::string_view subtype;
  std::string_view content;
  PeerId from;
  /// As the target spells itself.
  std::optional<SpelledId> to;
  std::string_view network;
  std::int64_t timestamp = 0;
  std::uint32_t ttl = ttl_max;
  std::optional<MessageProof> proof;
  bool wants_ack = false;
  bool spreads = false;
};
std::string encode(const OutgoingGossip& message);

/// The message with ttl one less, but not below 0, and `self` at the end of its path, every other
/// byte as it came. The message is as it was decoded: `text` and its parts belong together.
/// `spreads` adds the member if it is not there.
std::string encode_forward(const GossipMessage& message, const PeerId& self, bool spreads);

/// What `encode` has written without `spreads`, with it.
std::string as_spread(std::string encoded);

/// What a `MessageProof` covers. Nothing if the content has numbers or strings that do not survive
/// JavaScript (RFC 8785), or a member twice.
std::optional<std::string> signed_text(const OutgoingGossip& message, JsonReader& spare);
std::optional<std::string> signed_text(const GossipMessage& message, JsonReader& reader);

/// What the proof of a `KeyExchange` covers: the canonical form of
///
///   {"fingerprint":"...","from":"ID","peerFingerprint":"...","to":"ID","type":"pigeon-link-1"}
///
/// with the fingerprints of the DTLS certificates of `from` and `to` (as in SDP, upper case), so
/// that nobody between the two can pass the proof on.
struct LinkProof {
  PeerId from;
  PeerId to;
  std::string_view fingerprint;
  std::string_view peer_fingerprint;
};
std::string link_proof_text(const LinkProof& proof);

/// Whether a text is one that a proof covers, of a message or of a link. Whoever signed such a text
/// of a stranger would lend out its id.
bool is_proof_text(std::string_view text);

// The other messages, as they are sent. Those of this project's own kind use `OutgoingGossip` with
// the contents below.

std::string encode_eviction(std::string_view reason, const PeerId& from);
std::string encode_channel_signal(std::string_view type, std::string_view data, const PeerId& from,
                                  std::int64_t timestamp);
std::string encode_channel_pong(std::int64_t timestamp, std::int64_t original_timestamp,
                                const PeerId& from);
/// A `peer-announce-relay` for peers of this project:
///   {"type":"peer-announce-relay","data":{"peerId":"ID","pigeon":1}}
std::string encode(const PeerNotice& notice);
std::string encode(const BinaryHeader& header);
std::string encode(const StreamInit& init, std::int64_t timestamp);
std::string encode(const StreamChunk& chunk);
std::string encode(const StreamEnd& end);
std::string encode(const StreamAbort& abort);
std::string encode(const StreamResume& resume);

// Contents of gossip messages.
std::string encode_content(const KeyExchange& exchange, std::int64_t timestamp);
std::string encode_content(const DirectAck& ack);
std::string encode_content(const RelayedChannelSignal& signal, std::int64_t timestamp);
/// `timestamp` stands in both objects.
std::string encode_content(const EncryptedContent& encrypted, std::int64_t timestamp);
/// Of subtype `peer-announcement`.
std::string encode_peer_announcement(const PeerId& peer, std::int64_t timestamp);

}  // namespace pigeon::wire
