#include "rtc/dtls/record_protection.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::dtls {
namespace {

class RecordProtectionTest : public ::testing::TestWithParam<Aead> {
 protected:
  static DirectionKeys keys() {
    const bool is_short = GetParam() == Aead::aes_128_gcm;
    const bool is_gcm = GetParam() != Aead::chacha20_poly1305;
    return {Bytes(is_short ? 16 : 32, 0x11), Bytes(is_gcm ? 4 : 12, 0x22)};
  }

  Bytes sealed(BytesView plaintext) {
    Bytes out(plaintext.size() + record_overhead);
    out.resize(sealer_.seal(ContentType::application_data, plaintext, out));
    return out;
  }

  std::optional<Bytes> opened(const Bytes& bytes) {
    BytesView rest = bytes;
    const auto record = take_record(rest);
    if (!record) return std::nullopt;
    Bytes scratch(bytes.size());
    const auto plaintext = opener_.open(*record, scratch);
    if (!plaintext) return std::nullopt;
    return Bytes(plaintext->begin(), plaintext->end());
  }

  RecordSealer sealer_{GetParam(), keys(), 1, 5};
  RecordOpener opener_{GetParam(), keys()};
  const Bytes hello_ = {'h', 'e', 'l', 'l', 'o'};
};

TEST_P(RecordProtectionTest, OpensWhatItSealed) {
  EXPECT_EQ(opened(sealed(hello_)), hello_);
  EXPECT_EQ(opened(sealed({})), Bytes());
  EXPECT_EQ(opened(sealed(Bytes(16'384, 7))), Bytes(16'384, 7));
}

TEST_P(RecordProtectionTest, OpensARecordOnce) {
  const Bytes record = sealed(hello_);

  EXPECT_TRUE(opened(record));
  EXPECT_FALSE(opened(record));
}

TEST_P(RecordProtectionTest, RefusesEveryChangedByte) {
  const Bytes record = sealed(hello_);

  for (std::size_t i = 0; i < record.size(); ++i) {
    Bytes changed = record;
    changed[i] ^= 1U;
    EXPECT_FALSE(opened(changed)) << i;
  }
  EXPECT_EQ(opened(record), hello_);
}

TEST_P(RecordProtectionTest, RefusesEveryTruncation) {
  const Bytes record = sealed(hello_);

  for (std::size_t size = record_header_size; size < record.size(); ++size) {
    Bytes shorter(record.begin(), record.begin() + static_cast<std::ptrdiff_t>(size));
    shorter[11] = 0;
    shorter[12] = static_cast<std::uint8_t>(size - record_header_size);
    EXPECT_FALSE(opened(shorter)) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Ciphers, RecordProtectionTest,
                         ::testing::Values(Aead::aes_128_gcm, Aead::aes_256_gcm,
                                           Aead::chacha20_poly1305));

}  // namespace
}  // namespace pigeon::dtls
