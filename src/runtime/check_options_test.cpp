#include "runtime/check_options.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace pigeon::runtime {
namespace {

using namespace std::chrono_literals;
using ::testing::StartsWith;

struct Mistake {
  std::string field;
  std::function<void(HubOptions&)> make;
};

TEST(CheckOptionsTest, AcceptsTheDefaults) { EXPECT_EQ(check_options({}), std::nullopt); }

TEST(CheckOptionsTest, NamesTheFieldThatIsWrong) {
  const std::vector<Mistake> mistakes = {
      {"listen.host", [](HubOptions& o) { o.listen.host = ""; }},
      {"listen.host", [](HubOptions& o) { o.listen.host = "a\nb"; }},
      {"listen.loops", [](HubOptions& o) { o.listen.loops = 257; }},
      {"listen.certificate_file", [](HubOptions& o) { o.listen.certificate_file = "a.pem"; }},
      {"listen.certificate_file", [](HubOptions& o) { o.listen.key_file = "a.key"; }},
      {"limits.connections_max", [](HubOptions& o) { o.limits.connections_max = 0; }},
      {"limits.connections_per_address_max",
       [](HubOptions& o) { o.limits.connections_per_address_max = 0; }},
      {"limits.handshake_bytes_max", [](HubOptions& o) { o.limits.handshake_bytes_max = 10; }},
      {"limits.handshake_bytes_max",
       [](HubOptions& o) { o.limits.handshake_bytes_max = 1'000'000; }},
      {"limits.handshake_time_max", [](HubOptions& o) { o.limits.handshake_time_max = 0ms; }},
      {"limits.message_bytes_max", [](HubOptions& o) { o.limits.message_bytes_max = 0; }},
      {"public_url", [](HubOptions& o) { o.public_url = "x"; }},
      {"public_url", [](HubOptions& o) { o.public_url = "https:///path"; }},
      {"introductions.slots_max", [](HubOptions& o) { o.introductions.slots_max = 65'536; }},
      {"limits.queue_bytes_soft",
       [](HubOptions& o) { o.limits.queue_bytes_soft = o.limits.queue_bytes_hard + 1; }},
      {"limits.queue_time_max", [](HubOptions& o) { o.limits.queue_time_max = -1ms; }},
      {"limits.connects_per_address.burst",
       [](HubOptions& o) { o.limits.connects_per_address.burst = 0; }},
      {"limits.messages_per_peer.per_minute",
       [](HubOptions& o) { o.limits.messages_per_peer.per_minute = 4'000'000'000; }},
      {"limits.bytes_per_peer.per_minute",
       [](HubOptions& o) { o.limits.bytes_per_peer.per_minute = 4'000'000'001; }},
      {"limits.bytes_per_peer.burst", [](HubOptions& o) { o.limits.bytes_per_peer.burst = 0; }},
      {"introductions.per_join_max", [](HubOptions& o) { o.introductions.per_join_max = 0; }},
      {"introductions.random_of_join", [](HubOptions& o) { o.introductions.random_of_join = 25; }},
      {"introductions.small_namespace_max",
       [](HubOptions& o) { o.introductions.small_namespace_max = 49; }},
      {"introductions.retry_first", [](HubOptions& o) { o.introductions.retry_max = 1s; }},
      {"liveness.ping_interval", [](HubOptions& o) { o.liveness.ping_interval = 0ms; }},
      {"liveness.misses_max", [](HubOptions& o) { o.liveness.misses_max = 0; }},
      {"liveness.drain_window", [](HubOptions& o) { o.liveness.drain_window = 9s; }},
      {"node_id", [](HubOptions& o) { o.node_id = std::string(65, 'a'); }},
      {"cors_origin", [](HubOptions& o) { o.cors_origin = "a\r\nSet-Cookie: b"; }},
      {"cors_origin", [](HubOptions& o) { o.cors_origin = "https://a,https://b"; }},
      {"listen.host", [](HubOptions& o) { o.listen.host = "*"; }},
      {"public_url", [](HubOptions& o) { o.public_url = "\x7f"; }},
  };

  for (const Mistake& mistake : mistakes) {
    HubOptions options;
    mistake.make(options);
    const auto failure = check_options(options);
    ASSERT_TRUE(failure) << mistake.field;
    EXPECT_THAT(*failure, StartsWith(mistake.field));
    EXPECT_EQ(failure->back(), '.') << *failure;
  }
}

TEST(CheckOptionsTest, SaysWhatIsAllowed) {
  HubOptions options;
  options.limits.queue_bytes_soft = options.limits.queue_bytes_hard + 1;
  EXPECT_EQ(check_options(options),
            "limits.queue_bytes_soft must not be larger than limits.queue_bytes_hard.");

  options = {};
  options.limits.connections_max = 0;
  EXPECT_EQ(check_options(options), "limits.connections_max must be at least 1.");
}

}  // namespace
}  // namespace pigeon::runtime
