#pragma once

#include <cstdint>

// The picture of a frame and the constants in it, for the encoder and the decoder only.

namespace pigeon::net::websocket {

//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-------+-+-------------+-------------------------------+
//  |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
//  |I|S|S|S|  (4)  |A|     (7)     |            (16/64)            |
//  |N|V|V|V|       |S|             |  (if payload len is 126/127)  |
//  | |1|2|3|       |K|             |                               |
//  +-+-+-+-+-------+-+-------------+ - - - - - - - - - - - - - - - +
//  |    Extended payload length continued, if payload len is 127   |
//  + - - - - - - - - - - - - - - - +-------------------------------+
//  |                               | Masking key, if MASK set      |
//  +-------------------------------+-------------------------------+
//  |    Masking key (continued)    |          Payload data         |
//  +-------------------------------+ - - - - - - - - - - - - - - - +
//  :                     Payload data continued ...                :
//  +---------------------------------------------------------------+
//
// RFC 6455 section 5.2.

inline constexpr std::uint8_t final_bit = 0x80;
inline constexpr std::uint8_t reserved_bits = 0x70;
inline constexpr std::uint8_t opcode_bits = 0x0f;
/// Set in the opcodes of control frames.
inline constexpr std::uint8_t control_bit = 0x08;
inline constexpr std::uint8_t mask_bit = 0x80;
inline constexpr std::uint8_t length_bits = 0x7f;
/// Values of the short length that announce an extended one, of as many bytes.
inline constexpr std::uint8_t length_follows_in_2 = 126;
inline constexpr std::uint8_t length_follows_in_8 = 127;

}  // namespace pigeon::net::websocket
