// What the C interface says to arguments that cannot be used.
#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/c_side.hpp"
#include "tests/support/certificate.hpp"

namespace pigeon::test {
namespace {

using ::testing::HasSubstr;

const char* const nobody = "00000000000000000000000000000000000000aa";

/// A call that gets a place for its error.
template <class Call>
void expect_error(pigeon_error_kind kind, const std::string& part, Call call) {
  pigeon_error* error = nullptr;
  EXPECT_EQ(call(&error), kind) << part;
  ASSERT_NE(error, nullptr) << part;
  EXPECT_EQ(pigeon_error_get_kind(error), kind);
  EXPECT_THAT(pigeon_error_message(error), HasSubstr(part));
  pigeon_error_free(error);
  // Nobody has to want the error.
  EXPECT_EQ(call(nullptr), kind);
}
template <class Call>
void expect_missing(const std::string& argument, Call call) {
  expect_error(PIGEON_BAD_ARGUMENT, argument + " must not be NULL", call);
}

class CErrorsTest : public ::testing::Test {
 protected:
  CSide alice_;
  pigeon_node* node_ = alice_.node();
};

TEST(CNullTest, CallsWithoutANodeAreErrors) {
  using Error = pigeon_error**;
  const std::uint8_t byte = 1;
  char id[PIGEON_PEER_ID_SIZE];
  const pigeon_status* status = nullptr;
  pigeon_peer_list* peers = nullptr;
  pigeon_discovered_list* known = nullptr;
  pigeon_stream_id stream = 0;
  const auto expect = [](auto call) { expect_missing("node", call); };
  expect(
      [](Error e) { return pigeon_node_create(nullptr, nullptr, nullptr, nullptr, nullptr, e); });
  expect([](Error e) { return pigeon_node_connect(nullptr, "ws://a", e); });
  expect([](Error e) { return pigeon_node_disconnect(nullptr, e); });
  expect([](Error e) { return pigeon_node_connect_to_peer(nullptr, nobody, e); });
  expect([](Error e) { return pigeon_node_disconnect_peer(nullptr, nobody, e); });
  expect([](Error e) { return pigeon_node_set_max_peers(nullptr, 1, nullptr, e); });
  expect([](Error e) { return pigeon_node_set_min_peers(nullptr, 1, nullptr, e); });
  expect([](Error e) { return pigeon_node_set_flag(nullptr, PIGEON_FLAG_XOR_ROUTING, true, e); });
  expect([](Error e) { return pigeon_node_connect_to_all_peers(nullptr, nullptr, e); });
  expect([&](Error e) { return pigeon_node_broadcast_binary(nullptr, &byte, 1, nullptr, e); });
  expect([](Error e) { return pigeon_node_exchange_keys(nullptr, nobody, e); });
  expect([](Error e) { return pigeon_node_add_peer_key(nullptr, nobody, "a", "b", e); });
  expect([&](Error e) { return pigeon_node_sign(nullptr, "a", 1, id, e); });
  char* text = nullptr;
  const pigeon_decrypted* content = nullptr;
  expect([&](Error e) { return pigeon_node_generate_group_key(nullptr, "a", &text, e); });
  expect([](Error e) { return pigeon_node_add_group_key(nullptr, "a", "{}", e); });
  expect([](Error e) { return pigeon_node_remove_group_key(nullptr, "a", nullptr, e); });
  expect([&](Error e) { return pigeon_node_encrypt(nullptr, "a", 1, &text, e); });
  expect([&](Error e) { return pigeon_node_encrypt_for_peer(nullptr, nobody, "a", 1, &text, e); });
  expect([&](Error e) { return pigeon_node_encrypt_for_group(nullptr, "g", "a", 1, &text, e); });
  expect([&](Error e) { return pigeon_node_decrypt(nullptr, "{}", &content, e); });
  for (const auto send :
       {pigeon_node_send_encrypted_broadcast, pigeon_node_send_encrypted_broadcast_json,
        pigeon_node_send_encrypted_json}) {
    expect([&](Error e) { return send(nullptr, nobody, "1", 1, nullptr, e); });
  }
  expect([](Error e) { return pigeon_node_set_network(nullptr, "a", e); });
  expect([](Error e) { return pigeon_node_send_message(nullptr, "a", 1, nullptr, e); });
  expect(
      [](Error e) { return pigeon_node_send_direct_message(nullptr, nobody, "a", 1, nullptr, e); });
  expect([](Error e) { return pigeon_node_send_direct_json(nullptr, nobody, "1", 1, nullptr, e); });
  expect([](Error e) {
    return pigeon_node_send_encrypted_message(nullptr, nobody, "a", 1, nullptr, e);
  });
  expect([&](Error e) { return pigeon_node_send_binary(nullptr, nobody, &byte, 1, e); });
  expect([&](Error e) { return pigeon_node_open_stream(nullptr, nobody, nullptr, &stream, e); });
  expect([&](Error e) { return pigeon_node_open_broadcast_stream(nullptr, nullptr, &stream, e); });
  expect([&](Error e) { return pigeon_node_write_stream(nullptr, 1, &byte, 1, e); });
  expect([](Error e) { return pigeon_node_end_stream(nullptr, 1, e); });
  expect([](Error e) { return pigeon_node_abort_stream(nullptr, 1, "a", e); });
  expect([&](Error e) { return pigeon_node_peer_id(nullptr, id, e); });
  expect([&](Error e) { return pigeon_node_status(nullptr, &status, e); });
  expect([&](Error e) { return pigeon_node_peers(nullptr, &peers, e); });
  expect([&](Error e) { return pigeon_node_discovered_peers(nullptr, &known, e); });
}

TEST(CNullTest, WhatTakesNoErrorTakesNull) {
  pigeon_error_free(nullptr);
  pigeon_node_options_destroy(nullptr);
  pigeon_loop_destroy(nullptr);
  pigeon_node_destroy(nullptr);
  pigeon_status_free(nullptr);
  pigeon_text_free(nullptr);
  pigeon_decrypted_free(nullptr);
  pigeon_peer_list_free(nullptr);
  pigeon_discovered_list_free(nullptr);
  EXPECT_EQ(pigeon_error_get_kind(nullptr), PIGEON_OK);
  EXPECT_STREQ(pigeon_error_message(nullptr), "");
  EXPECT_EQ(pigeon_peer_list_size(nullptr), 0U);
  EXPECT_EQ(pigeon_peer_list_at(nullptr, 0), nullptr);
  EXPECT_EQ(pigeon_discovered_list_size(nullptr), 0U);
  EXPECT_EQ(pigeon_discovered_list_at(nullptr, 0), nullptr);
}

TEST(CNullTest, OptionsAndLoopsWithoutAPlaceAreErrors) {
  const LocalOptions options;
  pigeon_node_options* none = nullptr;
  expect_missing("options", [&](auto e) {
    return pigeon_node_options_set_text(none, PIGEON_TEXT_NETWORK, "a", e);
  });
  expect_missing("options", [&](auto e) {
    return pigeon_node_options_set_flag(none, PIGEON_FLAG_XOR_ROUTING, true, e);
  });
  expect_missing("options", [&](auto e) {
    return pigeon_node_options_set_number(none, PIGEON_NUMBER_PORT, 1, e);
  });
  expect_missing("options",
                 [&](auto e) { return pigeon_node_options_set_trust(none, PIGEON_TRUST_OPEN, e); });
  expect_missing("options", [&](auto e) {
    return pigeon_node_options_add_ice_server(none, "stun:a", nullptr, nullptr, e);
  });
  expect_missing("options",
                 [&](auto e) { return pigeon_node_options_add_address(none, "127.0.0.1", e); });
  expect_missing("value", [&](auto e) {
    return pigeon_node_options_set_text(options.get(), PIGEON_TEXT_NETWORK, nullptr, e);
  });
  expect_missing("url", [&](auto e) {
    return pigeon_node_options_add_ice_server(options.get(), nullptr, nullptr, nullptr, e);
  });
  expect_missing("address", [&](auto e) {
    return pigeon_node_options_add_address(options.get(), nullptr, e);
  });
  expect_missing("loop", [&](auto e) { return pigeon_loop_create(options.get(), nullptr, e); });
}

TEST_F(CErrorsTest, OtherArgumentsThatAreNullAreErrors) {
  expect_missing("hub_url", [&](auto e) { return pigeon_node_connect(node_, nullptr, e); });
  expect_missing("peer", [&](auto e) { return pigeon_node_connect_to_peer(node_, nullptr, e); });
  expect_missing("peer", [&](auto e) { return pigeon_node_disconnect_peer(node_, nullptr, e); });
  expect_missing("name", [&](auto e) { return pigeon_node_set_network(node_, nullptr, e); });
  expect_missing("The message",
                 [&](auto e) { return pigeon_node_send_message(node_, nullptr, 0, nullptr, e); });
  for (const auto send : {pigeon_node_send_direct_message, pigeon_node_send_direct_json,
                          pigeon_node_send_encrypted_message, pigeon_node_send_encrypted_json}) {
    expect_missing("to", [&](auto e) { return send(node_, nullptr, "1", 1, nullptr, e); });
    expect_missing("The message",
                   [&](auto e) { return send(node_, nobody, nullptr, 3, nullptr, e); });
  }
  const std::uint8_t byte = 1;
  expect_missing("to",
                 [&](auto e) { return pigeon_node_send_binary(node_, nullptr, &byte, 1, e); });
  expect_missing("data",
                 [&](auto e) { return pigeon_node_send_binary(node_, nobody, nullptr, 1, e); });
  expect_missing(
      "data", [&](auto e) { return pigeon_node_broadcast_binary(node_, nullptr, 1, nullptr, e); });
  expect_missing("data", [&](auto e) { return pigeon_node_write_stream(node_, 1, nullptr, 1, e); });
  pigeon_stream_id stream = 0;
  expect_missing(
      "to", [&](auto e) { return pigeon_node_open_stream(node_, nullptr, nullptr, &stream, e); });
  expect_missing("stream", [&](auto e) {
    return pigeon_node_open_stream(node_, nobody, nullptr, nullptr, e);
  });
  expect_missing("stream", [&](auto e) {
    return pigeon_node_open_broadcast_stream(node_, nullptr, nullptr, e);
  });
  expect_missing("peer_id", [&](auto e) { return pigeon_node_peer_id(node_, nullptr, e); });
  expect_missing("status", [&](auto e) { return pigeon_node_status(node_, nullptr, e); });
  expect_missing("peers", [&](auto e) { return pigeon_node_peers(node_, nullptr, e); });
  expect_missing("peers", [&](auto e) { return pigeon_node_discovered_peers(node_, nullptr, e); });
}

TEST_F(CErrorsTest, KeysTextsAndGroupsThatAreNullAreErrors) {
  expect_missing("signing_key",
                 [&](auto e) { return pigeon_node_add_peer_key(node_, nobody, nullptr, "b", e); });
  expect_missing("encryption_key",
                 [&](auto e) { return pigeon_node_add_peer_key(node_, nobody, "a", nullptr, e); });
  char signature[PIGEON_SIGNATURE_SIZE];
  expect_missing("text", [&](auto e) { return pigeon_node_sign(node_, nullptr, 1, signature, e); });
  expect_missing("signature", [&](auto e) { return pigeon_node_sign(node_, "a", 1, nullptr, e); });
  char* text = nullptr;
  const pigeon_decrypted* content = nullptr;
  expect_missing("group",
                 [&](auto e) { return pigeon_node_generate_group_key(node_, nullptr, &text, e); });
  expect_missing("key",
                 [&](auto e) { return pigeon_node_generate_group_key(node_, "a", nullptr, e); });
  expect_missing("group",
                 [&](auto e) { return pigeon_node_add_group_key(node_, nullptr, "{}", e); });
  expect_missing("key", [&](auto e) { return pigeon_node_add_group_key(node_, "a", nullptr, e); });
  expect_missing("group",
                 [&](auto e) { return pigeon_node_remove_group_key(node_, nullptr, nullptr, e); });
  for (const auto send :
       {pigeon_node_send_encrypted_broadcast, pigeon_node_send_encrypted_broadcast_json}) {
    expect_missing("group", [&](auto e) { return send(node_, nullptr, "1", 1, nullptr, e); });
    expect_missing("The message", [&](auto e) { return send(node_, "a", nullptr, 1, nullptr, e); });
  }
  expect_missing("text", [&](auto e) { return pigeon_node_encrypt(node_, nullptr, 1, &text, e); });
  expect_missing("json", [&](auto e) { return pigeon_node_encrypt(node_, "a", 1, nullptr, e); });
  expect_missing("peer", [&](auto e) {
    return pigeon_node_encrypt_for_peer(node_, nullptr, "a", 1, &text, e);
  });
  expect_missing("group", [&](auto e) {
    return pigeon_node_encrypt_for_group(node_, nullptr, "a", 1, &text, e);
  });
  expect_missing("json", [&](auto e) { return pigeon_node_decrypt(node_, nullptr, &content, e); });
  expect_missing("content", [&](auto e) { return pigeon_node_decrypt(node_, "{}", nullptr, e); });
}

TEST_F(CErrorsTest, SaysWhatIsWrongWithAnArgument) {
  expect_error(PIGEON_BAD_ARGUMENT, "40 hexadecimal digits",
               [&](auto e) { return pigeon_node_connect_to_peer(node_, "a", e); });
  expect_error(PIGEON_BAD_ARGUMENT, "",
               [&](auto e) { return pigeon_node_connect(node_, "no hub", e); });
  expect_error(PIGEON_BAD_ARGUMENT, "blank",
               [&](auto e) { return pigeon_node_send_message(node_, "", 0, nullptr, e); });
  expect_error(PIGEON_BAD_ARGUMENT, "UTF-8",
               [&](auto e) { return pigeon_node_send_message(node_, "\xff", 1, nullptr, e); });
  const std::uint8_t byte = 1;
  expect_error(PIGEON_NOT_CONNECTED, "",
               [&](auto e) { return pigeon_node_send_binary(node_, nobody, &byte, 1, e); });
  expect_error(PIGEON_UNKNOWN_PEER, "", [&](auto e) {
    return pigeon_node_send_encrypted_message(node_, nobody, "a", 1, nullptr, e);
  });
  expect_error(PIGEON_BAD_ARGUMENT, "while the node runs", [&](auto e) {
    return pigeon_node_set_flag(node_, PIGEON_FLAG_ENABLE_CRYPTO, false, e);
  });
  expect_error(PIGEON_NOT_CONNECTED, "",
               [&](auto e) { return pigeon_node_exchange_keys(node_, nobody, e); });
  expect_error(PIGEON_BAD_ARGUMENT, "base64url",
               [&](auto e) { return pigeon_node_add_peer_key(node_, nobody, "a", "b", e); });
  const std::string long_text(300'000, 'a');
  expect_error(PIGEON_TOO_LARGE, "", [&](auto e) {
    return pigeon_node_send_message(node_, long_text.data(), long_text.size(), nullptr, e);
  });
}

TEST_F(CErrorsTest, CountsAreClampedAndTold) {
  std::size_t in_force = 0;
  EXPECT_EQ(pigeon_node_set_max_peers(node_, 1'000, &in_force, nullptr), PIGEON_OK);
  EXPECT_EQ(in_force, 50U);
  EXPECT_EQ(pigeon_node_set_min_peers(node_, 3, &in_force, nullptr), PIGEON_OK);
  EXPECT_EQ(in_force, 3U);
  EXPECT_EQ(pigeon_node_set_min_peers(node_, 4, nullptr, nullptr), PIGEON_OK);
}

TEST_F(CErrorsTest, SwitchesAreToldByTheStatus) {
  for (const bool value : {false, true}) {
    for (const auto flag : {PIGEON_FLAG_ALLOW_GLOBAL_FALLBACK, PIGEON_FLAG_AUTO_DISCOVERY,
                            PIGEON_FLAG_EVICTION_STRATEGY, PIGEON_FLAG_XOR_ROUTING}) {
      EXPECT_EQ(pigeon_node_set_flag(node_, flag, value, nullptr), PIGEON_OK);
    }
    const pigeon_status* status = nullptr;
    ASSERT_EQ(pigeon_node_status(node_, &status, nullptr), PIGEON_OK);
    EXPECT_EQ(status->allow_global_fallback, value);
    EXPECT_EQ(status->auto_discovery, value);
    EXPECT_EQ(status->eviction_strategy, value);
    EXPECT_EQ(status->xor_routing, value);
    pigeon_status_free(status);
  }
}

TEST_F(CErrorsTest, SuccessClearsTheErrorOfBefore) {
  auto* error = reinterpret_cast<pigeon_error*>(this);
  EXPECT_EQ(pigeon_node_disconnect(node_, &error), PIGEON_OK);
  EXPECT_EQ(error, nullptr);
}

TEST(CCreateTest, TellsWhichOptionIsWrong) {
  const LocalOptions options;
  ASSERT_EQ(pigeon_node_options_set_number(options.get(), PIGEON_NUMBER_MAX_PEERS, 51, nullptr),
            PIGEON_OK);
  pigeon_node* node = nullptr;
  expect_error(PIGEON_BAD_ARGUMENT, "max_peers", [&](auto e) {
    return pigeon_node_create(nullptr, options.get(), nullptr, nullptr, &node, e);
  });
  EXPECT_EQ(node, nullptr);

  pigeon_node_options_add_address(options.get(), "here", nullptr);
  pigeon_loop* loop = nullptr;
  expect_error(PIGEON_BAD_ARGUMENT, "addresses",
               [&](auto e) { return pigeon_loop_create(options.get(), &loop, e); });
  EXPECT_EQ(loop, nullptr);
}

TEST(CCreateTest, NeedsNeitherOptionsNorAReceiver) {
  pigeon_node* node = nullptr;
  ASSERT_EQ(pigeon_node_create(nullptr, nullptr, nullptr, nullptr, &node, nullptr), PIGEON_OK);
  EXPECT_EQ(pigeon_node_send_message(node, "to nobody", 9, nullptr, nullptr), PIGEON_OK);
  pigeon_node_destroy(node);
}

TEST(CCreateTest, APasswordLocksTheIdentityFile) {
  const TemporaryFolder folder;
  const LocalOptions options;
  const auto set = [&](pigeon_text_option option, const std::string& value) {
    ASSERT_EQ(pigeon_node_options_set_text(options.get(), option, value.c_str(), nullptr),
              PIGEON_OK);
  };
  const auto id_of = [&] {
    pigeon_node* node = nullptr;
    char id[PIGEON_PEER_ID_SIZE] = "";
    EXPECT_EQ(pigeon_node_create(nullptr, options.get(), nullptr, nullptr, &node, nullptr),
              PIGEON_OK);
    EXPECT_EQ(pigeon_node_peer_id(node, id, nullptr), PIGEON_OK);
    pigeon_node_destroy(node);
    return std::string(id);
  };
  set(PIGEON_TEXT_IDENTITY_FILE, folder.path() / "keys");
  set(PIGEON_TEXT_IDENTITY_PASSWORD, "open sesame");
  const std::string id = id_of();
  // Options are for several nodes.
  EXPECT_EQ(id_of(), id);

  set(PIGEON_TEXT_IDENTITY_PASSWORD, "open barley");
  pigeon_node* node = nullptr;
  expect_error(PIGEON_BAD_ARGUMENT, "wrong password or damaged data", [&](auto e) {
    return pigeon_node_create(nullptr, options.get(), nullptr, nullptr, &node, e);
  });
  set(PIGEON_TEXT_IDENTITY_PASSWORD, "");
  expect_error(PIGEON_BAD_ARGUMENT, "is locked by a password", [&](auto e) {
    return pigeon_node_create(nullptr, options.get(), nullptr, nullptr, &node, e);
  });
}

}  // namespace
}  // namespace pigeon::test
