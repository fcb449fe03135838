#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "rtc/ice/turn/allocation.hpp"

namespace pigeon::ice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A conversation with coturn 4.6.1 on one machine, captured: realm pigeon.test, user `user`,
// password `secret`. The client drew from `Random::from_number(1)`.
// clang-format off
constexpr std::string_view first_allocate =
    "000300102112a44278c84f487d775a8542f13ece0019000411000000000d000400000258";
constexpr std::string_view challenge =
    "011300502112a44278c84f487d775a8542f13ece0009001000000401556e617574686f72697a656400150010"
    "326537643631376236376638663332380014000b706967656f6e2e746573740080220014436f7475726e2d34"
    "2e362e312027476f72737427";
constexpr std::string_view second_allocate =
    "000300542112a442238a9455e8229e888de85bbd0019000411000000000d0004000002580006000475736572"
    "0014000b706967656f6e2e7465737400001500103265376436313762363766386633323800080014592ffd74"
    "b02b63621d2287afd7119ad803b96d82";
constexpr std::string_view allocated =
    "010300502112a442238a9455e8229e888de85bbd001600080001f3ef5e12a44300200008000187755e12a443"
    "000d00040000005080220014436f7475726e2d342e362e312027476f7273742700080014e6072ed2086dd530"
    "7613a0d028fdfea61b20058c";
constexpr std::string_view ask_permission =
    "000800502112a44229eb63d0a17a5b999b52da22001200080001bac95e12a44300060004757365720014000b"
    "706967656f6e2e746573740000150010326537643631376236376638663332380008001485b9265d6f701a09"
    "64d1a758eff44794c03796af";
constexpr std::string_view bind_channel =
    "000900582112a442be4023eb07620a54f6fa6ad8000c000443c50000001200080001f2a15e12a44300060004"
    "757365720014000b706967656f6e2e7465737400001500103265376436313762363766386633323800080014"
    "839b888fa94a5ab8fd3fae89abd6560d37d5f407";
constexpr std::string_view permitted =
    "010800302112a44229eb63d0a17a5b999b52da2280220014436f7475726e2d342e362e312027476f72737427"
    "0008001407366de7e1d29b52f1352b8d9929f9c240cf0c14";
constexpr std::string_view bound =
    "010900302112a442be4023eb07620a54f6fa6ad880220014436f7475726e2d342e362e312027476f72737427"
    "00080014b2a066ad367b9ad1f6983ad0b7e6272f0ba553a2";
constexpr std::string_view data_indication =
    "001700342112a442358003ae595489a681a84d260013000968656c6c6f20302030000000001200080001bac9"
    "5e12a44380220014436f7475726e2d342e362e312027476f72737427";
constexpr std::string_view channel_data =
    "43c5000968656c6c6f20312031";
// clang-format on

constexpr SocketAddress plain_peer = {IpAddress::loopback_v4(), 39'899};
constexpr SocketAddress channel_peer = {IpAddress::loopback_v4(), 54'195};

class TurnConversationTest : public testing::Test {
 public:
  std::vector<std::string> sent() {
    DatagramBatch batch;
    client.transmit(batch, now);
    std::vector<std::string> messages;
    for (const auto& one : batch.datagrams()) messages.push_back(encode_hex(batch.payload(one)));
    return messages;
  }

  std::optional<std::pair<SocketAddress, std::string>> receive(std::string_view hex) {
    const Bytes message = decode_hex(hex).value();
    const auto datagram = client.receive(message, now);
    if (!datagram) return std::nullopt;
    return std::pair(datagram->peer, std::string(as_text(datagram->payload)));
  }

  Now now{Instant(1h), 0};
  TurnAllocation client{
      {.address = {IpAddress::loopback_v4(), 13'478}, .username = "user", .password = "secret"},
      {IpAddress::loopback_v4(), 0},
      Random::from_number(1)};
};

TEST_F(TurnConversationTest, GoesAsItWentWithCoturn) {
  client.start(now);
  EXPECT_THAT(sent(), ElementsAre(first_allocate));
  receive(challenge);
  EXPECT_THAT(sent(), ElementsAre(second_allocate));
  receive(allocated);
  EXPECT_EQ(client.addresses(),
            (TurnReady{{IpAddress::loopback_v4(), 54'013}, {IpAddress::loopback_v4(), 42'599}}));

  client.permit(plain_peer, now);
  client.bind_channel(channel_peer, now);
  EXPECT_THAT(sent(), ElementsAre(ask_permission, bind_channel));
  receive(permitted);
  receive(bound);

  EXPECT_EQ(receive(data_indication), std::pair(plain_peer, std::string("hello 0 0")));
  EXPECT_EQ(receive(channel_data), std::pair(channel_peer, std::string("hello 1 1")));
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(TurnConversationTest, WritesASendIndication) {
  client.start(now);
  sent();
  receive(challenge);
  sent();
  receive(allocated);
  client.permit(plain_peer, now);
  sent();
  receive(permitted);
  Bytes out(100);

  out.resize(client.wrap(plain_peer, as_bytes("hello"), out));

  // XOR-PEER-ADDRESS and DATA (RFC 8656 section 11.1) around a random transaction id.
  const std::string message = encode_hex(out);
  EXPECT_EQ(message.substr(0, 16), "001600182112a442");
  EXPECT_EQ(message.substr(40), "001200080001bac95e12a4430013000568656c6c6f000000");
}

}  // namespace
}  // namespace pigeon::ice
