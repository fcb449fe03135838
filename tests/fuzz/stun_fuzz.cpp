// STUN messages as they come from the network: whatever is read is written and read again, and the
// text of a candidate likewise.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assert.hpp"
#include "rtc/ice/candidate.hpp"
#include "rtc/ice/stun/message.hpp"
#include "rtc/ice/stun/writer.hpp"

namespace {

using namespace pigeon;
using namespace pigeon::ice;

constexpr std::array attributes = {
    StunAttribute::mapped_address,     StunAttribute::username,    StunAttribute::message_integrity,
    StunAttribute::error_code,         StunAttribute::lifetime,    StunAttribute::xor_peer_address,
    StunAttribute::xor_mapped_address, StunAttribute::priority,    StunAttribute::use_candidate,
    StunAttribute::ice_controlling,    StunAttribute::fingerprint,
};

void read_everything(const StunMessage& message) {
  for (const StunAttribute type : attributes) {
    const auto value = message.find(type);
    PIGEON_ASSERT(!message.u32(type) || value->size() == 4);
    PIGEON_ASSERT(!message.u64(type) || value->size() == 8);
    PIGEON_ASSERT(!message.address(type) || value->size() >= 8);
    PIGEON_ASSERT(message.address(type).has_value() == message.xor_address(type).has_value());
  }
  if (const auto error = message.error_code()) {
    PIGEON_ASSERT(error->code >= 300);
    PIGEON_ASSERT(error->code <= 699);
  }
  std::array<StunAttribute, 4> unknown{};
  PIGEON_ASSERT(message.unknown_required(unknown) <= unknown.size());
  (void)message.mapped_address();
  PIGEON_ASSERT(!message.integrity_matches(as_bytes("a key that nobody has")));
}

std::vector<StunMessage::Attribute> list(const StunMessage& message) {
  std::vector<StunMessage::Attribute> result;
  auto cursor = message.attributes();
  while (const auto attribute = cursor.next()) result.push_back(*attribute);
  return result;
}

/// Writes what was read with an integrity and a fingerprint, and reads it again.
void check_round_trip(const StunMessage& message) {
  Bytes buffer(message.bytes().size() + 64);
  StunWriter writer(buffer, message.message_class(), message.method(), message.transaction());
  auto sent = list(message);
  std::erase_if(sent, [](const auto& one) { return one.type == StunAttribute::fingerprint; });
  for (const auto& attribute : sent) writer.attribute(attribute.type, attribute.value);
  writer.integrity(as_bytes("key"));
  writer.fingerprint();
  const std::size_t size = writer.finish();
  PIGEON_ASSERT(size != 0);
  const auto again = decode_stun(BytesView(buffer).first(size));
  if (!again) {
    PIGEON_ASSERT(sent.size() + 2 > StunMessage::attribute_count_max);
    return;
  }
  PIGEON_ASSERT(again->message_class() == message.message_class());
  PIGEON_ASSERT(again->method() == message.method());
  PIGEON_ASSERT(again->transaction() == message.transaction());
  PIGEON_ASSERT(again->integrity_matches(as_bytes("key")));
  const auto received = list(*again);
  PIGEON_ASSERT(received.size() == sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    PIGEON_ASSERT(received[i].type == sent[i].type);
    PIGEON_ASSERT(as_text(received[i].value) == as_text(sent[i].value));
  }
}

void check_candidate(BytesView bytes) {
  const auto candidate = parse_candidate(as_text(bytes));
  if (!candidate) return;
  const std::string text = to_text(*candidate);
  const auto again = parse_candidate(text);
  // The names that were left out for brevity, as in `raddr`, can only make it longer by a little.
  PIGEON_ASSERT(again || text.size() > candidate_text_size_max);
  if (again) PIGEON_ASSERT(*again == *candidate);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  check_candidate(bytes);
  const auto message = decode_stun(bytes);
  PIGEON_ASSERT(!message || is_stun(bytes));
  if (!message) return 0;
  read_everything(*message);
  check_round_trip(*message);
  return 0;
}
