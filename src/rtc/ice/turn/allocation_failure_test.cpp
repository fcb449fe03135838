#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/ice/turn/allocation_testing.hpp"

namespace pigeon::ice {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::VariantWith;

constexpr SocketAddress alice = turn_peer(1);
constexpr SocketAddress bob = turn_peer(2);

auto failed(TurnError error, std::uint16_t code = 0) {
  return Contains(VariantWith<TurnFailed>(TurnFailed{error, code}));
}

auto refused(const SocketAddress& peer, TurnError error, std::uint16_t code = 0) {
  return Contains(VariantWith<TurnPeerRefused>(TurnPeerRefused{peer, error, code}));
}

/// The client's request that is on its way.
Bytes take_request(TurnWorld& world) {
  DatagramBatch batch;
  world.client.transmit(batch, world.now);
  if (batch.empty()) return {};
  const BytesView payload = batch.payload(batch.datagrams()[0]);
  return {payload.begin(), payload.end()};
}

/// A world in which the server has answered the second Allocate, but the answer waits here.
struct WaitingAnswer {
  explicit WaitingAnswer(TurnTransport transport, ModelServerOptions options = {})
      : world(transport, std::move(options)) {
    world.client.start(world.now);
    world.give(*world.server.receive(take_request(world), world.now));
    bytes = *world.server.receive(take_request(world), world.now);
  }

  TurnWorld world;
  Bytes bytes;
};

/// An answer to a request, written by the test.
template <class Write>
Bytes written_answer(const Bytes& request, StunClass message_class, Write write) {
  const auto message = decode_stun(request);
  Bytes out(1'024);
  StunWriter writer(out, message_class, message->method(), message->transaction());
  write(writer);
  out.resize(writer.finish());
  return out;
}

class TurnFailureTest : public testing::TestWithParam<TurnTransport> {
 public:
  TurnWorld world{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Transports, TurnFailureTest,
                         testing::Values(TurnTransport::udp, TurnTransport::tcp),
                         [](const auto& instance) {
                           return instance.param == TurnTransport::udp ? "Udp" : "Tcp";
                         });

TEST_P(TurnFailureTest, SaysThatThePasswordIsWrong) {
  world.server.options.password = "another";

  world.start();

  EXPECT_THAT(world.events, failed(TurnError::bad_credentials, 401));
  EXPECT_EQ(world.sent_count, 2U);
  EXPECT_EQ(world.client.state(), TurnState::ended);
  EXPECT_EQ(world.client.next_timeout(), Instant::max());
}

TEST_P(TurnFailureTest, SaysThatTheServerWantsCredentials) {
  TurnWorld anonymous({.address = alice, .transport = GetParam()}, {});

  anonymous.start();

  EXPECT_THAT(anonymous.events, failed(TurnError::bad_credentials, 401));
}

TEST_P(TurnFailureTest, SaysThatTheUserNameIsTooLong) {
  TurnServer account = model_server_account(GetParam());
  account.username = std::string(turn_username_size_max + 1, 'u');
  TurnWorld wordy(account, {});

  wordy.start();

  EXPECT_THAT(wordy.events, failed(TurnError::bad_credentials));
  EXPECT_EQ(wordy.sent_count, 0U);
}

TEST_P(TurnFailureTest, GivesUpAServerThatNeverAnswers) {
  world.lost_requests = 1'000;

  world.start();
  world.advance(39'499ms);
  EXPECT_EQ(world.client.state(), TurnState::allocating);
  world.advance(1ms);

  EXPECT_THAT(world.events, failed(TurnError::no_answer));
  EXPECT_EQ(world.sent_count, GetParam() == TurnTransport::udp ? 7U : 1U);
}

TEST_P(TurnFailureTest, PassesOnWhyAnAllocationIsRefused) {
  const std::map<std::uint16_t, TurnError> reasons = {
      {300, TurnError::alternate_server},
      {400, TurnError::refused},
      {403, TurnError::forbidden},
      {437, TurnError::allocation_mismatch},
      {440, TurnError::family_not_supported},
      {441, TurnError::bad_credentials},
      {442, TurnError::transport_not_supported},
      {486, TurnError::quota_reached},
      {500, TurnError::refused},
      {508, TurnError::insufficient_capacity},
      {699, TurnError::refused},
  };
  for (const auto& [code, error] : reasons) {
    TurnWorld refusing(GetParam(), {.errors = {{StunMethod::allocate, code}}});
    refusing.start();
    EXPECT_THAT(refusing.events, ElementsAre(VariantWith<TurnFailed>(TurnFailed{error, code})));
    EXPECT_THAT(to_string(error), testing::EndsWith("."));
  }
}

TEST_P(TurnFailureTest, AsksOnceOnlyWithANewNonce) {
  world.server.options.hates_nonces = true;

  world.start();

  EXPECT_THAT(world.events, failed(TurnError::bad_credentials, 438));
  EXPECT_EQ(world.sent_count, 3U);
}

TEST_P(TurnFailureTest, DoesNotTakeAChallengeWithoutANonce) {
  world.client.start(world.now);
  const Bytes request = take_request(world);

  world.give(written_answer(request, StunClass::error, [](StunWriter& writer) {
    writer.error_code(401, "");
    writer.text(StunAttribute::realm, "realm");
  }));
  world.exchange();

  EXPECT_THAT(world.events, failed(TurnError::bad_credentials, 401));
}

TEST(TurnFailureUdpTest, WaitsForTheRightAnswerBehindAForgedOne) {
  WaitingAnswer waiting(TurnTransport::udp);
  TurnWorld& world = waiting.world;
  Bytes forged = waiting.bytes;
  forged[forged.size() - 1] ^= 1U;

  world.give(forged);
  EXPECT_EQ(world.client.state(), TurnState::allocating);
  world.give(waiting.bytes);

  EXPECT_EQ(world.client.state(), TurnState::ready);
  EXPECT_EQ(world.client.counters().bad_integrity, 1U);
}

TEST(TurnFailureUdpTest, SaysThatNoAnswerVerified) {
  TurnWorld world(TurnTransport::udp, {.signs_wrongly = true});

  world.start();
  EXPECT_EQ(world.client.state(), TurnState::allocating);
  world.advance(40s);

  EXPECT_THAT(world.events, failed(TurnError::integrity_violated));
}

TEST(TurnFailureStreamTest, SaysAtOnceThatTheAnswerDoesNotVerify) {
  TurnWorld world(TurnTransport::tcp, {.signs_wrongly = true});

  world.start();

  EXPECT_THAT(world.events, failed(TurnError::integrity_violated));
}

TEST_P(TurnFailureTest, AnErrorMustVerifyToo) {
  world.start();
  world.permit(alice);
  world.advance(8min);
  world.client.permit(bob, world.now);
  const Bytes request = take_request(world);

  world.give(written_answer(request, StunClass::error,
                            [](StunWriter& writer) { writer.error_code(437, ""); }));

  EXPECT_EQ(world.client.state(), TurnState::ready);
  EXPECT_EQ(world.client.counters().bad_integrity, 1U);
}

TEST(TurnFailureUdpTest, DropsEveryTruncationOfAnAnswer) {
  WaitingAnswer waiting(TurnTransport::udp);
  for (std::size_t size = 0; size < waiting.bytes.size(); ++size) {
    waiting.world.give(BytesView(waiting.bytes).first(size));
    ASSERT_EQ(waiting.world.client.state(), TurnState::allocating) << size;
  }
  EXPECT_EQ(waiting.world.client.counters().malformed, waiting.bytes.size());

  waiting.world.give(waiting.bytes);

  EXPECT_EQ(waiting.world.client.state(), TurnState::ready);
}

TEST(TurnFailureUdpTest, BelievesNoAnswerWithAWrongBit) {
  const WaitingAnswer sample(TurnTransport::udp);
  for (std::size_t bit = 0; bit < sample.bytes.size() * 8; ++bit) {
    WaitingAnswer waiting(TurnTransport::udp);
    Bytes changed = waiting.bytes;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);

    waiting.world.give(changed);

    ASSERT_EQ(waiting.world.client.state(), TurnState::allocating) << bit;
    EXPECT_TRUE(take_request(waiting.world).empty());
  }
}

TEST_P(TurnFailureTest, DoesNotTakeAnAddressThatIsNone) {
  const std::vector<SocketAddress> useless = {
      {turn_peer(1).ip, 0},
      {IpAddress(IpAddress::V4{}), 1},
      {IpAddress(IpAddress::V4{224, 0, 0, 1}), 1},
      {*IpAddress::parse("2001:db8::1"), 1},
  };
  for (const SocketAddress& relayed : useless) {
    TurnWorld odd(GetParam(), {.relayed = relayed});
    odd.start();
    EXPECT_THAT(odd.events,
                ElementsAre(VariantWith<TurnFailed>(TurnFailed{TurnError::malformed_answer, 0})));
  }
}

TEST_P(TurnFailureTest, DoesNotTakeAnAnswerThatItCannotUnderstand) {
  TurnWorld open({.address = alice, .transport = GetParam()}, {.asks_for_credentials = false});
  open.client.start(open.now);
  const Bytes request = take_request(open);

  open.give(written_answer(request, StunClass::success, [](StunWriter& writer) {
    writer.xor_address(StunAttribute::xor_relayed_address, bob);
    writer.xor_address(StunAttribute::xor_mapped_address, bob);
    writer.attribute(static_cast<StunAttribute>(0x7abc));
  }));
  open.exchange();

  EXPECT_THAT(open.events, failed(TurnError::malformed_answer));
}

TEST_P(TurnFailureTest, IgnoresAnswersToNothing) {
  world.client.start(world.now);
  const Bytes request = take_request(world);
  const auto other = [](StunMethod method, TransactionId id) {
    Bytes out(200);
    StunWriter writer(out, StunClass::success, method, id);
    out.resize(writer.finish());
    return out;
  };

  world.give(other(StunMethod::allocate, TransactionId{9}));
  world.give(other(StunMethod::refresh, decode_stun(request)->transaction()));

  EXPECT_EQ(world.client.state(), TurnState::allocating);
  EXPECT_EQ(world.client.counters().unexpected, 2U);
}

TEST_P(TurnFailureTest, NeverAnswersRequestsOfTheServer) {
  world.start();
  Bytes request(100);
  StunWriter writer(request, StunClass::request, StunMethod::binding, TransactionId{9});
  request.resize(writer.finish());

  EXPECT_THAT(world.give(request), IsEmpty());

  EXPECT_TRUE(take_request(world).empty());
  EXPECT_EQ(world.client.counters().unexpected, 1U);
}

TEST_P(TurnFailureTest, DropsDataThatNobodyAskedFor) {
  world.start();
  world.permit(alice);
  Bytes indication(100);
  StunWriter writer(indication, StunClass::indication, StunMethod::data, TransactionId{9});
  writer.xor_address(StunAttribute::xor_peer_address, bob);
  writer.text(StunAttribute::data, "from bob");
  indication.resize(writer.finish());

  EXPECT_THAT(world.give(indication), IsEmpty());
  EXPECT_THAT(world.give(Bytes{0x47, 0xff, 0, 0}), IsEmpty());

  EXPECT_EQ(world.client.counters().unpermitted, 2U);
}

TEST_P(TurnFailureTest, ReportsOfIcmpMessagesAreNoData) {
  world.start();
  world.permit(alice);
  Bytes indication(100);
  StunWriter writer(indication, StunClass::indication, StunMethod::data, TransactionId{9});
  writer.xor_address(StunAttribute::xor_peer_address, alice);
  writer.u32(StunAttribute::icmp, 0x0303);
  indication.resize(writer.finish());

  EXPECT_THAT(world.give(indication), IsEmpty());
  EXPECT_EQ(world.client.counters().unexpected, 1U);
}

TEST_P(TurnFailureTest, FailsWhenTheServerHasLostTheAllocation) {
  world.start();
  world.permit(alice);
  world.server.forget_allocation();

  world.advance(5min);

  EXPECT_THAT(world.events, failed(TurnError::allocation_mismatch, 437));
}

TEST_P(TurnFailureTest, FailsWhenTheRefreshFindsNoAllocation) {
  world.start();
  world.server.forget_allocation();

  world.advance(540s);

  EXPECT_THAT(world.events, failed(TurnError::allocation_mismatch, 437));
}

TEST_P(TurnFailureTest, RefreshesAlthoughManyOtherRequestsWait) {
  world.start();
  world.advance(539s);
  world.lost_requests = 1'000;
  for (std::uint8_t i = 0; i < turn_channel_count_max; ++i) {
    ASSERT_TRUE(world.client.bind_channel(turn_peer(i), world.now));
  }
  world.exchange();
  world.lost_requests = 0;

  world.advance(1s);

  EXPECT_THAT(world.server.requests, Contains(StunMethod::refresh));
}

TEST_P(TurnFailureTest, TriesARefusedRefreshUntilTheAllocationExpires) {
  world.start();
  world.server.options.errors[StunMethod::refresh] = 500;

  world.advance(599s);
  EXPECT_EQ(world.client.state(), TurnState::ready);
  EXPECT_THAT(world.server.requests, SizeIs(7));
  world.advance(1s);

  EXPECT_THAT(world.events, failed(TurnError::expired));
}

TEST_P(TurnFailureTest, SurvivesARefreshThatIsRefusedForAWhile) {
  world.start();
  world.server.options.errors[StunMethod::refresh] = 500;
  world.advance(580s);
  world.server.options.errors.clear();

  world.advance(10min);

  EXPECT_EQ(world.client.state(), TurnState::ready);
}

TEST_P(TurnFailureTest, ExpiresWhenTheServerFallsSilent) {
  world.start();
  world.permit(alice);
  world.lost_requests = 1'000;

  world.advance(10min);

  EXPECT_THAT(world.events, refused(alice, TurnError::no_answer));
  EXPECT_THAT(world.events, failed(TurnError::expired));
  EXPECT_EQ(world.client.next_timeout(), Instant::max());
}

TEST_P(TurnFailureTest, ALifetimeOfNothingIsHarmless) {
  TurnWorld hasty({.address = alice, .transport = GetParam()}, {.asks_for_credentials = false});
  hasty.client.start(hasty.now);
  hasty.give(written_answer(take_request(hasty), StunClass::success, [](StunWriter& writer) {
    writer.xor_address(StunAttribute::xor_relayed_address, bob);
    writer.xor_address(StunAttribute::xor_mapped_address, bob);
    writer.u32(StunAttribute::lifetime, 0);
  }));

  EXPECT_EQ(hasty.client.state(), TurnState::ready);
  EXPECT_EQ(hasty.client.next_timeout(), hasty.now.monotonic + 10s);
}

TEST_P(TurnFailureTest, AHugeLifetimeIsHarmless) {
  TurnWorld patient({.address = alice, .transport = GetParam()}, {.asks_for_credentials = false});
  patient.client.start(patient.now);
  patient.give(written_answer(take_request(patient), StunClass::success, [](StunWriter& writer) {
    writer.xor_address(StunAttribute::xor_relayed_address, bob);
    writer.xor_address(StunAttribute::xor_mapped_address, bob);
    writer.u32(StunAttribute::lifetime, std::numeric_limits<std::uint32_t>::max());
  }));

  EXPECT_EQ(patient.client.next_timeout(), patient.now.monotonic + 59min);
}

TEST_P(TurnFailureTest, AsksForALifetimeWhateverTheOptionsSay) {
  for (const std::chrono::seconds lifetime :
       {std::chrono::seconds::min(), 0s, std::chrono::seconds::max()}) {
    TurnServer account = model_server_account(GetParam());
    account.lifetime = lifetime;
    TurnWorld odd(account, {});
    odd.start();
    EXPECT_TRUE(odd.server.has_allocation(odd.now));
  }
}

TEST_P(TurnFailureTest, NothingHappensAfterTheEnd) {
  world.start();
  world.permit(alice);
  const auto data = world.server.receive_from_peer(alice, as_bytes("x"), world.now);

  world.client.disconnect();
  world.client.disconnect();
  world.exchange();

  EXPECT_THAT(world.events, failed(TurnError::disconnected));
  EXPECT_FALSE(world.permit(bob));
  EXPECT_THAT(world.give(*data), IsEmpty());
  EXPECT_EQ(world.send(alice, "x"), 0U);
  world.client.release(world.now);
  world.client.start(world.now);
  world.exchange();
  EXPECT_THAT(world.events, SizeIs(3));
}

TEST(TurnFailureStreamTest, FailsWhenTheStreamIsBroken) {
  TurnWorld world(TurnTransport::tcp);
  world.start();

  world.give(as_bytes("\xff\xffHTTP/1.1 400 Bad Request"));
  world.exchange();

  EXPECT_THAT(world.events, failed(TurnError::broken_stream));
}

}  // namespace
}  // namespace pigeon::ice
