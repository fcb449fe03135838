#include "apps/pigeonhub/serve.hpp"

#include <gmock/gmock.h>

namespace pigeonhub {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ServeTest, SaysWhereItListensAndWhatToDoNext) {
  EXPECT_EQ(listening_sentence({"127.0.0.1", 3000}, false),
            "PeerPigeon hub listens on http://localhost:3000 (status page). Connect clients to "
            "ws://localhost:3000; stop with Ctrl+C.");
}

TEST(ServeTest, NamesAnAddressThatWorksInABrowser) {
  EXPECT_THAT(listening_sentence({"::1", 1}, true), HasSubstr("wss://localhost:1;"));
  EXPECT_THAT(listening_sentence({"0.0.0.0", 1}, false), HasSubstr("http://localhost:1 "));
  EXPECT_THAT(listening_sentence({"2001:db8::1", 1}, true), HasSubstr("https://[2001:db8::1]:1 "));
  EXPECT_THAT(listening_sentence({"192.0.2.1", 1}, false), HasSubstr("ws://192.0.2.1:1;"));
  EXPECT_THAT(listening_sentence({"hub.example.org", 1}, false),
              HasSubstr("ws://hub.example.org:1;"));
}

TEST(ServeTest, WarnsIfStrangersCanConnectWithoutTls) {
  EXPECT_THAT(exposure_warning({"0.0.0.0", 3000}, false), HasSubstr("has no TLS"));
  EXPECT_THAT(exposure_warning({"::", 3000}, false), HasSubstr("has no TLS"));
  EXPECT_THAT(exposure_warning({"192.0.2.1", 3000}, false), HasSubstr("192.0.2.1 can be reached"));
  EXPECT_THAT(exposure_warning({"0.0.0.0", 3000}, true), IsEmpty());
  EXPECT_THAT(exposure_warning({"127.0.0.5", 3000}, false), IsEmpty());
  EXPECT_THAT(exposure_warning({"::1", 3000}, false), IsEmpty());
  EXPECT_THAT(exposure_warning({"localhost", 3000}, false), IsEmpty());
}

}  // namespace
}  // namespace pigeonhub
