#pragma once

#include <cstddef>

#include "crypto/request.hpp"
#include "suite/group_keys.hpp"
#include "suite/node_identity.hpp"
#include "suite/verifier.hpp"

namespace pigeon::suite {

/// Does what a core asks for (`crypto::Request`), at once. The nodes of a loop may share one. For
/// one thread at a time.
class Answerer {
 public:
  /// Remembers the public keys of this many peers whose signatures it has checked; see `Verifier`.
  explicit Answerer(std::size_t key_count_max = 256);

  /// The answer that `operation` describes, of the kind that is written there. A text opened is
  /// given as it was sealed: whether it is UTF-8 is for the core to find out.
  crypto::Answer answer(const crypto::Operation& operation, const NodeIdentity& identity,
                        const GroupKeys& groups = {});

 private:
  Verifier verifier_;
};

}  // namespace pigeon::suite
