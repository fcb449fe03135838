#include "rtc/sctp/association.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/sctp/association_testing.hpp"

namespace pigeon::sctp {
namespace {

using enum LinkedAssociations::Side;
using testing::ElementsAre;

TEST(AssociationTest, BothSidesBeginAtOnceAndAMessageGoesEachWay) {
  LinkedAssociations pair;

  pair.connect();
  EXPECT_EQ(pair[left].send(1, Ppid::binary, {1, 2, 3}, {}, pair.now()), SendStatus::queued);
  EXPECT_EQ(pair[right].send(1, Ppid::string, {4}, {}, pair.now()), SendStatus::queued);
  pair.run_for(1s);

  const Established all{.streams_out = 65'535, .streams_in = 65'535};
  EXPECT_THAT(pair.events(right),
              ElementsAre(all, BufferedAmountLow{1}, MessageReceived{1, Ppid::binary, {1, 2, 3}}));
  EXPECT_THAT(pair.events(left),
              ElementsAre(all, BufferedAmountLow{1}, MessageReceived{1, Ppid::string, {4}}));
}

}  // namespace
}  // namespace pigeon::sctp
