#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "net/websocket/decoder.hpp"
#include "net/websocket/frame.hpp"

// Shared by the codec's tests and its fuzz target.

namespace pigeon::net::websocket {

/// One call of a sink, kept.
struct LoggedEvent {
  enum class Kind : std::uint8_t { text, binary, ping, pong, close, error };

  Kind kind;
  /// Of close and error; `no_status` for a close without a code.
  CloseCode code = CloseCode::no_status;
  /// The payload, the close reason, or the error's sentence.
  std::string payload{};

  friend bool operator==(const LoggedEvent&, const LoggedEvent&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const LoggedEvent& event) {
  constexpr std::array<std::string_view, 6> names = {"text", "binary", "ping",
                                                     "pong", "close",  "error"};
  out << names[static_cast<std::size_t>(event.kind)] << ' '
      << static_cast<std::uint16_t>(event.code) << ' ' << event.payload.size() << " bytes: ";
  for (const char c : event.payload.substr(0, 64)) {
    out << (c >= ' ' && c <= '~' ? c : '.');
  }
  return out;
}

/// A sink that keeps everything.
class EventLog {
 public:
  void message(Opcode opcode, BytesView payload) {
    add(opcode == Opcode::text ? LoggedEvent::Kind::text : LoggedEvent::Kind::binary, payload);
  }
  void ping(BytesView payload) { add(LoggedEvent::Kind::ping, payload); }
  void pong(BytesView payload) { add(LoggedEvent::Kind::pong, payload); }
  void close(std::optional<CloseCode> code, std::string_view reason) {
    events_.push_back(
        {LoggedEvent::Kind::close, code.value_or(CloseCode::no_status), std::string(reason)});
  }
  void error(CloseCode code, std::string_view sentence) {
    events_.push_back({LoggedEvent::Kind::error, code, std::string(sentence)});
  }

  const std::vector<LoggedEvent>& events() const { return events_; }

 private:
  void add(LoggedEvent::Kind kind, BytesView payload) {
    events_.push_back({kind, CloseCode::no_status, std::string(as_text(payload))});
  }

  std::vector<LoggedEvent> events_;
};

/// Feeds a decoder with a copy of `input`, as it unmasks in place. The copy is exactly as long, so
/// that AddressSanitizer sees a read beyond it.
inline void feed(Decoder& decoder, BytesView input, EventLog& log) {
  Bytes copy(input.begin(), input.end());
  decoder.decode(copy, log);
}

/// What a fresh decoder makes of a stream that arrives in pieces of the size that `next_size` gives
/// each time.
template <class NextSize>
std::vector<LoggedEvent> decode_in_pieces(Role role, DecoderOptions options, BytesView stream,
                                          NextSize next_size) {
  Decoder decoder(role, options);
  EventLog log;
  while (!stream.empty()) {
    const std::size_t size = std::clamp<std::size_t>(next_size(), 1, stream.size());
    feed(decoder, stream.first(size), log);
    stream = stream.subspan(size);
  }
  return log.events();
}

/// What a fresh decoder makes of a stream that arrives at once.
inline std::vector<LoggedEvent> decode_at_once(Role role, BytesView stream,
                                               DecoderOptions options = {}) {
  return decode_in_pieces(role, options, stream, [&] { return stream.size(); });
}

/// Appends a frame as the other end of a decoder of this role would send it: a server reads masked
/// frames.
inline void append_frame(Bytes& stream, Role reader, Opcode opcode, BytesView payload,
                         bool final = true, MaskKey key = {0x37, 0xfa, 0x21, 0x3d}) {
  const auto mask = reader == Role::server ? std::optional(key) : std::nullopt;
  const FrameHeader header = encode_header(opcode, payload.size(), mask, final);
  stream.insert(stream.end(), header.view().begin(), header.view().end());
  stream.insert(stream.end(), payload.begin(), payload.end());
  if (mask) apply_mask(MutableBytesView(stream).last(payload.size()), *mask);
}

}  // namespace pigeon::net::websocket
