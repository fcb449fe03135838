#include <cstddef>
#include <cstdint>
#include <variant>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "rtc/sctp/dcep.hpp"

// The input is a message with the PPID of DCEP. What is understood must be written as it was read.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pigeon;
  const Bytes message(data, data + size);
  const auto read = sctp::decode_dcep(message);
  if (!read) return 0;
  if (const auto* open = std::get_if<sctp::DcepOpen>(&*read)) {
    PIGEON_ASSERT(sctp::encode(*open) == message);
  } else {
    PIGEON_ASSERT(sctp::encode(std::get<sctp::DcepAck>(*read)) == message);
  }
  return 0;
}
