#include "suite/signing.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "base/base64.hpp"
#include "base/hex.hpp"
#include "base/random.hpp"
#include "suite/random_bytes.hpp"

namespace pigeon::suite {
namespace {

using crypto::SigningPublicKey;
using Scalar = std::array<std::uint8_t, SigningKey::scalar_size>;

// NIST SP 800-186 section 3.2.1.3: the field, the order, and the base point of P-256.
constexpr std::string_view field =
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
constexpr std::string_view order =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view base_x =
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
constexpr std::string_view base_y =
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

template <std::size_t size>
std::array<std::uint8_t, size> fixed(std::string_view hex) {
  const Bytes bytes = decode_hex(hex).value();
  EXPECT_EQ(bytes.size(), size);
  std::array<std::uint8_t, size> result{};
  std::copy_n(bytes.begin(), size, result.begin());
  return result;
}

SigningPublicKey public_key(std::string_view x, std::string_view y) {
  return SigningPublicKey(fixed<64>(std::string(x) + std::string(y)));
}

Bytes signature_of(std::string_view r, std::string_view s) {
  return decode_hex(std::string(r) + std::string(s)).value();
}

SigningKey new_key() { return SigningKey::generate().value(); }

/// a - b as unsigned big-endian numbers; a is not below b.
Scalar minus(Scalar a, const Scalar& b) {
  int borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int difference = a[i] - b[i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    a[i] = static_cast<std::uint8_t>(difference + 256 * borrow);
  }
  return a;
}

Scalar small_number(std::uint8_t value) {
  Scalar scalar{};
  scalar.back() = value;
  return scalar;
}

// unsea 1.1.2: the private key of 32 bytes 0x11 and its signature of "hello".
struct Unsea {
  static constexpr std::string_view public_text =
      "AhfmF_C2RDkoJ4-WmZ5pojpPLBUr321s32bluAKC1O0.GUp968uXcS0t2jyoWqh2Wlb0X8dYWZZS8ol8ZTBuV5Q";
  static constexpr std::string_view signature_text =
      "tTpVDkpTrcQ0-h73nVdh0eHA13YRPDnqvVbojVx3tZkpXDpF9BcEXSXJLTjBWczhXNmgGKhrnALvg5AsvBOP9w";
  SigningPublicKey key = SigningPublicKey::parse(public_text).value();
  Bytes message = {'h', 'e', 'l', 'l', 'o'};
  Bytes signature = decode_base64url(signature_text).value();
};

// RFC 6979 appendix A.2.5 (P-256).
const auto rfc_6979_key = [] {
  return public_key("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
                    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
};

TEST(SigningTest, VerifiesTheSignatureOfUnsea) {
  const Unsea unsea;

  EXPECT_TRUE(verify(unsea.key, unsea.message, unsea.signature));
}

TEST(SigningTest, DerivesThePublicKeyThatUnseaDerives) {
  Scalar ones;
  ones.fill(0x11);

  const auto key = SigningKey::from_private_scalar(ones);

  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->public_key().to_text(), Unsea::public_text);
}

TEST(SigningTest, VerifiesTheVectorsOfRfc6979) {
  const Bytes sample =
      signature_of("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
                   "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
  const Bytes test =
      signature_of("f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
                   "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083");

  EXPECT_TRUE(verify(rfc_6979_key(), as_bytes("sample"), sample));
  EXPECT_TRUE(verify(rfc_6979_key(), as_bytes("test"), test));
  EXPECT_FALSE(verify(rfc_6979_key(), as_bytes("test"), sample));
}

TEST(SigningTest, DerivesThePublicKeyOfRfc6979) {
  const auto key = SigningKey::from_private_scalar(
      fixed<32>("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"));

  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->public_key(), rfc_6979_key());
}

TEST(SigningTest, HundredKeysSignForThemselvesOnly) {
  Random random = Random::from_number(1);
  std::vector<SigningKey> keys;
  keys.reserve(100);
  for (int i = 0; i < 50; ++i) keys.push_back(new_key());
  for (int i = 0; i < 50; ++i) {
    Scalar scalar{};
    random.fill(scalar);
    keys.push_back(SigningKey::from_private_scalar(scalar).value());
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    Bytes message(random.below(200));
    random.fill(message);

    const Signature signature = keys[i].sign(message).value();

    EXPECT_TRUE(verify(keys[i].public_key(), message, signature));
    EXPECT_FALSE(verify(keys[(i + 1) % keys.size()].public_key(), message, signature));
  }
}

TEST(SigningTest, GeneratedKeysDiffer) {
  EXPECT_NE(new_key().public_key(), new_key().public_key());
}

TEST(SigningTest, SignsTheEmptyAndTheLongMessage) {
  const SigningKey key = new_key();
  const Bytes large(3'000'000, 0x5a);

  EXPECT_TRUE(verify(key.public_key(), BytesView(), key.sign(BytesView()).value()));
  EXPECT_TRUE(verify(key.public_key(), large, key.sign(large).value()));
  EXPECT_FALSE(verify(key.public_key(), large, key.sign(BytesView()).value()));
}

TEST(SigningTest, NeverUsesANonceTwice) {
  const SigningKey key = new_key();

  const Signature one = key.sign(as_bytes("hello")).value();
  const Signature other = key.sign(as_bytes("hello")).value();

  EXPECT_FALSE(std::equal(one.begin(), one.begin() + 32, other.begin()));
}

TEST(SigningTest, RefusesEveryFlippedBitOfTheSignature) {
  const Unsea unsea;
  for (std::size_t bit = 0; bit < 8 * unsea.signature.size(); ++bit) {
    Bytes changed = unsea.signature;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));

    EXPECT_FALSE(verify(unsea.key, unsea.message, changed)) << bit;
  }
}

TEST(SigningTest, RefusesEveryFlippedBitOfTheMessage) {
  const Unsea unsea;
  for (std::size_t bit = 0; bit < 8 * unsea.message.size(); ++bit) {
    Bytes changed = unsea.message;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));

    EXPECT_FALSE(verify(unsea.key, changed, unsea.signature)) << bit;
  }
}

// Nearly all of these points are off the curve.
TEST(SigningTest, RefusesEveryFlippedBitOfTheKey) {
  const Unsea unsea;
  for (std::size_t bit = 0; bit < 8 * SigningPublicKey::byte_count; ++bit) {
    auto changed = unsea.key.bytes();
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));

    EXPECT_FALSE(verify(SigningPublicKey(changed), unsea.message, unsea.signature)) << bit;
  }
}

TEST(SigningTest, RefusesEveryTruncationAndExtension) {
  const Unsea unsea;
  for (std::size_t size = 0; size < unsea.signature.size(); ++size) {
    const BytesView signature(unsea.signature);
    EXPECT_FALSE(verify(unsea.key, unsea.message, signature.first(size))) << size;
    EXPECT_FALSE(verify(unsea.key, unsea.message, signature.last(size))) << size;
  }
  for (std::size_t more = 1; more <= 64; ++more) {
    Bytes longer = unsea.signature;
    longer.resize(longer.size() + more);
    EXPECT_FALSE(verify(unsea.key, unsea.message, longer)) << more;
  }
}

TEST(SigningTest, AcceptsBothValuesOfS) {
  const SigningKey key = new_key();
  Signature signature = key.sign(as_bytes("hello")).value();
  Scalar s{};
  std::copy_n(signature.begin() + 32, 32, s.begin());

  const Scalar other_s = minus(fixed<32>(order), s);
  std::copy(other_s.begin(), other_s.end(), signature.begin() + 32);

  EXPECT_TRUE(verify(key.public_key(), as_bytes("hello"), signature));
}

TEST(SigningTest, RefusesNumbersOutOfRange) {
  const Unsea unsea;
  const std::string zero(64, '0');
  const std::string r = encode_hex(BytesView(unsea.signature).first(32));
  const std::string s = encode_hex(BytesView(unsea.signature).last(32));
  const std::string all_ones(64, 'f');
  const std::string one = encode_hex(small_number(1));
  const std::string order_minus_one = encode_hex(minus(fixed<32>(order), small_number(1)));

  for (const std::string& number :
       {zero, std::string(order), std::string(field), all_ones, one, order_minus_one}) {
    EXPECT_FALSE(verify(unsea.key, unsea.message, signature_of(number, s))) << number;
    EXPECT_FALSE(verify(unsea.key, unsea.message, signature_of(r, number))) << number;
    for (const std::string& second : {zero, std::string(order), all_ones, one, order_minus_one}) {
      EXPECT_FALSE(verify(unsea.key, unsea.message, signature_of(number, second)))
          << number << second;
    }
  }
}

// With s = 0, a verifier that forgets the range check takes any message: the classic forgery.
TEST(SigningTest, RefusesAllZeroesForAnyMessage) {
  const Signature zeroes{};
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(verify(new_key().public_key(), as_bytes(std::to_string(i)), zeroes));
  }
}

// A public key was computed backwards for each of these two, from "hello" and the wanted r and s.
TEST(SigningTest, RefusesNumbersWithTheOrderAdded) {
  const SigningPublicKey key =
      public_key("7e72353ece1b32c6bb0ddd59d2257cb9a2462e6d99571b0481d9bfedaf99cfab",
                 "506d525f6c37182648a51ee8a46eb0efb0192e47d47778c54214b8367a6dde44");
  const std::string five = encode_hex(small_number(5));
  const std::string five_more = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632556";

  EXPECT_TRUE(verify(key, as_bytes("hello"), signature_of(five, five)));
  EXPECT_FALSE(verify(key, as_bytes("hello"), signature_of(five_more, five)));
  EXPECT_FALSE(verify(key, as_bytes("hello"), signature_of(five, five_more)));
  EXPECT_FALSE(verify(key, as_bytes("hello"), signature_of(five_more, five_more)));
}

// One nonce in 2^32 gives a point whose x is not below the order; r is then x reduced.
TEST(SigningTest, ReducesALargeCoordinateOfTheNonce) {
  const SigningPublicKey key =
      public_key("d0646a1e517022374fcc7ccd4e13543087a5e29547fed711ceca1a9f723cb8f1",
                 "ade282259b304530ea6845567f127d65778fdd36374d1a1b3c30ecf4fa2d1d0b");
  const std::string three = encode_hex(small_number(3));
  const std::string seven = encode_hex(small_number(7));
  const std::string unreduced = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632554";

  EXPECT_TRUE(verify(key, as_bytes("hello"), signature_of(three, seven)));
  EXPECT_FALSE(verify(key, as_bytes("hello"), signature_of(unreduced, seven)));
}

TEST(SigningTest, RefusesPointsThatAreNotOnTheCurve) {
  const Unsea unsea;
  const std::string zero(64, '0');
  const std::string one = encode_hex(small_number(1));
  const std::string all_ones(64, 'f');
  const std::vector<SigningPublicKey> points = {
      public_key(zero, zero),     public_key(zero, one),          public_key(one, one),
      public_key(field, zero),    public_key(zero, field),        public_key(field, field),
      public_key(base_x, base_x), public_key(all_ones, all_ones), public_key(base_x, zero),
      public_key(base_y, base_x), public_key(order, base_y),
  };
  for (const SigningPublicKey& point : points) {
    EXPECT_FALSE(verify(point, unsea.message, unsea.signature)) << point.to_text();
    EXPECT_FALSE(verify(point, BytesView(), Signature{})) << point.to_text();
  }
}

TEST(SigningTest, ExtremeScalarsWork) {
  const auto lowest = SigningKey::from_private_scalar(small_number(1));
  const auto highest = SigningKey::from_private_scalar(minus(fixed<32>(order), small_number(1)));
  ASSERT_TRUE(lowest.has_value());
  ASSERT_TRUE(highest.has_value());

  EXPECT_EQ(lowest->public_key(), public_key(base_x, base_y));
  EXPECT_EQ(highest->public_key(),
            public_key(base_x, encode_hex(minus(fixed<32>(field), fixed<32>(base_y)))));
  for (const SigningKey* key : {&*lowest, &*highest}) {
    const Signature signature = key->sign(as_bytes("hello")).value();
    EXPECT_TRUE(verify(key->public_key(), as_bytes("hello"), signature));
  }
}

TEST(SigningTest, RefusesScalarsOutOfRange) {
  for (const std::string& hex :
       {std::string(64, '0'), std::string(order), std::string(field), std::string(64, 'f')}) {
    const auto key = SigningKey::from_private_scalar(fixed<32>(hex));

    ASSERT_FALSE(key.has_value()) << hex;
    EXPECT_EQ(key.error(), SuiteError::invalid_private_key);
  }
}

TEST(SigningTest, RandomGarbageIsNeverTakenAndNeverStopsTheProgram) {
  Random random = Random::from_number(2);
  for (int i = 0; i < 500; ++i) {
    std::array<std::uint8_t, 64> point{};
    Bytes signature(random.chance(1, 2) ? 64 : random.below(150));
    Bytes message(random.below(50));
    random.fill(point);
    random.fill(signature);
    random.fill(message);

    EXPECT_FALSE(verify(SigningPublicKey(point), message, signature));
    EXPECT_FALSE(verify(Unsea().key, message, signature));
  }
}

// TLS on the same thread would take a leftover error for its own.
TEST(SigningTest, LeavesTheErrorQueueOfOpenSslAlone) {
  const Unsea unsea;
  ERR_clear_error();

  EXPECT_FALSE(verify(public_key(base_x, base_x), unsea.message, unsea.signature));
  EXPECT_FALSE(verify(unsea.key, unsea.message, Signature{}));
  EXPECT_FALSE(SigningKey::from_private_scalar(Scalar{}).has_value());
  EXPECT_EQ(ERR_peek_error(), 0U);

  ERR_raise(ERR_LIB_USER, 123);
  const unsigned long raised = ERR_peek_last_error();
  EXPECT_FALSE(verify(public_key(base_x, base_x), unsea.message, unsea.signature));
  EXPECT_EQ(ERR_peek_last_error(), raised);
  ERR_clear_error();
}

}  // namespace
}  // namespace pigeon::suite
