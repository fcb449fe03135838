#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/request.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::node {

/// Bytes of JSON that can be encrypted so that what comes of it can be read again: base64 makes
/// three bytes four, and a text has at most `wire::message_bytes_max`.
inline constexpr std::size_t sealed_bytes_max = std::size_t{512} * 1'024;

/// A text that is encrypted to a peer or, if a group is named, to that.
struct SealedContent {
  crypto::SealedText sealed;
  std::string group;
};

/// Nothing if a part of it is not what it must be.
std::optional<SealedContent> read_sealed(const wire::EncryptedContent& content);
/// The same of JSON (PeerPigeon protocol, 8.4).
std::optional<SealedContent> read_sealed_json(std::string_view json);

/// What stands beside a sealed text, and is not looked at by anybody who opens it.
struct SealedBy {
  crypto::SigningPublicKey key;
  std::array<std::uint8_t, 8> nonce{};
  /// Unix time in milliseconds.
  std::int64_t timestamp = 0;
};
/// As JSON that every version reads.
std::string sealed_json(const SealedContent& content, const SealedBy& by);

}  // namespace pigeon::node
