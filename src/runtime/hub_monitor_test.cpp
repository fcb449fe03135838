#include "runtime/hub_monitor.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "runtime/connection_id.hpp"

namespace pigeon::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::VariantWith;

constexpr Now now{};

/// A hub on two loops, and a connection of the second.
class HubMonitorTest : public ::testing::Test {
 protected:
  HubMonitor monitor_with(std::size_t mailbox_bytes_max) {
    return {hub::Hub({}, Random::from_number(1), now),
            {.loop_count = 2, .mailbox_bytes_max = mailbox_bytes_max},
            refusals_};
  }

  /// The client of `alice_` connects, and the loop hears of it: its mailbox gets a text.
  void connect(HubMonitor& monitor, std::size_t loop) {
    HubMonitor::Turn turn(monitor, loop);
    turn.handle(hub::ConnectionOpened{alice_, {{"peerId", std::string(40, 'a')}}, "10.0.0.1"}, now);
    HubMonitor::Handover handover;
    turn.finish(handover, false);
    taken_ = std::move(handover.outputs);
  }

  static std::vector<hub::Output> take(HubMonitor& monitor, std::size_t loop) {
    HubMonitor::Turn turn(monitor, loop);
    HubMonitor::Handover handover;
    turn.finish(handover, true);
    return std::move(handover.outputs);
  }

  RefusalCounts refusals_;
  std::vector<hub::Output> taken_;
  const ConnectionId alice_ = ConnectionPlace{.loop = 1, .slot = 0, .generation = 0}.id();
};

TEST_F(HubMonitorTest, HandsOverToTheLoopOfTheConnection) {
  HubMonitor monitor = monitor_with(1'000);

  connect(monitor, 0);

  EXPECT_THAT(monitor.call_others(0), ElementsAre(1));
  EXPECT_THAT(take(monitor, 1), ElementsAre(VariantWith<hub::SendText>(testing::_)));
}

// The loop that gets the lock later may have begun its turn earlier. With that time, alice would
// count as full until after bob's arrival, and nobody would hear of him.
TEST_F(HubMonitorTest, TimeNeverGoesBackBetweenLoops) {
  HubMonitor monitor = monitor_with(1'000);
  const auto join = [&monitor](ConnectionId connection, char digit, Duration at) {
    const std::string id(40, digit);
    HubMonitor::Turn turn(monitor, ConnectionPlace::of(connection).loop);
    turn.handle(hub::ConnectionOpened{connection, {{"peerId", id}}, "10.0.0.1"}, {Instant(at)});
    const std::string text = R"({"type":"announce","data":{"peerId":")" + id + R"("}})";
    turn.handle(hub::MessageReceived{connection, text}, {Instant(at)});
    HubMonitor::Handover handover;
    turn.finish(handover, false);
    std::string heard;
    for (const hub::Output& output : handover.outputs) {
      if (const auto* sent = std::get_if<hub::SendText>(&output)) heard += sent->text;
    }
    return heard;
  };

  join(alice_, 'a', 2ms);
  const auto heard_by_bob =
      join(ConnectionPlace{.loop = 0, .slot = 0, .generation = 0}.id(), 'b', 1ms);

  EXPECT_THAT(heard_by_bob, HasSubstr(R"("type":"peer-discovered")"));
}

TEST_F(HubMonitorTest, ClosesAConnectionWhoseMailboxIsFull) {
  HubMonitor monitor = monitor_with(1);

  connect(monitor, 0);

  const auto outputs = take(monitor, 1);
  ASSERT_THAT(outputs, ElementsAre(VariantWith<hub::CloseConnection>(testing::_)));
  EXPECT_EQ(std::get<hub::CloseConnection>(outputs.front()).connection, alice_);
  EXPECT_EQ(std::get<hub::CloseConnection>(outputs.front()).code, 1013);
  EXPECT_THAT(refusals_.take(), ElementsAre(Pair("buffered_bytes", 1)));
}

TEST_F(HubMonitorTest, LimitsNothingThatALoopTakesAtOnce) {
  HubMonitor monitor = monitor_with(1);

  connect(monitor, 1);

  EXPECT_THAT(taken_, ElementsAre(VariantWith<hub::SendText>(testing::_)));
}

}  // namespace
}  // namespace pigeon::runtime
