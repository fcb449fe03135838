#include "crypto/block_hash.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "base/random.hpp"
#include "crypto/sha1.hpp"
#include "crypto/sha256.hpp"

namespace pigeon::crypto {
namespace {

const EVP_MD* openssl_hash(Sha1) { return EVP_sha1(); }
const EVP_MD* openssl_hash(Sha256) { return EVP_sha256(); }

template <class Hash>
class BlockHashTest : public testing::Test {
 protected:
  static typename Hash::Digest expected_for(BytesView text) {
    typename Hash::Digest digest{};
    unsigned int size = 0;
    EXPECT_EQ(
        EVP_Digest(text.data(), text.size(), digest.data(), &size, openssl_hash(Hash()), nullptr),
        1);
    EXPECT_EQ(size, digest.size());
    return digest;
  }

  Bytes random_text(std::size_t size) {
    Bytes text(size);
    random_.fill(text);
    return text;
  }

  Random random_ = Random::from_number(1);
};

using Hashes = testing::Types<Sha1, Sha256>;
TYPED_TEST_SUITE(BlockHashTest, Hashes);

TYPED_TEST(BlockHashTest, AgreesWithOpenSslOnEveryLength) {
  for (std::size_t size = 0; size <= 300; ++size) {
    for (int round = 0; round < 3; ++round) {
      const Bytes text = this->random_text(size);
      TypeParam hash;

      hash.update(text);

      ASSERT_EQ(hash.digest(), this->expected_for(text)) << size;
    }
  }
}

TYPED_TEST(BlockHashTest, AgreesWithOpenSslHoweverTheTextIsCut) {
  for (int round = 0; round < 500; ++round) {
    const Bytes text = this->random_text(this->random_.below(301));
    const std::uint64_t piece_max = 1 + this->random_.below(150);
    TypeParam hash;

    BytesView rest(text);
    while (!rest.empty()) {
      const auto size = std::min<std::size_t>(rest.size(), this->random_.below(piece_max + 1));
      hash.update(rest.first(size));
      rest = rest.subspan(size);
    }

    ASSERT_EQ(hash.digest(), this->expected_for(text)) << "round " << round;
  }
}

TYPED_TEST(BlockHashTest, EveryCutInTwoGivesTheSameDigest) {
  const Bytes text = this->random_text(200);
  const auto expected = this->expected_for(text);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    TypeParam hash;

    hash.update(BytesView(text).first(cut));
    hash.update(BytesView(text).subspan(cut));

    ASSERT_EQ(hash.digest(), expected) << cut;
  }
}

TYPED_TEST(BlockHashTest, GoesOnAfterADigest) {
  const Bytes text = this->random_text(130);
  TypeParam hash;
  for (std::size_t size = 0; size < text.size(); ++size) {
    ASSERT_EQ(hash.digest(), this->expected_for(BytesView(text).first(size)));
    hash.update(BytesView(text).subspan(size, 1));
  }
}

}  // namespace
}  // namespace pigeon::crypto
