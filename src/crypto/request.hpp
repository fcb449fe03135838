#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "crypto/peer_identity.hpp"

namespace pigeon::crypto {

// What a core asks of whoever holds the keys and the ciphers. The core never sees a private key.

/// Names a request of one core; never used again.
enum class Ticket : std::uint64_t {};

/// A public key for encryption has the form of one for signatures, and is another key.
using EncryptionPublicKey = SigningPublicKey;

/// r, then s, each 32 bytes big-endian.
using SignatureBytes = std::array<std::uint8_t, 64>;

/// Sign the text with the node's signing key. Answer: `SignatureBytes`.
struct SignRequest {
  std::string text;
};
/// Answer: bool.
struct VerifyRequest {
  SigningPublicKey key;
  std::string text;
  SignatureBytes signature{};
};

/// What unsea's encryption to a public key makes (PeerPigeon protocol, 8.3).
struct SealedText {
  /// With the tag of 16 bytes at the end.
  Bytes ciphertext;
  std::array<std::uint8_t, 12> iv{};
  /// X and Y of the key that was made for this message.
  std::array<std::uint8_t, 64> ephemeral_key{};
};
/// Encrypt to a public key. Answer: `SealedText`, or nothing if the key is no point of the curve.
struct SealRequest {
  EncryptionPublicKey key;
  std::string text;
};
/// Decrypt with the key of a group that the node is in, or with its own if no group is named.
/// Answer: the text, or nothing if it was not for this key or was changed.
struct OpenRequest {
  SealedText sealed;
  std::string group;
};

using Operation = std::variant<SignRequest, VerifyRequest, SealRequest, OpenRequest>;

struct Request {
  Ticket ticket{};
  Operation operation;
};

/// Nothing: it failed.
using Answer = std::variant<std::monostate, SignatureBytes, bool, SealedText, std::string>;

struct Done {
  Ticket ticket{};
  Answer answer;
};

}  // namespace pigeon::crypto
