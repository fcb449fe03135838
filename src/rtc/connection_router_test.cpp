#include "rtc/connection_router.hpp"

#include <array>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "rtc/ice/stun/writer.hpp"

namespace pigeon::rtc {
namespace {

constexpr ConnectionId alice{1};
constexpr ConnectionId bob{2};
constexpr ConnectionId nobody{99};
const Bytes dtls = {22, 0xfe, 0xfd, 0};

/// A different one for each number.
SocketAddress remote(std::uint32_t number) {
  const auto byte = [&](unsigned shift) { return static_cast<std::uint8_t>(number >> shift); };
  return {IpAddress(IpAddress::V4{10, byte(24), byte(16), byte(8)}),
          static_cast<std::uint16_t>(1'024 + byte(0))};
}

ice::TransactionId transaction(std::uint32_t number) {
  ice::TransactionId id{};
  for (std::size_t i = 0; i < 4; ++i) id[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

Bytes stun(ice::StunClass message_class, std::uint32_t number,
           const std::optional<std::string>& username = std::nullopt,
           ice::StunMethod method = ice::StunMethod::binding) {
  Bytes datagram(400);
  ice::StunWriter writer(datagram, message_class, method, transaction(number));
  if (username) writer.text(ice::StunAttribute::username, *username);
  writer.fingerprint();
  datagram.resize(writer.finish());
  return datagram;
}

Bytes datagram_of(unsigned first) { return {static_cast<std::uint8_t>(first)}; }

Bytes check(const std::string& username) { return stun(ice::StunClass::request, 7, username); }

class ConnectionRouterTest : public ::testing::Test {
 protected:
  std::optional<ConnectionId> route(const SocketAddress& from, BytesView datagram) {
    return router_.route({{IpAddress::loopback_v4(), 3'478}, from}, datagram);
  }
  const RouterCounters& counters() const { return router_.counters(); }

  ConnectionRouter router_{Random::from_number(1),
                           {.address_count_max = 3, .ufrag_count_max = 2, .request_count_max = 3}};
};

TEST_F(ConnectionRouterTest, RoutesChecksByTheFragmentOfTheReceiver) {
  ASSERT_TRUE(router_.add("alic", alice));
  ASSERT_TRUE(router_.add("bobb", bob));

  EXPECT_EQ(route(remote(1), check("alic:xxxx")), alice);
  EXPECT_EQ(route(remote(1), check("bobb:alic")), bob);
  EXPECT_EQ(counters().by_username, 2U);
}

TEST_F(ConnectionRouterTest, DropsRequestsForNoConnectionHere) {
  router_.add("alic", alice);
  router_.learn(remote(1), alice);

  for (const std::string username : {"none:xxxx", "alic", "ali:cxxxx", ":alic", "", "alicx:y"}) {
    EXPECT_EQ(route(remote(1), check(username)), std::nullopt) << username;
  }
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::request, 7)), std::nullopt);
  EXPECT_EQ(
      route(remote(1), stun(ice::StunClass::request, 7, "alic:xxxx", ice::StunMethod::allocate)),
      std::nullopt);
  EXPECT_EQ(counters().unknown_username, 8U);
}

TEST_F(ConnectionRouterTest, RoutesAllElseByTheAddressThatWasLearned) {
  router_.add("alic", alice);
  router_.learn(remote(1), alice);

  for (const unsigned first : {20U, 22U, 63U, 64U, 79U, 128U, 191U}) {
    EXPECT_EQ(route(remote(1), datagram_of(first)), alice) << first;
    EXPECT_EQ(route(remote(2), datagram_of(first)), std::nullopt) << first;
  }
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::indication, 1)), alice);
  EXPECT_EQ(route(remote(2), stun(ice::StunClass::indication, 1)), std::nullopt);
  EXPECT_EQ(counters().by_address, 8U);
  EXPECT_EQ(counters().unknown_address, 8U);
}

TEST_F(ConnectionRouterTest, TellsAddressesApartByPortAndFamily) {
  router_.add("alic", alice);
  const IpAddress v4(IpAddress::V4{192, 0, 2, 1});
  router_.learn({v4, 1'000}, alice);

  EXPECT_EQ(route({v4, 1'000}, dtls), alice);
  EXPECT_EQ(route({v4, 1'001}, dtls), std::nullopt);
  EXPECT_EQ(route({IpAddress(IpAddress::V4{192, 0, 2, 2}), 1'000}, dtls), std::nullopt);
  EXPECT_EQ(route({*IpAddress::parse("::c000:201"), 1'000}, dtls), std::nullopt);
}

TEST_F(ConnectionRouterTest, DropsWhatIsNotWellFormed) {
  router_.add("alic", alice);
  router_.learn(remote(1), alice);
  const Bytes whole = check("alic:xxxx");

  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(route(remote(1), BytesView(whole).first(size)), std::nullopt) << size;
  }
  EXPECT_EQ(counters().malformed, whole.size() - 1);
  for (const unsigned first : {4U, 16U, 19U, 80U, 127U, 192U, 255U}) {
    EXPECT_EQ(route(remote(1), datagram_of(first)), std::nullopt) << first;
  }
  EXPECT_EQ(route(remote(1), {}), std::nullopt);
  EXPECT_EQ(counters().unknown_kind, 8U);
}

TEST_F(ConnectionRouterTest, RoutesChecksOfANewConnectionFromAnAddressOfAnOldOne) {
  router_.add("alic", alice);
  router_.learn(remote(1), alice);
  router_.add("bobb", bob);

  EXPECT_EQ(route(remote(1), check("bobb:xxxx")), bob);
  EXPECT_EQ(route(remote(1), dtls), alice);
  EXPECT_EQ(router_.learn(remote(1), bob), alice);

  EXPECT_EQ(route(remote(1), dtls), bob);
  router_.remove(alice);
  EXPECT_EQ(route(remote(1), dtls), bob);
}

TEST_F(ConnectionRouterTest, MovesNoAddressForARequestAlone) {
  router_.add("alic", alice);
  router_.add("bobb", bob);

  EXPECT_TRUE(router_.claim(remote(1), alice));
  EXPECT_TRUE(router_.claim(remote(1), alice));
  EXPECT_FALSE(router_.claim(remote(1), bob));
  EXPECT_FALSE(router_.claim(remote(2), nobody));

  EXPECT_EQ(route(remote(1), dtls), alice);
}

TEST_F(ConnectionRouterTest, RoutesResponsesToWhoAsked) {
  router_.add("alic", alice);
  router_.add("bobb", bob);
  router_.note_sent(stun(ice::StunClass::request, 1), alice);
  router_.note_sent(stun(ice::StunClass::request, 2), bob);

  // From one server.
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::success, 2)), bob);
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::error, 1)), alice);
  EXPECT_EQ(counters().by_transaction, 2U);
  EXPECT_EQ(router_.request_count(), 0U);
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::success, 2)), std::nullopt);
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::success, 3)), std::nullopt);
}

TEST_F(ConnectionRouterTest, NotesARequestThatIsSentAgainOnce) {
  router_.add("alic", alice);
  for (int i = 0; i < 10; ++i) router_.note_sent(stun(ice::StunClass::request, 1), alice);

  EXPECT_EQ(router_.request_count(), 1U);
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::success, 1)), alice);
}

TEST_F(ConnectionRouterTest, KeepsAnOldRequestWhileNewerOnesAreAnswered) {
  router_.add("alic", alice);
  router_.note_sent(stun(ice::StunClass::request, 0), alice);

  for (std::uint32_t i = 1; i <= 10; ++i) {
    router_.note_sent(stun(ice::StunClass::request, i), alice);
    EXPECT_EQ(route(remote(1), stun(ice::StunClass::success, i)), alice);
  }

  EXPECT_EQ(route(remote(1), stun(ice::StunClass::success, 0)), alice);
}

TEST_F(ConnectionRouterTest, NotesOnlyRequests) {
  router_.add("alic", alice);

  router_.note_sent(stun(ice::StunClass::success, 1), alice);
  router_.note_sent(stun(ice::StunClass::indication, 2), alice);
  router_.note_sent(dtls, alice);
  router_.note_sent({}, alice);
  router_.note_sent(stun(ice::StunClass::request, 3), nobody);

  EXPECT_EQ(router_.request_count(), 0U);
}

TEST_F(ConnectionRouterTest, HasAFragmentOnlyOnce) {
  EXPECT_TRUE(router_.add("same", alice));
  EXPECT_TRUE(router_.add("same", alice));
  EXPECT_FALSE(router_.add("same", bob));

  EXPECT_EQ(route(remote(1), check("same:xxxx")), alice);
  EXPECT_EQ(router_.connection_count(), 1U);
}

TEST_F(ConnectionRouterTest, HasTheFragmentsOfARestartAndForgetsOlderOnes) {
  router_.add("one1", alice);
  router_.add("two2", alice);
  EXPECT_EQ(route(remote(1), check("one1:xxxx")), alice);
  EXPECT_EQ(route(remote(1), check("two2:xxxx")), alice);

  router_.add("thr3", alice);

  EXPECT_EQ(route(remote(1), check("one1:xxxx")), std::nullopt);
  EXPECT_EQ(route(remote(1), check("two2:xxxx")), alice);
  EXPECT_EQ(route(remote(1), check("thr3:xxxx")), alice);
  EXPECT_TRUE(router_.add("one1", bob));
}

TEST_F(ConnectionRouterTest, KeepsTheFragmentThatWasAddedAgain) {
  router_.add("one1", alice);
  router_.add("two2", alice);
  EXPECT_TRUE(router_.add("one1", alice));

  router_.add("thr3", alice);

  EXPECT_EQ(route(remote(1), check("one1:xxxx")), alice);
  EXPECT_EQ(route(remote(1), check("two2:xxxx")), std::nullopt);
}

TEST_F(ConnectionRouterTest, ForgetsAllAboutARemovedConnection) {
  router_.add("alic", alice);
  router_.add("alis", alice);
  router_.learn(remote(1), alice);
  router_.note_sent(stun(ice::StunClass::request, 1), alice);

  router_.remove(alice);
  router_.remove(nobody);

  EXPECT_EQ(route(remote(1), check("alic:xxxx")), std::nullopt);
  EXPECT_EQ(route(remote(1), dtls), std::nullopt);
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::success, 1)), std::nullopt);
  EXPECT_EQ(router_.connection_count() + router_.address_count() + router_.request_count(), 0U);
  EXPECT_EQ(router_.learn(remote(1), alice), std::nullopt);
  EXPECT_EQ(router_.address_count(), 0U);
}

TEST_F(ConnectionRouterTest, BoundsWhatOneConnectionHolds) {
  router_.add("alic", alice);
  router_.add("bobb", bob);
  router_.learn(remote(0), bob);
  router_.note_sent(stun(ice::StunClass::request, 0), bob);

  for (std::uint32_t i = 1; i <= 1'000; ++i) {
    router_.learn(remote(i), alice);
    router_.note_sent(stun(ice::StunClass::request, i), alice);
  }

  EXPECT_EQ(router_.address_count(), 4U);
  EXPECT_EQ(router_.request_count(), 4U);
  EXPECT_EQ(route(remote(997), dtls), std::nullopt);
  EXPECT_EQ(route(remote(998), dtls), alice);
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::success, 997)), std::nullopt);
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::success, 998)), alice);
  // Another connection loses nothing by it.
  EXPECT_EQ(route(remote(0), dtls), bob);
  EXPECT_EQ(route(remote(1), stun(ice::StunClass::success, 0)), bob);
}

TEST_F(ConnectionRouterTest, DoesNotGrowByWhatStrangersSend) {
  router_.add("alic", alice);
  router_.learn(remote(0), alice);

  for (std::uint32_t i = 1; i <= 10'000; ++i) {
    EXPECT_EQ(route(remote(i), dtls), std::nullopt);
    EXPECT_EQ(route(remote(i), check(std::to_string(i) + ":alic")), std::nullopt);
    EXPECT_EQ(route(remote(i), stun(ice::StunClass::success, i)), std::nullopt);
    EXPECT_EQ(route(remote(i), check("alic:" + std::to_string(i))), alice);
  }

  EXPECT_EQ(router_.connection_count(), 1U);
  EXPECT_EQ(router_.address_count(), 1U);
  EXPECT_EQ(router_.request_count(), 0U);
  EXPECT_EQ(route(remote(0), dtls), alice);
}

TEST_F(ConnectionRouterTest, SharesASocketBetweenThousands) {
  constexpr std::uint32_t count = 5'000;
  for (std::uint32_t i = 0; i < count; ++i) {
    ASSERT_TRUE(router_.add("u" + std::to_string(i), ConnectionId{i}));
    router_.learn(remote(2 * i), ConnectionId{i});
    router_.learn(remote(2 * i + 1), ConnectionId{i});
    router_.note_sent(stun(ice::StunClass::request, i), ConnectionId{i});
  }
  // Every third leaves.
  for (std::uint32_t i = 0; i < count; i += 3) router_.remove(ConnectionId{i});

  for (std::uint32_t i = 0; i < count; ++i) {
    const auto expected = i % 3 == 0 ? std::nullopt : std::optional(ConnectionId{i});
    ASSERT_EQ(route(remote(2 * i), dtls), expected);
    ASSERT_EQ(route(remote(2 * i + 1), dtls), expected);
    ASSERT_EQ(route(remote(0), check("u" + std::to_string(i) + ":x")), expected);
    ASSERT_EQ(route(remote(0), stun(ice::StunClass::success, i)), expected);
  }
}

}  // namespace
}  // namespace pigeon::rtc
