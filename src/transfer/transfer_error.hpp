#pragma once

#include <cstdint>
#include <string_view>

namespace pigeon::transfer {

/// Why something is not sent.
enum class TransferError : std::uint8_t {
  /// No stream of that name can be written.
  unknown_stream,
  /// More than the stream has said it takes now, or than the channel does.
  over_window,
  /// Larger than a binary message or a text may be, or than the stream was stated to become.
  too_large,
  /// Fewer bytes than the stream was stated to have.
  too_short,
  too_many,
  /// The stream is over.
  ended,
  /// There is no link to that peer.
  not_linked,
};

/// The error in words.
std::string_view to_string(TransferError error);

}  // namespace pigeon::transfer
