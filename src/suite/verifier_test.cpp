#include "suite/verifier.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "suite/signing.hpp"

namespace pigeon::suite {
namespace {

SigningKey new_key() { return SigningKey::generate().value(); }

TEST(VerifierTest, ARememberedKeyAnswersAsANewOne) {
  const SigningKey alice = new_key();
  Verifier verifier(4);
  for (int i = 0; i < 50; ++i) {
    const std::string text = std::to_string(i);
    const Signature signature = alice.sign(as_bytes(text)).value();
    Signature changed = signature;
    changed[40] = static_cast<std::uint8_t>(changed[40] ^ 1U);

    EXPECT_TRUE(verifier.verify(alice.public_key(), as_bytes(text), signature));
    EXPECT_FALSE(verifier.verify(alice.public_key(), as_bytes(text + "x"), signature));
    EXPECT_FALSE(verifier.verify(alice.public_key(), as_bytes(text), changed));
    EXPECT_FALSE(verifier.verify(alice.public_key(), as_bytes(text), BytesView(changed).first(63)));
  }
  EXPECT_EQ(verifier.key_count(), 1U);
}

TEST(VerifierTest, KeysAreNotTakenForEachOther) {
  const SigningKey alice = new_key();
  const SigningKey bob = new_key();
  Verifier verifier(4);
  const Signature of_alice = alice.sign(as_bytes("hello")).value();
  const Signature of_bob = bob.sign(as_bytes("hello")).value();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(verifier.verify(alice.public_key(), as_bytes("hello"), of_alice));
    EXPECT_FALSE(verifier.verify(alice.public_key(), as_bytes("hello"), of_bob));
    EXPECT_TRUE(verifier.verify(bob.public_key(), as_bytes("hello"), of_bob));
    EXPECT_FALSE(verifier.verify(bob.public_key(), as_bytes("hello"), of_alice));
  }
}

TEST(VerifierTest, RemembersNoMoreThanItsBound) {
  Verifier verifier(3);
  for (int i = 0; i < 10; ++i) {
    const SigningKey key = new_key();

    EXPECT_TRUE(
        verifier.verify(key.public_key(), as_bytes("hello"), key.sign(as_bytes("hello")).value()));
    EXPECT_LE(verifier.key_count(), 3U);
  }
  EXPECT_EQ(verifier.key_count(), 3U);
}

TEST(VerifierTest, PointsOffTheCurveAreRefusedAndNotRemembered) {
  const SigningKey alice = new_key();
  auto bytes = alice.public_key().bytes();
  bytes[63] = static_cast<std::uint8_t>(bytes[63] ^ 1U);
  Verifier verifier(3);
  ERR_clear_error();

  EXPECT_FALSE(verifier.verify(crypto::SigningPublicKey(bytes), as_bytes("hello"),
                               alice.sign(as_bytes("hello")).value()));
  EXPECT_EQ(verifier.key_count(), 0U);
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace pigeon::suite
