#include "suite/verifier.hpp"

#include <utility>

#include "base/assert.hpp"
#include "base/keyed_hash.hpp"
#include "base/lru_map.hpp"
#include "suite/random_bytes.hpp"
#include "suite/verify_context.hpp"

namespace pigeon::suite {

namespace {

struct PublicKeyHash {
  KeyedHash hash;
  std::uint64_t operator()(const crypto::SigningPublicKey& key) const {
    return hash(BytesView(key.bytes()));
  }
};

PublicKeyHash new_hash() {
  Random random(random_seed());
  return {KeyedHash(random)};
}

}  // namespace

class Verifier::Keys {
 public:
  explicit Keys(std::size_t count_max) : contexts_({.count_max = count_max}, new_hash()) {}

  /// Null if the key is no point of the curve. Such keys are not remembered: refusing one is cheap.
  EVP_PKEY_CTX* find(const crypto::SigningPublicKey& key) {
    if (const KeyContext* known = contexts_.touch(key, Instant())) return known->get();
    KeyContext context = prepare_to_verify(key);
    if (!context) return nullptr;
    return contexts_.insert(key, std::move(context), Instant()).get();
  }

  std::size_t size() const { return contexts_.size(); }

 private:
  LruMap<crypto::SigningPublicKey, KeyContext, PublicKeyHash> contexts_;
};

Verifier::Verifier(std::size_t key_count_max) : keys_(std::make_unique<Keys>(key_count_max)) {}
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;
Verifier::~Verifier() = default;

bool Verifier::verify(const crypto::SigningPublicKey& key, BytesView message, BytesView signature) {
  EVP_PKEY_CTX* const context = keys_->find(key);
  return context != nullptr && verify_with(context, message, signature);
}

std::size_t Verifier::key_count() const { return keys_->size(); }

}  // namespace pigeon::suite
