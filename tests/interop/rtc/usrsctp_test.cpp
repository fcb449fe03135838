#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/interop/rtc/usrsctp_conversation.hpp"

// Our association against usrsctp's, over real datagrams and in real time.

namespace pigeon::test {
namespace {

using namespace sctp;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t packet_max = AssociationOptions{}.packet_max;

/// Some messages of one kind, to either side.
struct Series {
  StreamId stream = 0;
  std::size_t bytes = 0;
  std::uint32_t count = 1;
  std::uint32_t seed = 1;
  bool ordered = true;

  std::vector<Bytes> messages() const {
    std::vector<Bytes> all;
    for (std::uint32_t i = 0; i < count; ++i) all.push_back(series_message(seed, i, bytes));
    return all;
  }
  /// What the other side tells when it has received them.
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const Bytes& message : messages()) {
      all.push_back(message_line(stream, Ppid::binary, ordered, message));
    }
    return all;
  }
};

/// Some of the messages may be missing; what has arrived is whole and in the order of sending.
void expect_in_order(const std::vector<std::string>& arrived, const Series& series) {
  const std::vector<std::string> sent = series.lines();
  auto at = sent.begin();
  for (const std::string& line : arrived) {
    at = std::find(at, sent.end(), line);
    ASSERT_NE(at, sent.end());
  }
}

class UsrsctpTest : public ::testing::Test {
 protected:
  void send_ours(const Series& series, SendOptions options = {}) {
    options.ordered = series.ordered;
    for (const Bytes& message : series.messages()) {
      ASSERT_EQ(talk.ours().send(series.stream, Ppid::binary, message, options, talk.now()),
                SendStatus::queued);
    }
  }

  void send_theirs(const Series& series, const std::string& limit = "") {
    talk.command("send " + std::to_string(series.stream) + " 53 " + std::to_string(series.bytes) +
                 ' ' + std::to_string(series.count) + ' ' + std::to_string(series.seed) +
                 (series.ordered ? "" : " unordered") + limit);
  }

  /// What we have received on the stream of a series, told as the other side tells it.
  std::vector<std::string> received(const Series& series) const {
    std::vector<std::string> found;
    for (const MessageReceived& message : talk.events_of<MessageReceived>()) {
      if (message.stream != series.stream) continue;
      found.push_back(message_line(message.stream, message.ppid, series.ordered, message.payload));
    }
    return found;
  }
  std::vector<std::string> told(const Series& series) const {
    return talk.told("message " + std::to_string(series.stream) + ' ');
  }

  /// Each side has all of the other's messages, whole, and in order if they are ordered.
  void expect_arrival(const std::vector<Series>& ours, const std::vector<Series>& theirs) {
    for (const Series& series : ours) {
      talk.run_until("our messages", [&] { return told(series).size() >= series.count; });
      expect_same(told(series), series.lines(), series.ordered);
    }
    for (const Series& series : theirs) {
      talk.run_until("its messages", [&] { return received(series).size() >= series.count; });
      expect_same(received(series), series.lines(), series.ordered);
    }
  }

  static void expect_same(std::vector<std::string> actual, std::vector<std::string> expected,
                          bool ordered) {
    if (!ordered) std::sort(actual.begin(), actual.end());
    if (!ordered) std::sort(expected.begin(), expected.end());
    EXPECT_EQ(actual, expected);
  }

  void expect_talk() {
    const Series ours{.stream = 1, .bytes = 100, .seed = 1};
    const Series theirs{.stream = 2, .bytes = 100, .seed = 2};
    send_ours(ours);
    send_theirs(theirs);
    expect_arrival({ours}, {theirs});
  }

  Closed await_end() {
    talk.run_until("the end", [&] { return !talk.events_of<Closed>().empty(); });
    return talk.events_of<Closed>().front();
  }

  UsrsctpConversation talk;
};

// ---- Beginning

TEST_F(UsrsctpTest, WeConnect) {
  talk.connect();

  EXPECT_THAT(talk.events_of<Established>(), ElementsAre(Established{1'024, 1'024}));
  EXPECT_THAT(talk.told("up "), ElementsAre("up 1024 1024"));
  expect_talk();
}

TEST_F(UsrsctpTest, ItConnects) {
  talk.command("connect");
  talk.await_line("up 1024 1024");

  expect_talk();
  EXPECT_THAT(talk.events_of<Established>(), ElementsAre(Established{1'024, 1'024}));
}

TEST_F(UsrsctpTest, BothConnectAtOnce) {
  talk.command("connect");
  talk.ours().connect(talk.now());
  talk.await_line("up 1024 1024");

  expect_talk();
  EXPECT_THAT(talk.events_of<Established>(), SizeIs(1));
  EXPECT_THAT(talk.events_of<Restarted>(), IsEmpty());
}

TEST_F(UsrsctpTest, TheHandshakeSurvivesLoss) {
  // Of our packets the first is lost, and of its packets the second.
  talk.wire() = {.lost_out = 1, .lost_in = 2};
  talk.command("listen");
  talk.ours().connect(talk.now());
  talk.run_until("a lost packet", [&] { return talk.seen().packets_out == 1; });
  talk.wire().lost_out = 0;

  talk.await_line("up 1024 1024");
  talk.wire().lost_in = 0;
  expect_talk();
}

// ---- Messages

TEST_F(UsrsctpTest, MessagesComeBackAsTheyWere) {
  talk.connect();
  talk.command("echo on");

  Series series{.stream = 5, .bytes = 1, .count = 1};
  std::vector<std::string> expected;
  for (const std::size_t size : {1U, 3U, 4U, 1'000U, 1'131U, 1'132U, 1'135U, 1'136U, 5'000U}) {
    series.bytes = size;
    send_ours(series);
    expected.push_back(series.lines().front());
  }

  talk.run_until("the echo", [&] { return received(series).size() == expected.size(); });
  EXPECT_EQ(received(series), expected);
}

TEST_F(UsrsctpTest, CarriesAMebibyteEachWayAtOnce) {
  talk.connect();

  const Series ours{.stream = 3, .bytes = 16'384, .count = 64, .seed = 3};
  const Series theirs{.stream = 3, .bytes = 16'384, .count = 64, .seed = 4};
  send_ours(ours);
  send_theirs(theirs);

  expect_arrival({ours}, {theirs});
  EXPECT_EQ(talk.ours().stats().malformed_packets, 0U);
  EXPECT_EQ(talk.ours().stats().dropped_chunks, 0U);
}

TEST_F(UsrsctpTest, CarriesTheLongestMessagesOrderedAndUnordered) {
  talk.connect();

  const Series ordered{.stream = 7, .bytes = 262'144, .count = 3, .seed = 5};
  const Series unordered{.stream = 8, .bytes = 262'144, .count = 3, .seed = 6, .ordered = false};
  for (const Series& series : {ordered, unordered}) {
    send_ours(series);
    send_theirs(series);
  }

  expect_arrival({ordered, unordered}, {ordered, unordered});
}

class UsrsctpLossTest : public UsrsctpTest, public ::testing::WithParamInterface<std::uint64_t> {};

INSTANTIATE_TEST_SUITE_P(Every, UsrsctpLossTest, ::testing::Values(5, 9, 20),
                         ::testing::PrintToStringParamName());

TEST_P(UsrsctpLossTest, EverythingReliableArrives) {
  talk.connect();

  talk.wire().lost_out = GetParam();
  talk.command("drop " + std::to_string(GetParam()));
  const Series ordered{.stream = 1, .bytes = 3'000, .count = 60, .seed = 7};
  const Series unordered{.stream = 2, .bytes = 900, .count = 60, .seed = 8, .ordered = false};
  for (const Series& series : {ordered, unordered}) {
    send_ours(series);
    send_theirs(series);
  }

  expect_arrival({ordered, unordered}, {ordered, unordered});
}

// ---- Limited reliability

TEST_F(UsrsctpTest, WeGiveUpWhatMayNotBeSentAgain) {
  talk.connect();

  talk.wire().lost_out = 5;
  const Series limited{.stream = 1, .bytes = 1'000, .count = 50, .seed = 9};
  const Series reliable{.stream = 1, .bytes = 20, .seed = 10};
  send_ours(limited, {.max_retransmits = 0});
  send_ours(reliable);
  talk.await_line(reliable.lines().front());

  std::vector<std::string> arrived = told(limited);
  EXPECT_EQ(arrived.back(), reliable.lines().front());
  arrived.pop_back();
  EXPECT_LT(arrived.size(), 50U);
  EXPECT_GT(arrived.size(), 20U);
  expect_in_order(arrived, limited);
}

TEST_F(UsrsctpTest, WeGiveUpFragmentsOfWhatMayNotBeSentAgain) {
  talk.connect();

  talk.wire().lost_out = 9;
  const Series limited{.stream = 1, .bytes = 10'000, .count = 20, .seed = 11, .ordered = false};
  const Series reliable{.stream = 2, .bytes = 50'000, .seed = 12};
  send_ours(limited, {.max_retransmits = 0});
  send_ours(reliable);
  talk.await_line(reliable.lines().front());

  EXPECT_LT(told(limited).size(), 20U);
  const std::vector<std::string> sent = limited.lines();
  for (const std::string& line : told(limited)) EXPECT_THAT(sent, ::testing::Contains(line));
}

TEST_F(UsrsctpTest, ItGivesUpWhatMayNotBeSentAgain) {
  talk.connect();

  talk.wire().lost_in = 5;
  const Series limited{.stream = 1, .bytes = 1'000, .count = 50, .seed = 13};
  const Series reliable{.stream = 2, .bytes = 20, .seed = 14};
  send_theirs(limited, " rtx 0");
  send_theirs(reliable);
  expect_arrival({}, {reliable});
  talk.wire().lost_in = 0;

  const Series last{.stream = 1, .bytes = 30, .seed = 15};
  send_theirs(last);
  talk.run_until("the last message", [&] {
    return !received(last).empty() && received(last).back() == last.lines().front();
  });
  std::vector<std::string> arrived = received(last);
  arrived.pop_back();
  EXPECT_LT(arrived.size(), 50U);
  EXPECT_GT(arrived.size(), 20U);
  expect_in_order(arrived, limited);
}

TEST_F(UsrsctpTest, WeGiveUpWhatIsTooOld) {
  talk.connect();

  talk.wire().lost_out = 1;
  const Series limited{.stream = 1, .bytes = 1'000, .count = 10, .seed = 16};
  send_ours(limited, {.lifetime = 50ms});
  talk.run_until("messages to be given up", [&] {
    const AssociationStats stats = talk.ours().stats();
    return stats.bytes_in_flight == 0 && talk.ours().buffered_amount(1) == 0;
  });
  talk.wire().lost_out = 0;
  const Series reliable{.stream = 1, .bytes = 20, .seed = 17};
  send_ours(reliable);

  expect_arrival({reliable}, {});
}

TEST_F(UsrsctpTest, ItGivesUpWhatIsTooOld) {
  talk.connect();

  talk.wire().lost_in = 1;
  const Series limited{.stream = 1, .bytes = 1'000, .count = 3, .seed = 18};
  send_theirs(limited, " ttl 50");
  talk.run_until("messages to be given up",
                 [&] { return talk.count_told("abandoned 1") == limited.count; });
  talk.wire().lost_in = 0;
  const Series reliable{.stream = 1, .bytes = 20, .seed = 19};
  send_theirs(reliable);

  expect_arrival({}, {reliable});
}

// ---- Streams

TEST_F(UsrsctpTest, AStreamIsResetBothWaysAndUsedAgain) {
  talk.connect();
  for (std::uint32_t round = 0; round < 3; ++round) {
    const Series ours{.stream = 9, .bytes = 2'000, .count = 2, .seed = 20 + round};
    const Series theirs{.stream = 9, .bytes = 2'000, .count = 2, .seed = 30 + round};
    const std::size_t before_ours = told(ours).size();
    const std::size_t before_theirs = received(theirs).size();
    send_ours(ours);
    send_theirs(theirs);
    talk.run_until("messages", [&] {
      return told(ours).size() == before_ours + 2 && received(theirs).size() == before_theirs + 2;
    });
    EXPECT_EQ(told(ours).back(), ours.lines().back());
    EXPECT_EQ(received(theirs).back(), theirs.lines().back());

    talk.ours().reset_streams(std::vector<StreamId>{9});
    talk.run_until("our reset", [&] {
      return talk.count_told("reset incoming 9") == round + 1 &&
             talk.events_of<OutgoingResetDone>().size() == round + 1;
    });
    talk.command("reset 9");
    talk.run_until("its reset", [&] {
      return talk.count_told("reset outgoing 9") == round + 1 &&
             talk.events_of<IncomingReset>().size() == round + 1;
    });
  }

  EXPECT_THAT(talk.events_of<OutgoingResetDone>(), Each(OutgoingResetDone{{9}, true}));
  EXPECT_THAT(talk.events_of<IncomingReset>(), Each(IncomingReset{{9}}));
  EXPECT_THAT(talk.told("reset_"), IsEmpty());
}

TEST_F(UsrsctpTest, AResetWaitsForMessagesThatAreLost) {
  talk.connect();

  talk.wire() = {.lost_out = 7, .lost_in = 7};
  const Series series{.stream = 4, .bytes = 5'000, .count = 20, .seed = 40};
  send_ours(series);
  send_theirs(series);
  talk.ours().reset_streams(std::vector<StreamId>{4});
  talk.command("reset 4");
  talk.await_line("reset incoming 4");
  talk.await_line("reset outgoing 4");
  talk.run_until("resets", [&] {
    return talk.events_of<IncomingReset>().size() == 1 &&
           talk.events_of<OutgoingResetDone>().size() == 1;
  });

  expect_arrival({series}, {series});
}

// ---- Ending

TEST_F(UsrsctpTest, WeShutDownOnceEverythingHasArrived) {
  talk.connect();

  const Series ours{.stream = 1, .bytes = 100'000, .count = 3, .seed = 50};
  send_ours(ours);
  talk.ours().shutdown(talk.now());

  EXPECT_EQ(await_end().reason, CloseReason::shutdown);
  talk.await_line("down");
  expect_arrival({ours}, {});
}

TEST_F(UsrsctpTest, ItShutsDownOnceEverythingHasArrived) {
  talk.connect();

  const Series theirs{.stream = 1, .bytes = 100'000, .count = 3, .seed = 51};
  send_theirs(theirs);
  talk.await_line("sent 1 3");
  talk.command("shutdown");

  EXPECT_EQ(await_end().reason, CloseReason::shutdown);
  talk.await_line("down");
  expect_arrival({}, {theirs});
}

TEST_F(UsrsctpTest, BothShutDownAtOnceThroughLoss) {
  talk.connect();

  talk.wire() = {.lost_out = 2, .lost_in = 3};
  talk.command("shutdown");
  talk.ours().shutdown(talk.now());

  EXPECT_EQ(await_end().reason, CloseReason::shutdown);
  talk.await_line("down");
}

TEST_F(UsrsctpTest, WeAbort) {
  talk.connect();

  talk.ours().abort("enough");

  talk.await_line("lost");
  EXPECT_EQ(await_end().reason, CloseReason::aborted_here);
}

TEST_F(UsrsctpTest, ItAborts) {
  talk.connect();

  talk.command("abort");

  EXPECT_EQ(await_end().reason, CloseReason::aborted_by_peer);
}

// ---- What it does not know

TEST_F(UsrsctpTest, ChecksumsAreThereForAPeerThatCountsOnThem) {
  talk.connect();

  const Series series{.stream = 1, .bytes = 50'000, .count = 4, .seed = 60};
  send_ours(series);
  send_theirs(series);

  expect_arrival({series}, {series});
  EXPECT_GT(talk.seen().packets_out, 100U);
  EXPECT_EQ(talk.seen().zero_checksums_out, 0U);
}

TEST_F(UsrsctpTest, ThePathIsNotProbed) {
  talk.connect();

  const Series series{.stream = 1, .bytes = 200'000, .count = 4, .seed = 61};
  send_ours(series);

  expect_arrival({series}, {});
  EXPECT_LE(talk.seen().largest_out, packet_max);
  EXPECT_EQ(talk.ours().stats().unknown_chunks, 0U);
}

}  // namespace
}  // namespace pigeon::test
