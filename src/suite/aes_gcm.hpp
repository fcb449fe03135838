#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace pigeon::suite {

// AES-256-GCM (NIST SP 800-38D) with the tag at the end of the ciphertext.

using AesKey = std::array<std::uint8_t, 32>;
/// Never used twice with one key.
using GcmIv = std::array<std::uint8_t, 12>;

inline constexpr std::size_t gcm_tag_size = 16;

/// Encrypts `text`; the tag covers `associated`, too. Nothing if OpenSSL fails.
std::optional<Bytes> encrypt(const AesKey& key, const GcmIv& iv, BytesView text,
                             BytesView associated = {});

/// Decrypts; nothing if the tag does not fit.
std::optional<Bytes> decrypt(const AesKey& key, const GcmIv& iv, BytesView ciphertext,
                             BytesView associated = {});

}  // namespace pigeon::suite
