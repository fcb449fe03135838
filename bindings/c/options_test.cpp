#include "bindings/c/options.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::c {
namespace {

using ::testing::HasSubstr;

class COptionsTest : public ::testing::Test {
 protected:
  void TearDown() override { pigeon_node_options_destroy(options_); }

  NodeOptions& options() { return options_->options; }
  void set(pigeon_number_option option, std::uint64_t value) {
    EXPECT_EQ(pigeon_node_options_set_number(options_, option, value, nullptr), PIGEON_OK);
  }
  void set(pigeon_text_option option, const char* value) {
    EXPECT_EQ(pigeon_node_options_set_text(options_, option, value, nullptr), PIGEON_OK);
  }

  pigeon_node_options* options_ = pigeon_node_options_create();
};

TEST_F(COptionsTest, SetsEachText) {
  set(PIGEON_TEXT_PEER_ID, "id");
  set(PIGEON_TEXT_IDENTITY_FILE, "file");
  set(PIGEON_TEXT_NETWORK, "network");
  set(PIGEON_TEXT_TRUSTED_CERTIFICATES_FILE, "certificates");
  set(PIGEON_TEXT_IDENTITY_PASSWORD, "another password");
  set(PIGEON_TEXT_IDENTITY_PASSWORD, "password");

  EXPECT_EQ(options().peer_id, "id");
  EXPECT_EQ(options().identity_file, "file");
  EXPECT_EQ(options().network, "network");
  EXPECT_EQ(options().trusted_certificates_file, "certificates");
  EXPECT_EQ(options().identity_password, "password");
}

TEST_F(COptionsTest, SetsEachFlag) {
  const std::array<bool NodeOptions::*, 5> flags = {
      &NodeOptions::allow_global_fallback, &NodeOptions::auto_discovery,
      &NodeOptions::eviction_strategy, &NodeOptions::xor_routing, &NodeOptions::enable_crypto};
  for (std::size_t i = 0; i < flags.size(); ++i) {
    for (const bool value : {false, true}) {
      ASSERT_EQ(pigeon_node_options_set_flag(options_, static_cast<pigeon_flag_option>(i), value,
                                             nullptr),
                PIGEON_OK);
      EXPECT_EQ(options().*flags[i], value) << i;
    }
  }

  pigeon_node_options_set_flag(options_, PIGEON_FLAG_USE_LOOPBACK, true, nullptr);
  EXPECT_TRUE(options().addresses.use_loopback);
  EXPECT_FALSE(options().addresses.shares_sockets);
  pigeon_node_options_set_flag(options_, PIGEON_FLAG_SHARES_SOCKETS, true, nullptr);
  EXPECT_TRUE(options().addresses.shares_sockets);
}

TEST_F(COptionsTest, SetsEachNumber) {
  for (int i = PIGEON_NUMBER_MAX_PEERS; i <= PIGEON_NUMBER_STREAM_BYTES_MAX; ++i) {
    set(static_cast<pigeon_number_option>(i), 1'000 + static_cast<std::uint64_t>(i));
  }

  const NodeLimits& limits = options().limits;
  EXPECT_EQ(options().max_peers, 1'000U);
  EXPECT_EQ(options().min_peers, 1'001U);
  EXPECT_EQ(options().addresses.port, 1'002U);
  EXPECT_EQ(limits.message_bytes_max, 1'003U);
  EXPECT_EQ(limits.messages_per_second, 1'004U);
  EXPECT_EQ(limits.messages_burst, 1'005U);
  EXPECT_EQ(limits.bytes_per_second, 1'006U);
  EXPECT_EQ(limits.bytes_burst, 1'007U);
  EXPECT_EQ(limits.send_buffer_max, 1'008U);
  EXPECT_EQ(limits.stalled_time_max, std::chrono::milliseconds(1'009));
  EXPECT_EQ(limits.discovered_max, 1'010U);
  EXPECT_EQ(limits.seen_count_max, 1'011U);
  EXPECT_EQ(limits.parked_count_max, 1'012U);
  EXPECT_EQ(limits.streams_per_peer_max, 1'013U);
  EXPECT_EQ(limits.stream_bytes_max, 1'014U);
}

TEST_F(COptionsTest, RefusesANumberThatDoesNotFit) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  for (const auto option :
       {PIGEON_NUMBER_PORT, PIGEON_NUMBER_BYTES_BURST, PIGEON_NUMBER_STALLED_TIME_MAX_MS}) {
    pigeon_error* error = nullptr;
    EXPECT_EQ(pigeon_node_options_set_number(options_, option, most, &error), PIGEON_BAD_ARGUMENT);
    EXPECT_THAT(pigeon_error_message(error), HasSubstr("too great"));
    pigeon_error_free(error);
  }
  EXPECT_EQ(options().addresses.port, 0U);
  set(PIGEON_NUMBER_PORT, 65'535);
  EXPECT_EQ(options().addresses.port, 65'535U);
}

TEST_F(COptionsTest, SetsTheTrustPolicy) {
  ASSERT_EQ(pigeon_node_options_set_trust(options_, PIGEON_TRUST_VERIFIED_ONLY, nullptr),
            PIGEON_OK);
  EXPECT_EQ(options().trust, TrustPolicy::verified_only);
  ASSERT_EQ(pigeon_node_options_set_trust(options_, PIGEON_TRUST_PREFER_VERIFIED, nullptr),
            PIGEON_OK);
  EXPECT_EQ(options().trust, TrustPolicy::prefer_verified);
  ASSERT_EQ(pigeon_node_options_set_trust(options_, PIGEON_TRUST_OPEN, nullptr), PIGEON_OK);
  EXPECT_EQ(options().trust, TrustPolicy::open);
}

TEST_F(COptionsTest, AddsServersAndAddresses) {
  ASSERT_EQ(pigeon_node_options_add_ice_server(options_, "stun:a", nullptr, nullptr, nullptr),
            PIGEON_OK);
  ASSERT_EQ(pigeon_node_options_add_ice_server(options_, "turn:b", "user", "word", nullptr),
            PIGEON_OK);
  ASSERT_EQ(pigeon_node_options_add_address(options_, "127.0.0.1", nullptr), PIGEON_OK);

  ASSERT_EQ(options().ice_servers.size(), 2U);
  EXPECT_EQ(options().ice_servers[0].url, "stun:a");
  EXPECT_EQ(options().ice_servers[0].username, "");
  EXPECT_EQ(options().ice_servers[1].username, "user");
  EXPECT_EQ(options().ice_servers[1].credential, "word");
  EXPECT_THAT(options().addresses.addresses, ::testing::ElementsAre("127.0.0.1"));
}

TEST_F(COptionsTest, RefusesOptionsOfLaterVersions) {
  const auto later = [](auto option) { return static_cast<decltype(option)>(1'000); };
  EXPECT_EQ(pigeon_node_options_set_text(options_, later(PIGEON_TEXT_NETWORK), "a", nullptr),
            PIGEON_BAD_ARGUMENT);
  EXPECT_EQ(pigeon_node_options_set_flag(options_, later(PIGEON_FLAG_XOR_ROUTING), true, nullptr),
            PIGEON_BAD_ARGUMENT);
  EXPECT_EQ(pigeon_node_options_set_number(options_, later(PIGEON_NUMBER_PORT), 1, nullptr),
            PIGEON_BAD_ARGUMENT);
  EXPECT_EQ(pigeon_node_options_set_trust(options_, later(PIGEON_TRUST_OPEN), nullptr),
            PIGEON_BAD_ARGUMENT);
}

}  // namespace
}  // namespace pigeon::c
