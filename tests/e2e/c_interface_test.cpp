// Two nodes of the C interface over a real hub and real WebRTC on loopback.
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pigeon/version.hpp"
#include "tests/e2e/c_side.hpp"
#include "tests/e2e/node_side.hpp"

namespace pigeon::test {
namespace {

using ::testing::HasSubstr;

/// Two nodes that are linked, on one loop or on two.
class CInterfaceTest : public ::testing::TestWithParam<bool> {
 protected:
  CInterfaceTest() {
    const LocalOptions options;
    if (GetParam()) pigeon_loop_create(options.get(), &loop_, nullptr);
    alice_ = std::make_unique<CSide>(loop_);
    bob_ = std::make_unique<CSide>(loop_);
    for (const CSide* side : {alice_.get(), bob_.get()}) {
      EXPECT_EQ(pigeon_node_connect(side->node(), hub_->url().c_str(), nullptr), PIGEON_OK);
    }
    alice_->wait_for_link(*bob_);
    bob_->wait_for_link(*alice_);
  }
  // Not in the order of the making: the nodes keep the loop.
  ~CInterfaceTest() override {
    pigeon_loop_destroy(loop_);
    alice_.reset();
    bob_.reset();
  }

  std::unique_ptr<LocalHub> hub_ = std::make_unique<LocalHub>();
  pigeon_loop* loop_ = nullptr;
  std::unique_ptr<CSide> alice_;
  std::unique_ptr<CSide> bob_;
};
INSTANTIATE_TEST_SUITE_P(Loops, CInterfaceTest, ::testing::Values(true, false),
                         [](const auto& shown) { return shown.param ? "Shared" : "Own"; });

TEST_P(CInterfaceTest, CarriesMessages) {
  char id[PIGEON_MESSAGE_ID_SIZE];
  ASSERT_EQ(pigeon_node_send_message(alice_->node(), "to all", 6, id, nullptr), PIGEON_OK);
  const KeptEvent broadcast = bob_->wait_for_text("to all");
  EXPECT_EQ(broadcast.peer, alice_->id());
  EXPECT_EQ(broadcast.id, id);
  EXPECT_FALSE(broadcast.direct);

  ASSERT_EQ(pigeon_node_send_direct_message(alice_->node(), bob_->id(), "to bob", 6, id, nullptr),
            PIGEON_OK);
  const KeptEvent direct = bob_->wait_for_text("to bob");
  EXPECT_EQ(direct.id, id);
  EXPECT_TRUE(direct.direct);
  const KeptEvent delivered = alice_->wait_for(PIGEON_EVENT_MESSAGE_DELIVERED);
  EXPECT_EQ(delivered.id, id);
  EXPECT_EQ(delivered.peer, bob_->id());

  ASSERT_EQ(pigeon_node_send_direct_json(alice_->node(), bob_->id(), "{\"a\":1}", 7, id, nullptr),
            PIGEON_OK);
  EXPECT_EQ(bob_->wait_for(PIGEON_EVENT_MESSAGE, [&](auto& one) { return one.id == id; }).text, "");

  alice_->wait_for(PIGEON_EVENT_PEER_KEY_ADDED);
  ASSERT_EQ(
      pigeon_node_send_encrypted_message(alice_->node(), bob_->id(), "secret", 6, nullptr, nullptr),
      PIGEON_OK);
  bob_->wait_for_text("secret");

  const std::vector<std::uint8_t> bytes(100'000, 7);
  ASSERT_EQ(
      pigeon_node_send_binary(alice_->node(), bob_->id(), bytes.data(), bytes.size(), nullptr),
      PIGEON_OK);
  EXPECT_EQ(bob_->wait_for(PIGEON_EVENT_BINARY).data, bytes);

  const std::vector<std::uint8_t> for_all(1'000, 8);
  std::size_t takers = 0;
  ASSERT_EQ(pigeon_node_broadcast_binary(alice_->node(), for_all.data(), for_all.size(), &takers,
                                         nullptr),
            PIGEON_OK);
  EXPECT_EQ(takers, 1U);
  bob_->wait_for(PIGEON_EVENT_BINARY, [&](auto& one) { return one.data == for_all; });
}

TEST_P(CInterfaceTest, SignsAndChecks) {
  char signature[PIGEON_SIGNATURE_SIZE];
  ASSERT_EQ(pigeon_node_sign(alice_->node(), "hello", 5, signature, nullptr), PIGEON_OK);
  const pigeon_status* status = nullptr;
  ASSERT_EQ(pigeon_node_status(alice_->node(), &status, nullptr), PIGEON_OK);

  EXPECT_TRUE(pigeon_verify_signature(signature, "hello", 5, status->public_key));
  EXPECT_FALSE(pigeon_verify_signature(signature, "hallo", 5, status->public_key));
  EXPECT_FALSE(pigeon_verify_signature("", "hello", 5, status->public_key));
  EXPECT_FALSE(pigeon_verify_signature(signature, "hello", 5, "no key"));
  EXPECT_FALSE(pigeon_verify_signature(nullptr, "hello", 5, status->public_key));
  const std::string proof =
      R"({"fingerprint":"A","from":"b","peerFingerprint":"C","to":"d","type":"pigeon-link-1"})";
  EXPECT_EQ(pigeon_node_sign(alice_->node(), proof.data(), proof.size(), signature, nullptr),
            PIGEON_BAD_ARGUMENT);
  // What she says of herself once more, and what the application says of her.
  EXPECT_EQ(pigeon_node_exchange_keys(bob_->node(), alice_->id(), nullptr), PIGEON_OK);
  EXPECT_EQ(pigeon_node_add_peer_key(bob_->node(), alice_->id(), status->public_key,
                                     status->encryption_key, nullptr),
            PIGEON_OK);
  EXPECT_EQ(pigeon_node_add_peer_key(bob_->node(), alice_->id(), status->encryption_key,
                                     status->encryption_key, nullptr),
            PIGEON_BAD_ARGUMENT);
  pigeon_status_free(status);
}

TEST_P(CInterfaceTest, TalksInAGroup) {
  char* key = nullptr;
  ASSERT_EQ(pigeon_node_generate_group_key(alice_->node(), "chess", &key, nullptr), PIGEON_OK);
  ASSERT_EQ(pigeon_node_add_group_key(bob_->node(), "chess", key, nullptr), PIGEON_OK);
  pigeon_text_free(key);
  char id[PIGEON_MESSAGE_ID_SIZE];

  ASSERT_EQ(pigeon_node_send_encrypted_broadcast(alice_->node(), "chess",
                                                 "e\0"
                                                 "4",
                                                 3, id, nullptr),
            PIGEON_OK);

  const KeptEvent heard =
      bob_->wait_for_text(std::string("e\0"
                                      "4",
                                      3));
  EXPECT_EQ(heard.id, id);
  EXPECT_EQ(heard.group, "chess");
  ASSERT_EQ(
      pigeon_node_send_encrypted_broadcast_json(alice_->node(), "chess", "{}", 2, id, nullptr),
      PIGEON_OK);
  bob_->wait_for(PIGEON_EVENT_MESSAGE, [&](auto& one) { return one.id == id; });
  alice_->wait_for(PIGEON_EVENT_PEER_KEY_ADDED);
  ASSERT_EQ(pigeon_node_send_encrypted_json(alice_->node(), bob_->id(), "[1]", 3, id, nullptr),
            PIGEON_OK);
  bob_->wait_for(PIGEON_EVENT_MESSAGE, [&](auto& one) { return one.id == id; });
  const pigeon_status* status = nullptr;
  ASSERT_EQ(pigeon_node_status(bob_->node(), &status, nullptr), PIGEON_OK);
  ASSERT_EQ(status->group_count, 1U);
  EXPECT_STREQ(status->groups[0], "chess");
  pigeon_status_free(status);
  bool was_member = false;
  EXPECT_EQ(pigeon_node_remove_group_key(bob_->node(), "chess", &was_member, nullptr), PIGEON_OK);
  EXPECT_TRUE(was_member);
  EXPECT_EQ(pigeon_node_remove_group_key(bob_->node(), "chess", &was_member, nullptr), PIGEON_OK);
  EXPECT_FALSE(was_member);
  EXPECT_EQ(pigeon_node_send_encrypted_broadcast(bob_->node(), "chess", "a", 1, id, nullptr),
            PIGEON_UNKNOWN_GROUP);
}

TEST_P(CInterfaceTest, EncryptsWithoutSending) {
  alice_->wait_for(PIGEON_EVENT_PEER_KEY_ADDED);
  char* group_key = nullptr;
  ASSERT_EQ(pigeon_node_generate_group_key(alice_->node(), "chess", &group_key, nullptr),
            PIGEON_OK);
  pigeon_text_free(group_key);
  char* own = nullptr;
  char* for_bob = nullptr;
  char* for_chess = nullptr;
  ASSERT_EQ(pigeon_node_encrypt(alice_->node(), "a", 1, &own, nullptr), PIGEON_OK);
  ASSERT_EQ(pigeon_node_encrypt_for_peer(alice_->node(), bob_->id(),
                                         "b\0"
                                         "c",
                                         3, &for_bob, nullptr),
            PIGEON_OK);
  ASSERT_EQ(pigeon_node_encrypt_for_group(alice_->node(), "chess", "d", 1, &for_chess, nullptr),
            PIGEON_OK);

  const pigeon_decrypted* content = nullptr;
  ASSERT_EQ(pigeon_node_decrypt(bob_->node(), for_bob, &content, nullptr), PIGEON_OK);
  EXPECT_EQ(std::string(content->text, content->text_size), std::string("b\0"
                                                                        "c",
                                                                        3));
  EXPECT_EQ(std::string(content->json, content->json_size), R"("b\u0000c")");
  EXPECT_STREQ(content->group, "");
  pigeon_decrypted_free(content);
  ASSERT_EQ(pigeon_node_decrypt(alice_->node(), for_chess, &content, nullptr), PIGEON_OK);
  EXPECT_STREQ(content->text, "d");
  EXPECT_STREQ(content->group, "chess");
  pigeon_decrypted_free(content);
  EXPECT_EQ(pigeon_node_decrypt(bob_->node(), own, &content, nullptr), PIGEON_UNDECIPHERABLE);
  for (char* text : {own, for_bob, for_chess}) pigeon_text_free(text);
}

TEST_P(CInterfaceTest, CarriesAStream) {
  pigeon_stream_info info{.struct_size = sizeof info, .type = "file", .filename = "name"};
  pigeon_stream_id stream = 0;
  ASSERT_EQ(pigeon_node_open_stream(alice_->node(), bob_->id(), &info, &stream, nullptr),
            PIGEON_OK);
  const KeptEvent writable = alice_->wait_for(PIGEON_EVENT_STREAM_WRITABLE);
  EXPECT_EQ(writable.stream, stream);
  const std::vector<std::uint8_t> bytes(5'000, 9);
  ASSERT_GE(writable.size, bytes.size());

  ASSERT_EQ(pigeon_node_write_stream(alice_->node(), stream, bytes.data(), bytes.size(), nullptr),
            PIGEON_OK);
  ASSERT_EQ(pigeon_node_end_stream(alice_->node(), stream, nullptr), PIGEON_OK);

  EXPECT_EQ(bob_->wait_for(PIGEON_EVENT_STREAM_RECEIVED).text, "name");
  EXPECT_EQ(bob_->wait_for(PIGEON_EVENT_STREAM_DATA).data, bytes);
  bob_->wait_for(PIGEON_EVENT_STREAM_COMPLETED);
  EXPECT_EQ(alice_->wait_for(PIGEON_EVENT_STREAM_COMPLETED).stream, stream);
}

TEST_P(CInterfaceTest, CarriesAStreamToEverybody) {
  pigeon_stream_info info{.struct_size = sizeof info, .type = "file", .filename = "for all"};
  pigeon_stream_id stream = 0;
  ASSERT_EQ(pigeon_node_open_broadcast_stream(alice_->node(), &info, &stream, nullptr), PIGEON_OK);
  const KeptEvent writable = alice_->wait_for(PIGEON_EVENT_STREAM_WRITABLE);
  EXPECT_EQ(writable.stream, stream);
  EXPECT_EQ(writable.peer, alice_->id());
  const std::vector<std::uint8_t> bytes(5'000, 9);

  ASSERT_EQ(pigeon_node_write_stream(alice_->node(), stream, bytes.data(), bytes.size(), nullptr),
            PIGEON_OK);
  ASSERT_EQ(pigeon_node_end_stream(alice_->node(), stream, nullptr), PIGEON_OK);

  const KeptEvent received = bob_->wait_for(PIGEON_EVENT_STREAM_RECEIVED);
  EXPECT_EQ(received.text, "for all");
  EXPECT_EQ(received.peer, alice_->id());
  EXPECT_EQ(bob_->wait_for(PIGEON_EVENT_STREAM_DATA).data, bytes);
  bob_->wait_for(PIGEON_EVENT_STREAM_COMPLETED);
  EXPECT_EQ(alice_->wait_for(PIGEON_EVENT_STREAM_COMPLETED).stream, stream);

  info.resume_token = "again";
  EXPECT_EQ(pigeon_node_open_broadcast_stream(alice_->node(), &info, &stream, nullptr),
            PIGEON_BAD_ARGUMENT);
}

TEST_P(CInterfaceTest, AbortsAStream) {
  pigeon_stream_id stream = 0;
  ASSERT_EQ(pigeon_node_open_stream(alice_->node(), bob_->id(), nullptr, &stream, nullptr),
            PIGEON_OK);
  bob_->wait_for(PIGEON_EVENT_STREAM_RECEIVED);

  ASSERT_EQ(pigeon_node_abort_stream(alice_->node(), stream, "enough", nullptr), PIGEON_OK);

  EXPECT_THAT(bob_->wait_for(PIGEON_EVENT_STREAM_ABORTED).text, HasSubstr("enough"));
}

TEST_P(CInterfaceTest, TellsTheStatusAndThePeers) {
  const pigeon_status* status = nullptr;
  pigeon_peer_list* peers = nullptr;
  pigeon_discovered_list* known = nullptr;
  ASSERT_EQ(pigeon_node_status(alice_->node(), &status, nullptr), PIGEON_OK);
  ASSERT_EQ(pigeon_node_peers(alice_->node(), &peers, nullptr), PIGEON_OK);
  ASSERT_EQ(pigeon_node_discovered_peers(alice_->node(), &known, nullptr), PIGEON_OK);
  // What was given stays when the node has ended.
  alice_->end();

  EXPECT_STREQ(status->peer_id, alice_->id());
  EXPECT_TRUE(status->is_connected);
  ASSERT_EQ(status->hub_count, 1U);
  EXPECT_THAT(status->hubs[0], HasSubstr(std::to_string(hub_->port())));
  EXPECT_STREQ(status->network, "global");
  EXPECT_EQ(status->connected_count, 1U);
  EXPECT_EQ(status->max_peers, 16U);
  EXPECT_GE(status->counters->links_opened, 1U);
  ASSERT_EQ(pigeon_peer_list_size(peers), 1U);
  EXPECT_STREQ(pigeon_peer_list_at(peers, 0)->peer, bob_->id());
  EXPECT_EQ(pigeon_peer_list_at(peers, 0)->state, PIGEON_PEER_IS_CONNECTED);
  EXPECT_EQ(pigeon_peer_list_at(peers, 1), nullptr);
  for (std::size_t i = 0; i < pigeon_discovered_list_size(known); ++i) {
    EXPECT_EQ(std::strlen(pigeon_discovered_list_at(known, i)->peer), 40U);
    EXPECT_GT(std::strlen(pigeon_discovered_list_at(known, i)->distance), 0U);
  }
  EXPECT_EQ(pigeon_discovered_list_at(known, pigeon_discovered_list_size(known)), nullptr);
  pigeon_status_free(status);
  pigeon_peer_list_free(peers);
  pigeon_discovered_list_free(known);
}

TEST_P(CInterfaceTest, LeavesPeersAndTheMesh) {
  ASSERT_EQ(pigeon_node_disconnect_peer(alice_->node(), bob_->id(), nullptr), PIGEON_OK);
  EXPECT_EQ(bob_->wait_for(PIGEON_EVENT_PEER_DISCONNECTED).peer, alice_->id());

  ASSERT_EQ(pigeon_node_disconnect(alice_->node(), nullptr), PIGEON_OK);
  ASSERT_EQ(pigeon_node_set_network(alice_->node(), "elsewhere", nullptr), PIGEON_OK);
  const pigeon_status* status = nullptr;
  ASSERT_EQ(pigeon_node_status(alice_->node(), &status, nullptr), PIGEON_OK);
  EXPECT_FALSE(status->is_connected);
  EXPECT_STREQ(status->network, "elsewhere");
  pigeon_status_free(status);
}

TEST_P(CInterfaceTest, EndsInAnyOrder) {
  hub_.reset();
  alice_->end();
  bob_->wait_for(PIGEON_EVENT_PEER_DISCONNECTED);
  pigeon_loop_destroy(loop_);
  loop_ = nullptr;
  EXPECT_EQ(pigeon_node_send_message(bob_->node(), "alone", 5, nullptr, nullptr), PIGEON_OK);
  bob_->wait_for_text("alone");
}

TEST(CVersionTest, TellsTheVersions) {
  EXPECT_STREQ(pigeon_version(), PIGEON_VERSION);
  EXPECT_EQ(pigeon_abi_version(), PIGEON_ABI_VERSION);
}

}  // namespace
}  // namespace pigeon::test
