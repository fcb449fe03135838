#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/assert.hpp"
#include "wire/broadcast_part.hpp"
#include "wire/canonical_json.hpp"
#include "wire/group_key.hpp"
#include "wire/json_reader.hpp"
#include "wire/limits.hpp"
#include "wire/peer_message.hpp"
#include "wire/signal_data.hpp"

// The input is one message between peers. What decodes as gossip is forwarded, and decodes again
// with the same fields but those that a relay changes; written anew, it means and signs the same.
// What it carries is decoded, too, and what can be written is read again.

namespace {

using namespace pigeon;
using namespace pigeon::wire;

constexpr std::int64_t noon = 1'700'000'000'000;
const PeerId self = *PeerId::parse("00112233445566778899aabbccddeeff00112233");

/// The message as another peer decodes it.
template <class Message>
Message decoded(const std::string& text, JsonReader& reader) {
  const auto message = decode_peer_message(text, reader);
  PIGEON_ASSERT(message.has_value());
  const auto* typed = std::get_if<Message>(&*message);
  PIGEON_ASSERT(typed != nullptr);
  return *typed;
}

bool same(const std::optional<MessageProof>& a, const std::optional<MessageProof>& b) {
  if (!a || !b) return !a && !b;
  return a->key == b->key && a->signature == b->signature;
}

void check_same(const GossipMessage& a, const GossipMessage& b) {
  PIGEON_ASSERT(a.id == b.id);
  PIGEON_ASSERT(a.subtype == b.subtype);
  PIGEON_ASSERT(a.content.raw == b.content.raw);
  PIGEON_ASSERT(a.from == b.from);
  PIGEON_ASSERT(a.to == b.to);
  PIGEON_ASSERT(a.network == b.network);
  PIGEON_ASSERT(a.timestamp == b.timestamp);
  PIGEON_ASSERT(same(a.proof, b.proof));
  PIGEON_ASSERT(a.wants_ack == b.wants_ack);
}

void check_forward(const GossipMessage& message, bool spreads) {
  const std::string text = encode_forward(message, self, spreads);
  if (text.size() > message_bytes_max || message.path.size() == path_count_max) return;
  JsonReader reader;
  const auto forwarded = decoded<GossipMessage>(text, reader);
  check_same(forwarded, message);
  PIGEON_ASSERT(forwarded.id_text == message.id_text);
  PIGEON_ASSERT(forwarded.ttl == message.ttl - std::min(message.ttl, 1U));
  PIGEON_ASSERT(forwarded.spreads == (message.spreads || spreads));
  std::vector<PeerId> path = message.path;
  path.push_back(self);
  PIGEON_ASSERT(forwarded.path == path);
}

OutgoingGossip outgoing(const GossipMessage& message) {
  OutgoingGossip out{.id = message.id,
                     .subtype = message.subtype,
                     .content = message.content.raw,
                     .from = message.from,
                     .network = message.network,
                     .timestamp = message.timestamp,
                     .ttl = message.ttl,
                     .proof = message.proof,
                     .wants_ack = message.wants_ack,
                     .spreads = message.spreads};
  if (message.to) out.to = SpelledId{.id = *message.to};
  return out;
}

void check_encoded(const GossipMessage& message, JsonReader& reader) {
  const OutgoingGossip out = outgoing(message);
  const std::string text = encode(out);
  if (text.size() > message_bytes_max) return;
  JsonReader other;
  const auto again = decoded<GossipMessage>(text, other);
  check_same(again, message);
  JsonReader spare;
  const auto signed_by_sender = signed_text(out, spare);
  PIGEON_ASSERT(signed_text(again, other) == signed_by_sender);
  const bool is_same_id = message.id_text == message.id.to_text();
  if (is_same_id) PIGEON_ASSERT(signed_text(message, reader) == signed_by_sender);
  if (!signed_by_sender) return;
  PIGEON_ASSERT(canonical_json(*signed_by_sender, spare) == signed_by_sender);
}

/// Content that was written by us is read as the same kind.
template <class Content>
void check_content(const std::string& text) {
  if (text.size() > message_bytes_max) return;
  JsonReader reader;
  JsonReader spare;
  const auto content = reader.parse(text);
  PIGEON_ASSERT(content.has_value());
  const auto again = decode_direct_content(*content, reader, spare);
  PIGEON_ASSERT(again.has_value());
  PIGEON_ASSERT(std::holds_alternative<Content>(*again));
}

void check(const ApplicationContent&) {}
void check(const SwallowedContent&) {}
void check(const PeerNotice&) {}
void check(const DirectAck& ack) { check_content<DirectAck>(encode_content(ack)); }
void check(const KeyExchange& exchange) {
  check_content<KeyExchange>(encode_content(exchange, noon));
}
void check(const RelayedChannelSignal& signal) {
  check_content<RelayedChannelSignal>(encode_content(signal, noon));
}
void check(const EncryptedContent& content) {
  check_content<EncryptedContent>(encode_content(content, noon));
}

/// As `text` is read again.
JsonText parsed(const std::string& text, JsonReader& reader) {
  const auto value = reader.parse(text);
  PIGEON_ASSERT(value.has_value());
  return *value;
}

void check_broadcast_part(JsonText content, JsonReader& reader) {
  JsonReader other;
  if (const auto chunk = decode_broadcast_chunk(content, reader)) {
    PIGEON_ASSERT(chunk->data.size() <= chunk_bytes_max);
    const std::string text = encode_content(*chunk, noon);
    if (text.size() > message_bytes_max) return;
    const auto again = decode_broadcast_chunk(parsed(text, other), other);
    PIGEON_ASSERT(again.has_value());
    PIGEON_ASSERT(again->stream == chunk->stream);
    PIGEON_ASSERT(again->index == chunk->index);
    PIGEON_ASSERT(again->data == chunk->data);
    PIGEON_ASSERT(again->metadata.has_value() == chunk->metadata.has_value());
  }
  const auto control = decode_broadcast_control(content, reader);
  if (!control) return;
  const std::string text =
      std::visit([](const auto& typed) { return encode_content(typed, noon); }, *control);
  if (text.size() > message_bytes_max) return;
  const auto again = decode_broadcast_control(parsed(text, other), other);
  PIGEON_ASSERT(again.has_value());
  PIGEON_ASSERT(again->index() == control->index());
}

void check_signal_data(std::string_view data, JsonReader& reader) {
  JsonReader other;
  if (const auto description = decode_description(data, reader)) {
    static_cast<void>(certificate_fingerprint(description->sdp));
    const auto text = other.parse(encode_data(*description));
    PIGEON_ASSERT(text.has_value());
    const auto again = decode_description(text->raw, other);
    PIGEON_ASSERT(again.has_value());
    PIGEON_ASSERT(again->sdp == description->sdp);
  }
  if (const auto candidate = decode_candidate(data, reader)) {
    const auto text = other.parse(encode_data(*candidate));
    PIGEON_ASSERT(text.has_value());
    const auto again = decode_candidate(text->raw, other);
    PIGEON_ASSERT(again.has_value());
    PIGEON_ASSERT(again->candidate == candidate->candidate);
    PIGEON_ASSERT(again->sdp_m_line_index == candidate->sdp_m_line_index);
  }
}

void check_message(const GossipMessage& message, JsonReader& reader) {
  PIGEON_ASSERT(message.ttl <= ttl_max);
  PIGEON_ASSERT(message.path.size() <= path_count_max);
  check_forward(message, false);
  check_forward(message, true);
  check_encoded(message, reader);
  check_broadcast_part(message.content, reader);
  JsonReader spare;
  const auto content = decode_direct_content(message.content, reader, spare);
  if (!content) return;
  std::visit([](const auto& known) { check(known); }, *content);
}

void check_message(const ChannelSignal& signal, JsonReader& reader) {
  check_signal_data(signal.data, reader);
  const std::string text = encode_channel_signal(signal.type, signal.data, self, noon);
  if (text.size() > message_bytes_max) return;
  JsonReader other;
  // One more object around it may be one too many.
  const auto again = decode_peer_message(text, other);
  if (!again) {
    PIGEON_ASSERT(again.error() == WireError::nested_too_deep);
    return;
  }
  PIGEON_ASSERT(std::get<ChannelSignal>(*again).type == signal.type);
  PIGEON_ASSERT(std::get<ChannelSignal>(*again).data == signal.data);
}

void check_message(const RelayedChannelSignal& signal, JsonReader& reader) {
  check_signal_data(signal.data, reader);
  check(signal);
}

template <class Frame>
void check_frame(const Frame& frame, const std::string& text) {
  if (text.size() > message_bytes_max) return;
  JsonReader reader;
  PIGEON_ASSERT(decoded<Frame>(text, reader).stream == frame.stream);
}

void check_message(const StreamInit& init, JsonReader&) { check_frame(init, encode(init, noon)); }
void check_message(const StreamChunk& chunk, JsonReader&) { check_frame(chunk, encode(chunk)); }
void check_message(const StreamEnd& end, JsonReader&) { check_frame(end, encode(end)); }
void check_message(const StreamAbort& abort, JsonReader&) { check_frame(abort, encode(abort)); }
void check_message(const StreamResume& resume, JsonReader&) { check_frame(resume, encode(resume)); }

/// Any other has nothing to check but that it could be read.
template <class Message>
void check_message(const Message&, JsonReader&) {}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  JsonReader reader;
  JsonReader spare;
  if (is_internal_chat(text, spare)) PIGEON_ASSERT(spare.parse(text).has_value());
  if (const auto canonical = canonical_json(text, spare)) {
    PIGEON_ASSERT(canonical_json(*canonical, spare) == canonical);
  }
  (void)decode_group_key(text);
  const auto message = decode_peer_message(text, reader);
  if (!message) return 0;
  std::visit([&reader](const auto& known) { check_message(known, reader); }, *message);
  return 0;
}
