#pragma once

#include "crypto/request.hpp"

namespace pigeon::node {

/// The public keys that a peer has shown.
struct PeerKeys {
  crypto::SigningPublicKey signing;
  crypto::EncryptionPublicKey encryption;
  /// They came over a connection, or in a message, that is proven to be the peer's.
  bool is_proven = false;
};

}  // namespace pigeon::node
