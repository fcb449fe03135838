#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pigeon::test {

// WebSocket frames (RFC 6455 section 5.2), written a second time so that the tests do not share a
// mistake with the hub's codec.

namespace opcode {
inline constexpr std::uint8_t continuation = 0;
inline constexpr std::uint8_t text = 1;
inline constexpr std::uint8_t binary = 2;
inline constexpr std::uint8_t close = 8;
inline constexpr std::uint8_t ping = 9;
inline constexpr std::uint8_t pong = 10;
}  // namespace opcode

/// How the length of a payload is written.
enum class LengthForm : std::uint8_t { shortest, two_bytes, eight_bytes };

/// A frame of a client: right, or wrong in any way a test wants.
struct ClientFrame {
  std::uint8_t opcode = opcode::text;
  std::string payload;
  bool is_final = true;
  /// RSV1, RSV2 and RSV3 as the bits 4, 2 and 1.
  std::uint8_t reserved = 0;
  bool is_masked = true;
  LengthForm length_form = LengthForm::shortest;
  /// The length that the header tells; absent: that of the payload.
  std::optional<std::uint64_t> announced_length;
};

/// The frame's bytes.
std::string encode(const ClientFrame& frame);

/// A close frame's payload.
std::string close_payload(std::uint16_t code, std::string_view reason = {});

/// A frame of the hub.
struct ServerFrame {
  std::uint8_t opcode = 0;
  std::string payload;
};

/// Cuts a stream into frames. Throws `Failure` for whatever a server must not send, and for
/// fragments, which this hub does not send.
class FrameReader {
 public:
  void feed(std::string_view bytes) { received_ += bytes; }
  /// The next whole frame.
  std::optional<ServerFrame> next();
  /// Bytes of an unfinished frame.
  std::size_t pending_bytes() const { return received_.size(); }

 private:
  std::string received_;
};

}  // namespace pigeon::test
