#include "rtc/ice/stun/fingerprint.hpp"

#include <array>
#include <cstddef>

namespace pigeon::ice {

namespace {

constexpr std::uint32_t reversed_polynomial = 0xedb88320;
constexpr std::uint32_t fingerprint_xor = 0x5354554e;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) {
      value = value >> 1U ^ ((value & 1U) != 0 ? reversed_polynomial : 0);
    }
    table[byte] = value;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> table = make_table();

}  // namespace

void Crc32::update(BytesView text) {
  for (const std::uint8_t byte : text) {
    register_ = register_ >> 8U ^ table[(register_ ^ byte) & 0xffU];
  }
}

std::uint32_t stun_fingerprint(BytesView message_before) {
  Crc32 crc;
  crc.update(message_before);
  return crc.value() ^ fingerprint_xor;
}

}  // namespace pigeon::ice
