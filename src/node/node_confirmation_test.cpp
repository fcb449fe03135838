// Direct messages to a neighbor of which nobody has said yet whether it confirms any.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/village.hpp"

namespace pigeon::node {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Two nodes, of which the first sends a message to the other as soon as they are linked.
class ConfirmationTest : public ::testing::Test {
 protected:
  void meet() {
    village.hub_passes_members = false;
    village.on_crypto = [this](std::size_t index, const crypto::Operation&) {
      if (index != 0 || is_sent || village.events<PeerConnected>(0).empty()) return;
      is_sent = true;
      EXPECT_TRUE(village.events<PeerVerified>(0).empty());
      EXPECT_TRUE(village.node(0).send_direct_json(village.id(1), "1", village.now).has_value());
    };
    village.add_connected(2);
    village.pass(30s);
    EXPECT_TRUE(is_sent);
  }

  test::Village village;
  bool is_sent = false;
};

bool is_direct(const std::string& text) { return text.find("\"dm\"") != std::string::npos; }

std::string without_proof(const std::string& keys) {
  const std::string name = R"(,"proof":")";
  const std::size_t at = keys.find(name);
  if (at == std::string::npos) return keys;
  return keys.substr(0, at) + keys.substr(keys.find('"', at + name.size()) + 1);
}

TEST_F(ConfirmationTest, AMessageSentBeforeTheProofIsConfirmed) {
  meet();

  EXPECT_THAT(village.events<MessageReceived>(1), SizeIs(1));
  EXPECT_THAT(village.events<MessageDelivered>(0), SizeIs(1));
}

TEST_F(ConfirmationTest, AMessageSentBeforeTheProofIsRepeated) {
  int lost = 0;
  village.on_text = [&](std::size_t from, std::size_t, std::string& text) {
    if (from == 0 && is_direct(text) && lost++ == 0) text.clear();
  };

  meet();

  EXPECT_GE(lost, 2);
  EXPECT_THAT(village.events<MessageReceived>(1), SizeIs(1));
  EXPECT_THAT(village.events<MessageDelivered>(0), SizeIs(1));
}

TEST_F(ConfirmationTest, APeerThatShowsKeysWithoutAProofIsNotWaitedFor) {
  int sent = 0;
  village.on_text = [&](std::size_t from, std::size_t, std::string& text) {
    if (from == 0) sent += is_direct(text) ? 1 : 0;
    if (from == 0) return;
    const bool is_keys = text.find("key_exchange") != std::string::npos;
    text = is_keys ? without_proof(text) : "";
  };

  meet();

  EXPECT_EQ(sent, 1);
  EXPECT_THAT(village.events<PeerKeyAdded>(0), SizeIs(1));
  EXPECT_THAT(village.events<PeerVerified>(0), IsEmpty());
  EXPECT_THAT(village.events<MessageUndelivered>(0), IsEmpty());
}

TEST_F(ConfirmationTest, APeerThatShowsNothingIsNotWaitedFor) {
  village.on_text = [&](std::size_t from, std::size_t, std::string& text) {
    if (from == 1) text.clear();
  };

  meet();
  EXPECT_THAT(village.events<MessageUndelivered>(0), IsEmpty());

  ASSERT_TRUE(village.node(0).send_direct_json(village.id(1), "2", village.now).has_value());
  village.pass(30s);
  EXPECT_THAT(village.events<MessageUndelivered>(0), IsEmpty());
}

}  // namespace
}  // namespace pigeon::node
