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

/// What is left of a message if its sender is of upstream: keys without a proof.
std::string as_of_upstream(const std::string& text) {
  if (text.find("key_exchange") == std::string::npos) return {};
  const std::string name = R"(,"proof":")";
  const std::size_t at = text.find(name);
  return text.substr(0, at) + text.substr(text.find('"', at + name.size()) + 1);
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
    text = as_of_upstream(text);
  };

  meet();

  EXPECT_EQ(sent, 1);
  EXPECT_THAT(village.events<PeerKeyAdded>(0), SizeIs(1));
  EXPECT_THAT(village.events<PeerVerified>(0), IsEmpty());
  EXPECT_THAT(village.events<MessageUndelivered>(0), IsEmpty());
}

TEST_F(ConfirmationTest, APeerThatShowsKeysWhileAMessageIsSignedIsNotWaitedFor) {
  int sent = 0;
  village.hub_passes_members = false;
  village.on_text = [&](std::size_t from, std::size_t, std::string& text) {
    if (from == 0) sent += is_direct(text) ? 1 : 0;
    if (from == 0) return;
    text = as_of_upstream(text);
    if (text.empty() || is_sent) return;
    // The keys are on their way already when the signature is asked for.
    is_sent = true;
    EXPECT_TRUE(village.node(0).send_direct_json(village.id(1), "1", village.now).has_value());
  };

  village.add_connected(2);
  village.pass(30s);

  EXPECT_EQ(sent, 1);
  EXPECT_THAT(village.events<MessageReceived>(1), SizeIs(1));
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
