#include "sim/world/hub_world.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/client_message.hpp"
#include "wire/signal_type.hpp"

namespace pigeon::sim {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// Announces itself, and notes what it hears.
class Client final : public HubClient {
 public:
  Client(HubWorld& world, char digit) : world_(world), id_(40, digit) {
    connection_ = world_.connect(*this, id_, "10.0.0.1");
    world_.send(connection_, wire::encode_announce(id_, "global", 3, ""));
  }

  void receive_text(std::string_view text) override { heard.emplace_back(text); }
  void receive_close(std::uint16_t /*code*/, std::string_view /*reason*/) override {}
  void call(const Client& other) {
    world_.send(connection_, wire::encode_signal({.type = wire::SignalType::offer,
                                                  .network = "global",
                                                  .target = other.id_,
                                                  .data = R"({"n":1})",
                                                  .reason = {}}));
  }
  hub::ConnectionId connection() const { return connection_; }

  std::vector<std::string> heard;

 private:
  HubWorld& world_;
  std::string id_;
  hub::ConnectionId connection_{};
};

class HubWorldTest : public ::testing::Test {
 protected:
  HubWorldTest() { scheduler_.run_for(1s); }

  Scheduler scheduler_;
  HubWorld world_{scheduler_, Random::from_number(1), {}};
  Client alice_{world_, 'b'};
  Client bob_{world_, 'a'};
};

TEST_F(HubWorldTest, WhatWasSentBeforeLeavingArrives) {
  alice_.call(bob_);
  world_.disconnect(alice_.connection());
  scheduler_.run_for(1s);

  EXPECT_THAT(bob_.heard, Contains(HasSubstr("offer")));
}

TEST_F(HubWorldTest, WhatIsOnTheWayIsLostWithAConnectionThatIsCut) {
  alice_.call(bob_);
  world_.cut(alice_.connection());
  scheduler_.run_for(1s);

  EXPECT_THAT(bob_.heard, Not(Contains(HasSubstr("offer"))));
}

TEST_F(HubWorldTest, WhoeverIsCutHearsNoMore) {
  alice_.call(bob_);
  world_.cut(bob_.connection());
  scheduler_.run_for(1s);

  EXPECT_THAT(bob_.heard, Not(Contains(HasSubstr("offer"))));
}

TEST_F(HubWorldTest, TheHubNoticesLaterThatAConnectionIsCut) {
  world_.cut(alice_.connection());
  scheduler_.run_for(9s);
  EXPECT_THAT(bob_.heard, Not(Contains(HasSubstr("peer-disconnected"))));

  scheduler_.run_for(2s);

  EXPECT_THAT(bob_.heard, Contains(HasSubstr("peer-disconnected")));
}

}  // namespace
}  // namespace pigeon::sim
