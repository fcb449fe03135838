#pragma once

#include "base/peer_id.hpp"
#include "base/random.hpp"
#include "crypto/private_scalar.hpp"
#include "pigeon/result.hpp"
#include "suite/encryption.hpp"
#include "suite/signing.hpp"
#include "suite/suite_error.hpp"

namespace pigeon::suite {

/// The two pairs of a node: one signs and gives the node its id, the other opens what is encrypted
/// to it.
class NodeIdentity {
 public:
  /// New pairs out of the randomness of the operating system.
  static Result<NodeIdentity, SuiteError> generate();
  /// The same stream gives the same pairs: for the simulator only.
  static Result<NodeIdentity, SuiteError> from_random(Random random);
  /// Pairs that were stored. `mismatched_keys` if a public half is not that of its private one.
  static Result<NodeIdentity, SuiteError> from_stored(const crypto::StoredKeys& keys);

  const SigningKey& signing() const { return signing_; }
  const EncryptionKey& encryption() const { return encryption_; }
  PeerId peer_id() const { return crypto::peer_id_of(signing_.public_key()); }

  /// For storing; wiped when it goes.
  crypto::StoredKeys stored() const;

 private:
  template <class Fill>
  static Result<NodeIdentity, SuiteError> draw_pairs(Fill fill);
  NodeIdentity(const crypto::PrivateScalar& signing_scalar, SigningKey signing,
               const crypto::PrivateScalar& encryption_scalar, EncryptionKey encryption);

  crypto::PrivateScalar signing_scalar_;
  SigningKey signing_;
  crypto::PrivateScalar encryption_scalar_;
  EncryptionKey encryption_;
};

}  // namespace pigeon::suite
