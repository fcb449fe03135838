#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "rtc/sctp/packet/data_chunk.hpp"

namespace pigeon::sctp {

/// A sender's half: cuts messages into fragments and numbers them.
class Fragmenter {
 public:
  Fragmenter(bool interleaved, WireTsn initial_tsn)
      : interleaved_(interleaved), next_tsn_(initial_tsn) {}

  /// The fragments of a message, at most `fragment_size` bytes each. `bytes` must outlive them.
  std::vector<DataChunk> cut(StreamId stream, bool unordered, BytesView bytes,
                             std::size_t fragment_size) {
    std::uint32_t& number = numbers_[{stream, unordered}];
    std::vector<DataChunk> fragments;
    for (std::size_t offset = 0; offset < bytes.size(); offset += fragment_size) {
      const std::size_t size = std::min(fragment_size, bytes.size() - offset);
      const auto index = static_cast<std::uint32_t>(fragments.size());
      fragments.push_back({.interleaved = interleaved_,
                           .unordered = unordered,
                           .beginning = offset == 0,
                           .ending = offset + size == bytes.size(),
                           .tsn = next_tsn_++,
                           .stream = stream,
                           .message = interleaved_ ? number : number & 0xffffU,
                           .fragment = interleaved_ ? index : 0,
                           .ppid = offset == 0 || !interleaved_ ? Ppid::binary : Ppid{0},
                           .payload = bytes.subspan(offset, size)});
    }
    if (interleaved_ || !unordered) ++number;
    return fragments;
  }

  /// Begins anew with the numbers of a stream.
  void reset(StreamId stream) {
    numbers_.erase({stream, false});
    numbers_.erase({stream, true});
  }

  WireTsn next_tsn() const { return next_tsn_; }

 private:
  bool interleaved_;
  WireTsn next_tsn_;
  std::map<std::pair<StreamId, bool>, std::uint32_t> numbers_;
};

}  // namespace pigeon::sctp
