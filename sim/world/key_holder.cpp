#include "sim/world/key_holder.hpp"

#include <array>
#include <utility>
#include <variant>

#include "base/assert.hpp"
#include "suite/node_identity.hpp"

namespace pigeon::sim {

namespace {

suite::NodeIdentity make_identity(Random random) {
  auto identity = suite::NodeIdentity::from_random(std::move(random));
  PIGEON_ASSERT(identity.has_value());
  return std::move(*identity);
}

class RealKeys final : public KeyHolder {
 public:
  RealKeys(Random random, suite::Answerer& answerer)
      : identity_(make_identity(std::move(random))), answerer_(answerer) {}

  node::NodeKeys keys() const override {
    return {.signing = identity_.signing().public_key(),
            .encryption = identity_.encryption().public_key()};
  }

  crypto::Answer answer(const crypto::Operation& operation) override {
    return answerer_.answer(operation, identity_);
  }

 private:
  suite::NodeIdentity identity_;
  suite::Answerer& answerer_;
};

class FakeHashedKeys final : public KeyHolder {
 public:
  FakeHashedKeys(Random random, const KeyedHash& secret)
      : secret_(secret), signing_(make_key(random)), encryption_(make_key(random)) {}

  node::NodeKeys keys() const override { return {.signing = signing_, .encryption = encryption_}; }

  crypto::Answer answer(const crypto::Operation& operation) override {
    if (const auto* sign = std::get_if<crypto::SignRequest>(&operation)) {
      return signature(signing_, sign->text);
    }
    if (const auto* check = std::get_if<crypto::VerifyRequest>(&operation)) {
      return check->signature == signature(check->key, check->text);
    }
    return {};
  }

 private:
  static crypto::SigningPublicKey make_key(Random& random) {
    std::array<std::uint8_t, crypto::SigningPublicKey::byte_count> bytes{};
    random.fill(bytes);
    return crypto::SigningPublicKey(bytes);
  }

  crypto::SignatureBytes signature(const crypto::SigningPublicKey& key,
                                   std::string_view text) const {
    const std::uint64_t hash = secret_(text) ^ secret_(BytesView(key.bytes()));
    crypto::SignatureBytes bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(hash >> (8 * (i % 8)));
    }
    return bytes;
  }

  KeyedHash secret_;
  crypto::SigningPublicKey signing_;
  crypto::EncryptionPublicKey encryption_;
};

}  // namespace

std::unique_ptr<KeyHolder> make_real_keys(Random random, suite::Answerer& answerer) {
  return std::make_unique<RealKeys>(std::move(random), answerer);
}

std::unique_ptr<KeyHolder> make_fake_hashed_keys(Random random, const KeyedHash& secret) {
  return std::make_unique<FakeHashedKeys>(std::move(random), secret);
}

}  // namespace pigeon::sim
