#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "net/websocket/codec_testing.hpp"
#include "net/websocket/decoder.hpp"
#include "net/websocket/frame.hpp"
#include "net/websocket/utf8.hpp"

// The first byte of an input chooses role and message limit, the second how the stream is cut; the
// rest is the stream.

namespace {

using namespace pigeon;
using namespace pigeon::net::websocket;
using Kind = LoggedEvent::Kind;
using Events = std::vector<LoggedEvent>;

constexpr std::size_t settings_bytes = 2;
constexpr std::size_t slack = control_payload_bytes_max + Decoder::payload_padding;
constexpr std::array<std::uint32_t, 4> limits = {0, 64, 1'000, 100'000};

/// Sizes of pieces, a different sequence for each seed: mostly small, now and then large.
class PieceSizes {
 public:
  explicit PieceSizes(std::uint8_t seed) : state_(seed) {}

  std::size_t operator()() {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (state_ >> 33U & 7U) == 0 ? 200 : 1 + (state_ >> 40U) % 9;
  }

 private:
  std::uint64_t state_;
};

/// UTF-8 read character by character, as plainly as it can be said (RFC 3629 section 3).
bool is_utf8_by_the_book(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = at(i);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xc0) || lead >= 0xf8 || size > text.size() - i) return false;
    std::uint32_t code_point = size == 1 ? lead : lead & (0xffU >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) {
      if ((at(i + k) & 0xc0U) != 0x80) return false;
      code_point = code_point << 6U | (at(i + k) & 0x3fU);
    }
    constexpr std::array<std::uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (code_point < smallest[size] || code_point > 0x10ffff || surrogate) return false;
    i += size;
  }
  return true;
}

template <class NextSize>
Events decode_within_bounds(Role role, std::uint32_t limit, BytesView stream, NextSize next_size) {
  Decoder decoder(role, {.message_bytes_max = limit});
  EventLog log;
  std::size_t arrived = 0;
  while (arrived < stream.size()) {
    const std::size_t size = std::clamp<std::size_t>(next_size(), 1, stream.size() - arrived);
    feed(decoder, stream.subspan(arrived, size), log);
    arrived += size;
    PIGEON_ASSERT(decoder.buffered_bytes() <= 2 * arrived + slack);
    PIGEON_ASSERT(decoder.buffered_bytes() <= limit + slack);
    PIGEON_ASSERT(!decoder.finished() || decoder.buffered_bytes() == 0);
  }
  return log.events();
}

void check_event(const LoggedEvent& event, std::uint32_t limit, bool last) {
  const bool is_message = event.kind == Kind::text || event.kind == Kind::binary;
  const bool is_end = event.kind == Kind::close || event.kind == Kind::error;
  PIGEON_ASSERT(event.payload.size() <= (is_message ? limit : control_payload_bytes_max));
  PIGEON_ASSERT(last || !is_end);
  if (event.kind == Kind::text || event.kind == Kind::close) {
    PIGEON_ASSERT(is_utf8_by_the_book(event.payload));
  }
  if (event.kind == Kind::error) PIGEON_ASSERT(may_be_sent(event.code));
}

void append(Bytes& stream, BytesView bytes) {
  stream.insert(stream.end(), bytes.begin(), bytes.end());
}

/// Writes an event as the other end of `reader` would send it, messages in two fragments if their
/// size is odd. An error becomes the close frame that answers it.
void append_event(Bytes& stream, Role reader, const LoggedEvent& event, MaskKey key) {
  const BytesView payload = as_bytes(event.payload);
  const auto mask = reader == Role::server ? std::optional(key) : std::nullopt;
  const std::size_t first_size = payload.size() % 2 == 0 ? payload.size() : payload.size() / 3;
  switch (event.kind) {
    case Kind::text:
    case Kind::binary: {
      const Opcode opcode = event.kind == Kind::text ? Opcode::text : Opcode::binary;
      const bool whole = first_size == payload.size();
      append_frame(stream, reader, opcode, payload.first(first_size), whole, key);
      if (whole) break;
      append_frame(stream, reader, Opcode::continuation, payload.subspan(first_size), true, key);
      break;
    }
    case Kind::ping:
      append(stream, encode_ping(payload, mask).view());
      break;
    case Kind::pong:
      append(stream, encode_pong(payload, mask).view());
      break;
    case Kind::close:
    case Kind::error: {
      const bool coded = event.code != CloseCode::no_status;
      const auto code = coded ? std::optional(event.code) : std::nullopt;
      append(stream, encode_close(code, event.payload, mask).view());
      break;
    }
  }
}

void check_round_trip(Events events, std::uint32_t limit, PieceSizes sizes, MaskKey key) {
  for (const Role reader : {Role::server, Role::client}) {
    Bytes stream;
    for (const LoggedEvent& event : events) append_event(stream, reader, event, key);
    if (!events.empty() && events.back().kind == Kind::error) events.back().kind = Kind::close;
    PIGEON_ASSERT(decode_within_bounds(reader, limit, stream, sizes) == events);
  }
}

void check_utf8(BytesView text, PieceSizes sizes) {
  const bool expected = is_utf8_by_the_book(as_text(text));
  PIGEON_ASSERT(is_utf8(text) == expected);
  Utf8Validator validator;
  bool valid = true;
  while (!text.empty()) {
    const std::size_t size = std::min(sizes(), text.size());
    valid = validator.feed(text.first(size));
    text = text.subspan(size);
  }
  PIGEON_ASSERT((valid && validator.complete()) == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < settings_bytes) return 0;
  const Role role = (data[0] & 1U) == 0 ? Role::server : Role::client;
  const std::uint32_t limit = limits[data[0] >> 1U & 3U];
  const PieceSizes sizes(data[1]);
  const BytesView stream = BytesView(data, size).subspan(settings_bytes);

  const Events events = decode_within_bounds(role, limit, stream, [&] { return stream.size(); });
  PIGEON_ASSERT(decode_within_bounds(role, limit, stream, sizes) == events);
  PIGEON_ASSERT(decode_within_bounds(role, limit, stream, [] { return 1; }) == events);
  for (std::size_t i = 0; i < events.size(); ++i) {
    check_event(events[i], limit, i + 1 == events.size());
  }
  const MaskKey key = {data[1], 0x80, data[0], 0x7f};
  check_round_trip(events, limit, sizes, key);
  check_utf8(stream, sizes);
  return 0;
}
