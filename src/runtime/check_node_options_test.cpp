#include "runtime/check_node_options.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace pigeon::runtime {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;

struct Mistake {
  std::string field;
  std::function<void(NodeOptions&)> make;
};

TEST(CheckNodeOptionsTest, AcceptsTheDefaults) { EXPECT_EQ(check_node_options({}), std::nullopt); }

TEST(CheckNodeOptionsTest, AcceptsWhatIsAtTheBounds) {
  NodeOptions options;
  options.peer_id = std::string(40, 'F');
  options.identity_file = "keys";
  options.identity_password = std::string(1'024, 'p');
  options.network = std::string(256, 'n');
  options.max_peers = 50;
  options.min_peers = 49;
  options.ice_servers = {{.url = "stun:192.0.2.1"}, {.url = "turn:example.org:3478"}};
  options.addresses = {
      .addresses = {"192.0.2.1", "2001:db8::1"}, .port = 4'000, .shares_sockets = true};
  EXPECT_EQ(check_node_options(options), std::nullopt);
}

TEST(CheckNodeOptionsTest, NamesTheFieldThatIsWrong) {
  const std::vector<Mistake> mistakes = {
      {"peer_id", [](NodeOptions& o) { o.peer_id = "abc"; }},
      {"peer_id", [](NodeOptions& o) { o.peer_id = std::string(40, 'g'); }},
      {"identity_file", [](NodeOptions& o) { o.identity_file = std::string("a\0b", 3); }},
      {"trusted_certificates_file",
       [](NodeOptions& o) { o.trusted_certificates_file = std::string(1, '\0'); }},
      {"identity_password", [](NodeOptions& o) { o.identity_password = "secret"; }},
      {"identity_password",
       [](NodeOptions& o) {
         o.identity_file = "keys";
         o.identity_password = std::string(1'025, 'p');
       }},
      {"identity_password",
       [](NodeOptions& o) {
         o.identity_file = "keys";
         o.identity_password = "\xff";
       }},
      {"identity_password",
       [](NodeOptions& o) {
         o.identity_file = "keys";
         o.identity_password = std::string("p\0", 2);
       }},
      {"network", [](NodeOptions& o) { o.network = ""; }},
      {"network", [](NodeOptions& o) { o.network = std::string(257, 'n'); }},
      {"max_peers", [](NodeOptions& o) { o.max_peers = 0; }},
      {"max_peers", [](NodeOptions& o) { o.max_peers = 51; }},
      {"min_peers", [](NodeOptions& o) { o.min_peers = 50; }},
      {"ice_servers", [](NodeOptions& o) { o.ice_servers = {{.url = "http://example.org"}}; }},
      {"ice_servers", [](NodeOptions& o) { o.ice_servers.resize(33, {.url = "stun:a"}); }},
      {"addresses.addresses", [](NodeOptions& o) { o.addresses.addresses = {"localhost"}; }},
      {"addresses.port", [](NodeOptions& o) { o.addresses.port = 1; }},
      {"limits.message_bytes_max", [](NodeOptions& o) { o.limits.message_bytes_max = 262'145; }},
      {"limits.message_bytes_max", [](NodeOptions& o) { o.limits.message_bytes_max = 1'023; }},
      {"limits.messages_per_second", [](NodeOptions& o) { o.limits.messages_per_second = 0; }},
      {"limits.messages_burst", [](NodeOptions& o) { o.limits.messages_burst = 0; }},
      {"limits.bytes_per_second", [](NodeOptions& o) { o.limits.bytes_per_second = 0; }},
      {"limits.bytes_burst", [](NodeOptions& o) { o.limits.bytes_burst = 262'143; }},
      {"limits.send_buffer_max", [](NodeOptions& o) { o.limits.send_buffer_max = 100'000; }},
      {"limits.stalled_time_max", [](NodeOptions& o) { o.limits.stalled_time_max = 0ms; }},
      {"limits.discovered_max", [](NodeOptions& o) { o.limits.discovered_max = 0; }},
      {"limits.seen_count_max", [](NodeOptions& o) { o.limits.seen_count_max = 0; }},
      {"limits.parked_count_max", [](NodeOptions& o) { o.limits.parked_count_max = 0; }},
      {"limits.streams_per_peer_max",
       [](NodeOptions& o) { o.limits.streams_per_peer_max = 5'000; }},
  };
  for (const Mistake& mistake : mistakes) {
    NodeOptions options;
    mistake.make(options);
    const auto failure = check_node_options(options);
    ASSERT_TRUE(failure) << mistake.field;
    EXPECT_THAT(*failure, HasSubstr(mistake.field));
    EXPECT_THAT(*failure, EndsWith("."));
  }
}

TEST(CheckNodeOptionsTest, ChecksTheAddressesOfALoop) {
  EXPECT_EQ(check_addresses({.addresses = {"127.0.0.1"}}), std::nullopt);
  const auto failure = check_addresses({.addresses = {"127.0.0"}});
  ASSERT_TRUE(failure);
  EXPECT_THAT(*failure, HasSubstr("'127.0.0' is no IP address"));
}

}  // namespace
}  // namespace pigeon::runtime
