#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "crypto/request.hpp"
#include "suite/p256.hpp"

namespace pigeon::suite {

/// `seal` with the key and the initialization vector chosen by the caller. For published vectors:
/// the same two for two texts give both away.
std::optional<crypto::SealedText> seal_with(const crypto::EncryptionPublicKey& key, BytesView text,
                                            const P256Pair& ephemeral,
                                            const std::array<std::uint8_t, 12>& iv);

}  // namespace pigeon::suite
