#pragma once

#include <cstdint>
#include <type_traits>

namespace pigeon::sctp {

/// Number of a stream within an association (RFC 9260 section 1.3); a data channel's id.
using StreamId = std::uint16_t;

/// Meaning of a message's bytes, for the receiver (RFC 8831 section 8).
enum class Ppid : std::uint32_t {
  dcep = 50,
  string = 51,
  binary = 53,
  string_empty = 56,
  binary_empty = 57,
};

/// Numbers on the wire wrap; inside they are counted on in 64 bits, so that `<` means earlier. The
/// difference to the last one seen decides (RFC 1982), hence a number may be up to half of the
/// range of `Wire` away from it.
template <class Wire>
class Unwrapper {
 public:
  /// `first` is the number that is expected next.
  explicit Unwrapper(Wire first) : newest_(base + first) {}

  /// The number on the wire counted on from the newest given so far.
  std::uint64_t unwrap(Wire number) {
    const std::uint64_t result = peek(number);
    if (result > newest_) newest_ = result;
    return result;
  }

  /// The same without remembering it.
  std::uint64_t peek(Wire number) const {
    const auto forward = static_cast<Wire>(number - static_cast<Wire>(newest_));
    const auto signed_step = static_cast<std::make_signed_t<Wire>>(forward);
    return newest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(signed_step));
  }

 private:
  // Far from 0, so that a number before the first is still positive.
  static constexpr std::uint64_t base = std::uint64_t{1} << 33U;

  std::uint64_t newest_;
};

/// A transmission sequence number (RFC 9260 section 1.3), unwrapped. On the wire its low 32 bits.
using Tsn = std::uint64_t;
/// A TSN as it lies in a packet.
using WireTsn = std::uint32_t;

/// Number of an ordered message within its stream in DATA (RFC 9260 section 1.3).
using Ssn = std::uint16_t;
/// Number of a message within its stream in I-DATA (RFC 8260 section 2.1).
using Mid = std::uint32_t;

/// Number of a request to reconfigure streams (RFC 6525 section 4.1).
using ReconfigNumber = std::uint32_t;

}  // namespace pigeon::sctp
