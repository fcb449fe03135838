#include "crypto/hmac.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "crypto/sha1.hpp"
#include "crypto/sha256.hpp"

namespace pigeon::crypto {
namespace {

struct Vector {
  Bytes key;
  Bytes text;
  std::string_view sha1;
  std::string_view sha256;
};

Bytes repeated(std::uint8_t byte, std::size_t count) {
  Bytes bytes(count, byte);
  return bytes;
}

Bytes bytes_of(std::string_view text) {
  const BytesView view = as_bytes(text);
  return {view.begin(), view.end()};
}

template <class Hash>
std::string code_of(const Vector& vector) {
  Hmac<Hash> hmac(vector.key);
  hmac.update(vector.text);
  return encode_hex(hmac.digest());
}

// RFC 2202 section 3 cases 2 and 3, which RFC 4231 sections 4.3 and 4.4 share.
TEST(HmacTest, AgreesWithTheVectorsOfShortKeys) {
  const Vector jefe{bytes_of("Jefe"), bytes_of("what do ya want for nothing?"),
                    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"};
  const Vector pattern{repeated(0xaa, 20), repeated(0xdd, 50),
                       "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
                       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"};

  EXPECT_EQ(code_of<Sha1>(jefe), jefe.sha1);
  EXPECT_EQ(code_of<Sha256>(jefe), jefe.sha256);
  EXPECT_EQ(code_of<Sha1>(pattern), pattern.sha1);
  EXPECT_EQ(code_of<Sha256>(pattern), pattern.sha256);
}

TEST(HmacTest, HashesAKeyLongerThanABlock) {
  const Bytes text = bytes_of("Test Using Larger Than Block-Size Key - Hash Key First");
  // RFC 2202 section 3 case 6 and RFC 4231 section 4.7 have keys of different sizes.
  const Vector sha1_case{repeated(0xaa, 80), text, "aa4ae5e15272d00e95705637ce8a3b55ed402112", {}};
  const Vector sha256_case{repeated(0xaa, 131),
                           text,
                           {},
                           "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"};

  EXPECT_EQ(code_of<Sha1>(sha1_case), sha1_case.sha1);
  EXPECT_EQ(code_of<Sha256>(sha256_case), sha256_case.sha256);
}

TEST(HmacTest, AReadyKeyServesManyTexts) {
  const Hmac<Sha1> key(as_bytes("Jefe"));
  Hmac<Sha1> first = key;
  Hmac<Sha1> second = key;

  first.update(as_bytes("something else"));
  second.update(as_bytes("what do ya want "));
  second.update(as_bytes("for nothing?"));

  EXPECT_EQ(encode_hex(second.digest()), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST(EqualInConstantTimeTest, ComparesEveryByteAndTheSizes) {
  const Bytes secret = {1, 2, 3};

  EXPECT_TRUE(equal_in_constant_time(secret, Bytes{1, 2, 3}));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_FALSE(equal_in_constant_time(secret, Bytes{1, 2}));
  EXPECT_FALSE(equal_in_constant_time(secret, Bytes{0, 2, 3}));
  EXPECT_FALSE(equal_in_constant_time(secret, Bytes{1, 2, 0x83}));
}

}  // namespace
}  // namespace pigeon::crypto
