#pragma once

#include <memory>

#include "base/keyed_hash.hpp"
#include "base/random.hpp"
#include "crypto/request.hpp"
#include "node/node.hpp"
#include "suite/answerer.hpp"

namespace pigeon::sim {

/// Has the private keys of one node, and answers its crypto requests.
class KeyHolder {
 public:
  virtual ~KeyHolder() = default;
  virtual node::NodeKeys keys() const = 0;
  virtual crypto::Answer answer(const crypto::Operation& operation) = 0;
};

/// Keys and signatures as a real node has them, made from the stream. The nodes of a run share the
/// answerer, which outlives them.
std::unique_ptr<KeyHolder> make_real_keys(Random random, suite::Answerer& answerer);

/// Signatures that are keyed hashes, which whoever has `secret` can make for anybody: for runs of
/// so many nodes that real ones would take most of the time. Every node of the run has the same
/// secret. Encrypts nothing.
std::unique_ptr<KeyHolder> make_fake_hashed_keys(Random random, const KeyedHash& secret);

}  // namespace pigeon::sim
