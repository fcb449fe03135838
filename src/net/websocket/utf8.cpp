#include "net/websocket/utf8.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace pigeon::net::websocket {

namespace {

// What must come next. The names of the middle ones are the lead bytes whose second byte has a
// range of its own, without which overlong forms, surrogates and code points above U+10FFFF would
// pass.
enum State : std::uint8_t { start, tail_1, tail_2, tail_3, after_e0, after_ed, after_f0, after_f4 };
constexpr std::uint8_t rejected = 8;
constexpr std::uint8_t state_count = 9;

constexpr bool within(unsigned byte, unsigned first, unsigned last) {
  return byte >= first && byte <= last;
}

constexpr std::uint8_t after_lead(unsigned byte) {
  if (byte <= 0x7f) return start;
  if (within(byte, 0xc2, 0xdf)) return tail_1;
  if (byte == 0xe0) return after_e0;
  if (byte == 0xed) return after_ed;
  if (within(byte, 0xe1, 0xef)) return tail_2;
  if (byte == 0xf0) return after_f0;
  if (byte == 0xf4) return after_f4;
  if (within(byte, 0xf1, 0xf3)) return tail_3;
  return rejected;
}

// The grammar of RFC 3629 section 4.
constexpr std::uint8_t next_state(std::uint8_t state, unsigned byte) {
  switch (state) {
    case start:
      return after_lead(byte);
    case tail_1:
      return within(byte, 0x80, 0xbf) ? std::uint8_t{start} : rejected;
    case tail_2:
      return within(byte, 0x80, 0xbf) ? std::uint8_t{tail_1} : rejected;
    case tail_3:
      return within(byte, 0x80, 0xbf) ? std::uint8_t{tail_2} : rejected;
    case after_e0:
      return within(byte, 0xa0, 0xbf) ? std::uint8_t{tail_1} : rejected;
    case after_ed:
      return within(byte, 0x80, 0x9f) ? std::uint8_t{tail_1} : rejected;
    case after_f0:
      return within(byte, 0x90, 0xbf) ? std::uint8_t{tail_2} : rejected;
    case after_f4:
      return within(byte, 0x80, 0x8f) ? std::uint8_t{tail_2} : rejected;
    default:
      return rejected;
  }
}

// A state is kept as the number of bits to shift by, so that one step of the automaton is a shift
// of the byte's row: the load of the next row does not wait for the state, as it would in a table
// that is indexed by both. Nine states of six bits fit into the 64 of a row.
constexpr std::uint64_t bits_per_state = 6;
constexpr std::uint64_t state_mask = 0x3f;
constexpr std::uint64_t rejected_shift = rejected * bits_per_state;

constexpr std::array<std::uint64_t, 256> make_rows() {
  std::array<std::uint64_t, 256> rows{};
  for (unsigned byte = 0; byte < rows.size(); ++byte) {
    for (std::uint8_t state = 0; state < state_count; ++state) {
      const std::uint64_t shift = next_state(state, byte) * bits_per_state;
      rows[byte] |= shift << (state * bits_per_state);
    }
  }
  return rows;
}

constexpr std::array<std::uint64_t, 256> rows = make_rows();

std::uint64_t run(std::uint64_t state, BytesView bytes) {
  for (const std::uint8_t byte : bytes) state = (rows[byte] >> state) & state_mask;
  return state;
}

using Block = std::array<std::uint64_t, 4>;

bool is_ascii(const std::uint8_t* block) {
  Block words;
  std::memcpy(words.data(), block, sizeof words);
  return ((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080U) == 0;
}

}  // namespace

bool Utf8Validator::feed(BytesView piece) {
  std::uint64_t state = state_;
  while (piece.size() >= sizeof(Block) && state != rejected_shift) {
    if (state != start || !is_ascii(piece.data())) state = run(state, piece.first(sizeof(Block)));
    piece = piece.subspan(sizeof(Block));
  }
  state = run(state, piece);
  state_ = static_cast<std::uint8_t>(state);
  return state != rejected_shift;
}

bool is_utf8(BytesView text) {
  Utf8Validator validator;
  return validator.feed(text) && validator.complete();
}

}  // namespace pigeon::net::websocket
