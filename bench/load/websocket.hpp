#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pigeon::bench {

enum class Opcode : std::uint8_t { text = 1, close = 8, ping = 9, pong = 10 };

/// A whole frame of a server; `payload` lies in the text it was taken from.
struct ServerFrame {
  Opcode opcode = Opcode::text;
  std::string_view payload;
  /// Bytes of header and payload.
  std::size_t size = 0;
};

/// Takes one frame off the front; nothing if it is not complete. Throws std::runtime_error for what
/// no server of this test may send: a fragment, a mask, a binary frame, reserved bits.
std::optional<ServerFrame> take_frame(std::string_view bytes);

/// Puts a masked frame into `frame`, replacing what was there.
void write_client_frame(std::string& frame, Opcode opcode, std::string_view payload,
                        std::uint32_t mask);

/// The client's request for a WebSocket; `target` as in `/?peerId=...`.
std::string upgrade_request(std::string_view target, std::uint16_t port);

/// Bytes of the server's agreement; nothing if it is not complete. Throws if the server refuses.
std::optional<std::size_t> take_upgrade_answer(std::string_view bytes);

/// The code of a close frame's payload; 1005 if there is none.
std::uint16_t close_code(std::string_view payload);

}  // namespace pigeon::bench
