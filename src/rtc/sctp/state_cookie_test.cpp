#include "rtc/sctp/state_cookie.hpp"

#include <gtest/gtest.h>

namespace pigeon::sctp {
namespace {

const StateCookie cookie = {
    .local_tag = 0x01020304,
    .local_tsn = 0xFFFFFFFF,
    .peer = {.tag = 5,
             .initial_tsn = 6,
             .window = 7,
             .streams_out = 65'535,
             .streams_in = 8,
             .extensions = {.partial_reliability = true, .reconfiguration = true}},
    .tie_local = 9,
    .tie_peer = 10,
    .created = Instant{} + 100h,
};

TEST(StateCookieTest, OpensWhatItHasSealed) {
  Random random = Random::from_number(1);
  const CookieSeal seal(random);

  const auto opened = seal.open(seal.seal(cookie), cookie.created + 59s);

  ASSERT_TRUE(opened);
  EXPECT_EQ(*opened, cookie);
}

TEST(StateCookieTest, RefusesEveryChangeTruncationAndOtherKey) {
  Random random = Random::from_number(1);
  const CookieSeal seal(random);
  const CookieSeal other(random);
  const auto sealed = seal.seal(cookie);

  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= 0x10;
    EXPECT_FALSE(seal.open(changed, cookie.created)) << i;
    EXPECT_FALSE(seal.open(BytesView(sealed).first(i), cookie.created)) << i;
  }
  EXPECT_FALSE(other.open(sealed, cookie.created));
}

}  // namespace
}  // namespace pigeon::sctp
