#include "hub/crowding.hpp"

#include <gmock/gmock.h>

#include "hub/hub_testing.hpp"

namespace pigeon::hub {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The events of refused clients, as `limit count`.
std::vector<std::string> refusals(const HubUnderTest& hub) {
  std::vector<std::string> texts;
  for (const HubEvent& event : hub.events()) {
    const auto* refused = std::get_if<HubClientsRefused>(&event);
    if (refused != nullptr) texts.push_back(refused->limit + " " + std::to_string(refused->count));
  }
  return texts;
}

HubOptions for_one() {
  HubOptions options;
  options.limits.connections_max = 1;
  return options;
}

/// A hub for one client, which is there.
HubUnderTest full_hub() {
  HubUnderTest hub(for_one());
  hub.open(std::string(40, 'a'));
  return hub;
}

void refuse(HubUnderTest& hub, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) hub.open(std::string(40, 'b'));
}

TEST(CrowdingTest, TellsOfAFullHubOnceInTenSeconds) {
  HubUnderTest hub = full_hub();
  hub.feed(DriverReport{});
  EXPECT_THAT(refusals(hub), IsEmpty());

  refuse(hub, 3);
  hub.feed(DriverReport{});
  refuse(hub, 4);
  hub.feed(DriverReport{});
  EXPECT_THAT(refusals(hub), ElementsAre("connections_max 3"));

  hub.pass(10s);
  hub.feed(DriverReport{});
  hub.pass(60s);
  hub.feed(DriverReport{});
  EXPECT_THAT(refusals(hub), ElementsAre("connections_max 3", "connections_max 4"));
}

TEST(CrowdingTest, CountsWhomTheDriverRefused) {
  HubUnderTest hub = full_hub();
  refuse(hub, 1);

  hub.feed(DriverReport{.refused = {{"connections", 5},
                                    {"connects_per_address", 2},
                                    {"connections_per_address", 3},
                                    {"bad_request", 7}}});

  EXPECT_THAT(refusals(hub), ElementsAre("connections_max 6", "connections_per_address 3",
                                         "connects_per_address 2"));
}

}  // namespace
}  // namespace pigeon::hub
