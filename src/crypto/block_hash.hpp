#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"

namespace pigeon::crypto {

/// Size of the blocks that SHA-1 and SHA-256 work on.
inline constexpr std::size_t hash_block_size = 64;
using HashBlock = std::span<const std::uint8_t, hash_block_size>;

/// What SHA-1 and SHA-256 have in common: state of big-endian 32-bit words, blocks of 64 bytes, and
/// padding that ends in the length in bits (FIPS 180-4 section 5.1.1). `Rules` supplies the type
/// `State`, the value `initial` and the function `compress(State&, HashBlock)`.
template <class Rules>
class BlockHash {
 public:
  static constexpr std::size_t digest_size = sizeof(typename Rules::State);
  using Digest = std::array<std::uint8_t, digest_size>;

  /// Appends to the text being hashed, of up to 2^61 bytes in all. However a text is cut into
  /// calls, the digest is the same.
  void update(BytesView text) {
    length_ += text.size();
    if (buffered_ != 0) {
      text = text.subspan(append(text));
      if (buffered_ != hash_block_size) return;
      Rules::compress(state_, buffer_);
      buffered_ = 0;
    }
    while (text.size() >= hash_block_size) {
      Rules::compress(state_, text.first<hash_block_size>());
      text = text.subspan(hash_block_size);
    }
    append(text);
  }

  /// The digest of everything given so far. More text may follow.
  Digest digest() const {
    BlockHash padded = *this;
    return padded.finish();
  }

 private:
  static constexpr std::size_t length_offset = hash_block_size - 8;

  /// Takes what fits into the buffer and says how much that was.
  std::size_t append(BytesView text) {
    const std::size_t count = std::min(text.size(), hash_block_size - buffered_);
    std::copy_n(text.begin(), count, buffer_.begin() + static_cast<std::ptrdiff_t>(buffered_));
    buffered_ += count;
    return count;
  }

  Digest finish() {
    buffer_[buffered_++] = 0x80;
    if (buffered_ > length_offset) {
      zero_buffer_from(buffered_);
      Rules::compress(state_, buffer_);
      buffered_ = 0;
    }
    zero_buffer_from(buffered_);
    const std::uint64_t bits = length_ * 8;
    for (std::size_t i = 0; i < 8; ++i) {
      buffer_[length_offset + i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
    }
    Rules::compress(state_, buffer_);

    Digest digest{};
    for (std::size_t i = 0; i < digest_size; ++i) {
      digest[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
    }
    return digest;
  }

  void zero_buffer_from(std::size_t offset) {
    std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(offset), buffer_.end(),
              std::uint8_t{0});
  }

  typename Rules::State state_ = Rules::initial;
  std::uint64_t length_ = 0;
  std::size_t buffered_ = 0;
  std::array<std::uint8_t, hash_block_size> buffer_{};
};

/// Big-endian word `index` of a block.
constexpr std::uint32_t block_word(HashBlock block, std::size_t index) {
  return static_cast<std::uint32_t>(block[4 * index]) << 24U |
         static_cast<std::uint32_t>(block[4 * index + 1]) << 16U |
         static_cast<std::uint32_t>(block[4 * index + 2]) << 8U |
         static_cast<std::uint32_t>(block[4 * index + 3]);
}

}  // namespace pigeon::crypto
