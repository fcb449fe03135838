// Peer connections over real UDP on loopback, by the public interface.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/rtc_side.hpp"
#include "tests/support/pattern.hpp"

namespace pigeon::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using Bytes = std::vector<std::uint8_t>;

std::string text_of(const rtc::ChannelMessage& message) {
  return {message.data.begin(), message.data.end()};
}

TEST(RtcLoopTest, CarriesMessagesBothWays) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  RtcSide& alice = pair.alice;
  RtcSide& bob = pair.bob;
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));

  EXPECT_TRUE(alice.connection->send_text(alice.channel(), "hello").has_value());
  EXPECT_TRUE(bob.connection->send_binary(bob.channel(), Bytes{0, 1, 255}).has_value());
  ASSERT_TRUE(
      run_until(loop, [&] { return alice.messages.size() == 1 && bob.messages.size() == 1; }));

  EXPECT_EQ(text_of(bob.messages[0]), "hello");
  EXPECT_TRUE(bob.messages[0].is_text);
  EXPECT_EQ(alice.messages[0].data, (Bytes{0, 1, 255}));
  EXPECT_FALSE(alice.messages[0].is_text);
}

TEST(RtcLoopTest, CarriesEmptyAndLongMessages) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  RtcSide& alice = pair.alice;
  RtcSide& bob = pair.bob;
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));
  const Bytes longest = pattern(std::size_t{256} << 10U);

  EXPECT_TRUE(alice.connection->send_text(alice.channel(), "").has_value());
  EXPECT_TRUE(alice.connection->send_binary(alice.channel(), Bytes()).has_value());
  EXPECT_TRUE(alice.connection->send_binary(alice.channel(), longest).has_value());
  const auto refused = alice.connection->send_binary(alice.channel(), Bytes(longest.size() + 1));
  ASSERT_TRUE(run_until(loop, [&] { return bob.messages.size() == 3; }));

  EXPECT_TRUE(bob.messages[0].data.empty());
  EXPECT_TRUE(bob.messages[0].is_text);
  EXPECT_TRUE(bob.messages[1].data.empty());
  EXPECT_FALSE(bob.messages[1].is_text);
  EXPECT_TRUE(bob.messages[2].data == longest);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error(), rtc::ChannelError::message_too_large);
}

TEST(RtcLoopTest, RefusesMoreThanTheBufferTakesAndDeliversTheRest) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop, {.send_buffer_max = std::size_t{1} << 20U});
  RtcSide& alice = pair.alice;
  RtcSide& bob = pair.bob;
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));
  bob.keeps_messages = false;
  alice.connection->set_buffered_amount_low_threshold(alice.channel(), 65'536);
  constexpr std::size_t offered_total = std::size_t{1} << 30U;
  const Bytes message = pattern(std::size_t{64} << 10U);
  std::size_t accepted = 0;
  std::size_t waiting_max = 0;

  // None of it goes out before the loop runs, so what is taken is what the buffer holds.
  for (std::size_t offered = 0; offered < offered_total; offered += message.size()) {
    const auto sent = alice.connection->send_binary(alice.channel(), message);
    if (sent) {
      accepted += message.size();
    } else {
      ASSERT_EQ(sent.error(), rtc::ChannelError::buffer_full);
    }
    waiting_max = std::max(waiting_max, alice.connection->buffered_amount(alice.channel()));
  }
  ASSERT_TRUE(run_until(loop, [&] { return bob.message_bytes == accepted && alice.lows > 0; }));

  EXPECT_GE(accepted, std::size_t{512} << 10U);
  EXPECT_LE(waiting_max, std::size_t{1} << 20U);
  EXPECT_EQ(alice.connection->buffered_amount(alice.channel()), 0U);
}

TEST(RtcLoopTest, KeepsSendingAsTheBufferEmpties) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  RtcSide& alice = pair.alice;
  RtcSide& bob = pair.bob;
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));
  bob.keeps_messages = false;
  constexpr std::size_t total = std::size_t{16} << 20U;
  const Bytes message = pattern(16'384);
  std::size_t sent = 0;
  const auto fill = [&, &from = *alice.connection, channel = alice.channel()] {
    while (sent < total && from.buffered_amount(channel) < (std::size_t{1} << 20U)) {
      ASSERT_TRUE(from.send_binary(channel, message).has_value());
      sent += message.size();
    }
  };
  alice.connection->set_buffered_amount_low_threshold(alice.channel(), std::size_t{256} << 10U);
  alice.on_event = [&](const rtc::ConnectionEvent& event) {
    if (std::holds_alternative<rtc::BufferedAmountLow>(event)) fill();
  };

  fill();

  EXPECT_TRUE(run_until(loop, [&] { return bob.message_bytes == total; }));
  EXPECT_EQ(alice.connection->get_stats().bytes_sent, total);
  EXPECT_EQ(bob.connection->get_stats().bytes_received, total);
}

/// Has many pairs at once between two loops.
void expect_many_pairs_talk(RtcLoop& here, RtcLoop& there, std::size_t count) {
  std::vector<std::unique_ptr<RtcPair>> pairs;
  for (std::size_t i = 0; i < count; ++i) pairs.push_back(std::make_unique<RtcPair>(here, there));
  const auto all = [&pairs](const auto& holds) {
    return std::all_of(pairs.begin(), pairs.end(), [&](const auto& one) { return holds(*one); });
  };
  ASSERT_TRUE(run_until(here, there,
                        [&] { return all([](const RtcPair& pair) { return pair.is_open(); }); }));

  for (std::size_t i = 0; i < count; ++i) {
    auto& alice = pairs[i]->alice;
    EXPECT_TRUE(alice.connection->send_text(alice.channel(), std::to_string(i)).has_value());
  }
  ASSERT_TRUE(run_until(here, there, [&] {
    return all([](const RtcPair& pair) { return pair.bob.messages.size() == 1; });
  }));

  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(text_of(pairs[i]->bob.messages[0]), std::to_string(i));
  }
  EXPECT_EQ(here.stats().connections, count);
  EXPECT_EQ(here.stats().datagrams_unroutable, 0U);
}

TEST(RtcLoopTest, SharesOneSocketAmongFiftyConnections) {
  RtcLoop here = make_loop({.addresses = {"127.0.0.1"}, .shares_sockets = true});
  RtcLoop there = make_loop();
  expect_many_pairs_talk(here, there, 50);
}

TEST(RtcLoopTest, GivesEachConnectionASocketOfItsOwn) {
  RtcLoop here = make_loop();
  RtcLoop there = make_loop();
  expect_many_pairs_talk(here, there, 10);
}

TEST(RtcLoopTest, SpeaksIpv6) {
  RtcLoop here = make_loop({.addresses = {"::1"}, .shares_sockets = true});
  RtcLoop there = make_loop({.addresses = {"127.0.0.1", "::1"}});
  expect_many_pairs_talk(here, there, 1);
}

TEST(RtcLoopTest, TellsTheOtherSideThatAConnectionWasClosed) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));

  pair.alice.connection->close();

  EXPECT_TRUE(run_until(loop, [&] { return pair.bob.is_closed(); }));
  EXPECT_THAT(pair.bob.closed, SizeIs(1));
}

TEST(RtcLoopTest, SaysGoodbyeForAHandleThatIsGone) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));

  pair.alice.connection.reset();

  EXPECT_TRUE(run_until(loop, [&] { return pair.bob.is_closed(); }));
  EXPECT_EQ(loop.stats().connections, 1U);
}

TEST(RtcLoopTest, LetsAConnectionBeDestroyedInItsOwnEvent) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  RtcSide& alice = pair.alice;
  RtcSide& bob = pair.bob;
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));
  std::size_t told = 0;
  bob.on_event = [&](const rtc::ConnectionEvent& event) {
    if (!std::holds_alternative<rtc::ChannelMessage>(event)) return;
    ++told;
    bob.connection.reset();
  };

  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(alice.connection->send_text(alice.channel(), "go").has_value());
  }

  EXPECT_TRUE(run_until(loop, [&] { return alice.is_closed(); }));
  EXPECT_EQ(told, 1U);
  EXPECT_EQ(loop.stats().connections, 1U);
}

TEST(RtcLoopTest, LetsAConnectionDestroyAnotherInAnEvent) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  RtcSide& alice = pair.alice;
  RtcSide& bob = pair.bob;
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));
  bob.on_event = [&](const rtc::ConnectionEvent& event) {
    if (std::holds_alternative<rtc::ChannelMessage>(event)) alice.connection.reset();
  };

  EXPECT_TRUE(alice.connection->send_text(alice.channel(), "go").has_value());

  EXPECT_TRUE(run_until(loop, [&] { return bob.is_closed(); }));
}

TEST(RtcLoopTest, ClosesWhatIsLeftWhenItGoes) {
  RtcLoop loop = make_loop();
  RtcSide alice(loop);
  ASSERT_TRUE(alice.connection->create_data_channel("chat").has_value());
  auto doomed = std::make_unique<RtcLoop>(make_loop());
  RtcSide bob(*doomed);
  introduce(alice, bob);
  ASSERT_TRUE(run_until(loop, *doomed, [&] { return alice.is_open() && bob.is_open(); }));

  doomed.reset();

  EXPECT_TRUE(run_until(loop, [&] { return alice.is_closed(); }));
  EXPECT_TRUE(bob.is_closed());
  EXPECT_FALSE(bob.connection->send_text(bob.channel(), "too late").has_value());
}

TEST(RtcLoopTest, OpensAndClosesChannels) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  RtcSide& alice = pair.alice;
  RtcSide& bob = pair.bob;
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));

  const auto second = bob.connection->create_data_channel(
      "second", {.ordered = false, .max_retransmits = 3, .protocol = "p"});
  ASSERT_TRUE(second.has_value());
  ASSERT_TRUE(run_until(loop, [&] { return alice.opened.size() == 2 && bob.opened.size() == 2; }));
  const auto seen = alice.connection->data_channel(alice.channel());
  alice.connection->close_data_channel(alice.channel());
  ASSERT_TRUE(run_until(loop, [&] { return alice.closed.size() == 1 && bob.closed.size() == 1; }));

  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->label, "second");
  EXPECT_EQ(seen->init.protocol, "p");
  EXPECT_FALSE(seen->init.ordered);
  EXPECT_EQ(seen->init.max_retransmits, 3);
  EXPECT_EQ(bob.closed[0], *second);
}

TEST(RtcLoopTest, FindsNewPathsAfterARestart) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  RtcSide& alice = pair.alice;
  RtcSide& bob = pair.bob;
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));

  const auto offer = alice.connection->create_offer({.restarts_ice = true});
  ASSERT_TRUE(offer.has_value());
  ASSERT_TRUE(alice.connection->set_local_description(*offer).has_value());
  ASSERT_TRUE(bob.connection->set_remote_description(*offer).has_value());
  const auto answer = bob.connection->set_local_description();
  ASSERT_TRUE(answer.has_value());
  ASSERT_TRUE(alice.connection->set_remote_description(*answer).has_value());
  ASSERT_TRUE(alice.connection->send_text(alice.channel(), "still here").has_value());

  EXPECT_TRUE(run_until(loop, [&] { return bob.messages.size() == 1; }));
  EXPECT_EQ(alice.connection->connection_state(), rtc::ConnectionState::connected);
}

TEST(RtcLoopTest, CanBeWatchedByAnotherLoop) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  const Deadline deadline;

  while (!pair.is_open() && !deadline.has_passed()) {
    pollfd watched{.fd = loop.descriptor(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&watched, 1, deadline.poll_ms()), 1);
    loop.run_once(0ms);
  }

  EXPECT_TRUE(pair.is_open());
}

TEST(RtcLoopTest, RestsWhileNothingHappens) {
  RtcLoop loop = make_loop();
  RtcPair pair(loop);
  ASSERT_TRUE(run_until(loop, [&] { return pair.is_open(); }));
  const auto end = Clock::now() + 1s;
  std::size_t wakes = 0;

  for (; Clock::now() < end; ++wakes) loop.run_once(100ms);

  // Ten waits of the full length, and what ICE and SCTP do in a second.
  EXPECT_LT(wakes, 60U);
}

TEST(RtcLoopTest, RefusesAddressesAndServersItCannotUseWithASentence) {
  const auto no_address = RtcLoop::create({.addresses = {"localhost"}});
  ASSERT_FALSE(no_address.has_value());
  EXPECT_THAT(no_address.error().message, HasSubstr("'localhost'"));

  // TEST-NET-1 is nobody's.
  RtcLoop elsewhere = make_loop({.addresses = {"192.0.2.1"}});
  const auto unbound = PeerConnection::create(elsewhere, {}, nullptr);
  ASSERT_FALSE(unbound.has_value());
  EXPECT_THAT(unbound.error().message, HasSubstr("192.0.2.1"));

  RtcLoop loop = make_loop();
  const auto no_server =
      PeerConnection::create(loop, {.ice_servers = {{"http://a", "", ""}}}, nullptr);
  ASSERT_FALSE(no_server.has_value());
  EXPECT_THAT(no_server.error().message, HasSubstr("'http://a'"));
}

TEST(RtcLoopTest, StaysQuietWithoutASubscriber) {
  RtcLoop loop = make_loop();
  auto connection = PeerConnection::create(loop, {}, nullptr);
  ASSERT_TRUE(connection.has_value());
  ASSERT_TRUE(connection->create_data_channel("chat").has_value());
  ASSERT_TRUE(connection->set_local_description().has_value());

  EXPECT_TRUE(run_until(
      loop, [&] { return connection->ice_gathering_state() == rtc::IceGatheringState::complete; }));
  EXPECT_THAT(connection->local_description()->sdp, HasSubstr("127.0.0.1"));
}

}  // namespace
}  // namespace pigeon::test
