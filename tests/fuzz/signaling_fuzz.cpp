#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/assert.hpp"
#include "wire/client_message.hpp"
#include "wire/json_reader.hpp"
#include "wire/limits.hpp"
#include "wire/server_message.hpp"

// The input is one message, read as a client's and as a server's. What can be decoded must survive
// being encoded, and whatever a hub passes on must be JSON.

namespace {

using namespace pigeon;
using namespace pigeon::wire;

constexpr std::string_view alice = "00112233445566778899aabbccddeeff00112233";
constexpr std::string_view bob = "ffeeddccbbaa99887766554433221100ffeeddcc";
constexpr std::int64_t noon = 1'700'000'000'000;

/// The message as the other side decodes it; a relay adds its envelope and may pass the size limit.
template <class Message>
Message decoded_by_client(const std::string& text, JsonReader& reader) {
  const auto message = decode_server_message(text, reader);
  PIGEON_ASSERT(message.has_value());
  const auto* typed = std::get_if<Message>(&*message);
  PIGEON_ASSERT(typed != nullptr);
  return *typed;
}

bool fits(const std::string& text) { return text.size() <= message_bytes_max; }

void check(const Announce& announce) {
  PIGEON_ASSERT(!announce.network.empty());
  PIGEON_ASSERT(announce.network.size() <= network_name_bytes_max);
  JsonReader reader;
  const auto object = reader.parse("{" + announce.members + "}");
  PIGEON_ASSERT(object.has_value());
  PIGEON_ASSERT(object->kind() == JsonKind::object);
  for (const JsonMember& member : reader.members(*object)) {
    PIGEON_ASSERT(member.key != "peerId");
    PIGEON_ASSERT(member.key != "isHub");
  }
  const std::string text = encode(PeerDiscovered{.peer_id = alice,
                                                 .members = announce.members,
                                                 .to = bob,
                                                 .network = announce.network,
                                                 .timestamp = noon});
  if (!fits(text)) return;
  const auto notice = decoded_by_client<PeerDiscovered>(text, reader);
  PIGEON_ASSERT(notice.peer_id == alice);
  PIGEON_ASSERT(notice.to == bob);
  PIGEON_ASSERT(notice.network == announce.network);
}

/// What a hub says when it does not know the target.
void check_unknown_target(const Signal& signal) {
  JsonReader reader;
  const std::string sentence = unknown_target_error(signal.target);
  const std::string text = encode(
      ErrorReply{.error = sentence, .original_type = to_text(signal.type), .timestamp = noon});
  PIGEON_ASSERT(decoded_by_client<ErrorReply>(text, reader).error == sentence);
}

void check(const Signal& signal) {
  check_unknown_target(signal);
  JsonReader reader;
  PIGEON_ASSERT(signal.data.empty() || reader.parse(signal.data).has_value());
  const std::string again = encode_signal(signal);
  if (!fits(again)) return;
  const auto decoded = decode_client_message(again, reader);
  PIGEON_ASSERT(decoded.has_value());
  const auto& same = std::get<Signal>(*decoded);
  PIGEON_ASSERT(same.type == signal.type);
  PIGEON_ASSERT(same.network == signal.network);
  PIGEON_ASSERT(same.target == signal.target);
  PIGEON_ASSERT(same.data == signal.data);
  PIGEON_ASSERT(same.reason == signal.reason);

  JsonReader other_reader;
  const std::string text = encode(RelayedSignal{.type = signal.type,
                                                .data = signal.data,
                                                .from = alice,
                                                .to = signal.target,
                                                .network = signal.network,
                                                .timestamp = noon});
  if (!fits(text)) return;
  const auto relayed = decoded_by_client<RelayedSignal>(text, other_reader);
  PIGEON_ASSERT(relayed.type == signal.type);
  PIGEON_ASSERT(relayed.data == signal.data);
  PIGEON_ASSERT(relayed.from == alice);
  PIGEON_ASSERT(relayed.to == signal.target);
  PIGEON_ASSERT(relayed.network == signal.network);
}

void check(const Goodbye& goodbye) {
  JsonReader reader;
  const std::string text = encode(RelayedGoodbye{
      .data = goodbye.data, .from = alice, .to = bob, .network = "global", .timestamp = noon});
  if (!fits(text)) return;
  PIGEON_ASSERT(decoded_by_client<RelayedGoodbye>(text, reader).data == goodbye.data);
}

void check(const Unroutable& message) {
  PIGEON_ASSERT(message.type.size() <= std::max<std::size_t>(echoed_type_bytes_max, 15));
  JsonReader reader;
  const std::string sentence = unroutable_type_error(message.type);
  const std::string text =
      encode(ErrorReply{.error = sentence, .original_type = message.type, .timestamp = noon});
  const auto reply = decoded_by_client<ErrorReply>(text, reader);
  PIGEON_ASSERT(reply.error == sentence);
  PIGEON_ASSERT(reply.original_type == message.type);
}

void check(const Cleanup& /*message*/) {}
void check(const Ping& /*message*/) {}
void check(const ServerOnly& /*message*/) {}

bool are_same(const Connected& a, const Connected& b) {
  return a.peer_id == b.peer_id && a.timestamp == b.timestamp;
}
bool are_same(const PeerDiscovered& a, const PeerDiscovered& b) {
  return a.peer_id == b.peer_id && a.to == b.to && a.network == b.network &&
         a.timestamp == b.timestamp;
}
bool are_same(const PeerDisconnected& a, const PeerDisconnected& b) {
  return a.peer_id == b.peer_id && a.to == b.to && a.network == b.network &&
         a.timestamp == b.timestamp;
}
bool are_same(const RelayedSignal& a, const RelayedSignal& b) {
  return a.type == b.type && a.data == b.data && a.from == b.from && a.to == b.to &&
         a.network == b.network && a.timestamp == b.timestamp;
}
bool are_same(const RelayedGoodbye& a, const RelayedGoodbye& b) {
  return a.data == b.data && a.from == b.from && a.to == b.to && a.network == b.network &&
         a.timestamp == b.timestamp;
}
bool are_same(const Pong& a, const Pong& b) { return a.to == b.to && a.timestamp == b.timestamp; }
bool are_same(const ErrorReply& a, const ErrorReply& b) {
  return a.error == b.error && a.original_type == b.original_type &&
         std::max<std::int64_t>(a.retry_after_ms, -1) ==
             std::max<std::int64_t>(b.retry_after_ms, -1) &&
         a.timestamp == b.timestamp;
}

void check_server_message(std::string_view text) {
  JsonReader reader;
  const auto message = decode_server_message(text, reader);
  if (!message) return;
  std::visit(
      [](const auto& typed) {
        using Message = std::decay_t<decltype(typed)>;
        if constexpr (!std::is_same_v<Message, UnknownServerMessage>) {
          const std::string again = encode(typed);
          if (!fits(again)) return;
          JsonReader other_reader;
          PIGEON_ASSERT(are_same(typed, decoded_by_client<Message>(again, other_reader)));
        }
      },
      *message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  JsonReader reader;
  const auto message = decode_client_message(text, reader);
  if (message) std::visit([](const auto& typed) { check(typed); }, *message);
  check_server_message(text);
  return 0;
}
