// What nodes do with keys besides their links: groups, and encryption without sending.
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/node_side.hpp"

namespace pigeon::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Three nodes that are linked.
class NodeKeysTest : public ::testing::Test {
 protected:
  NodeKeysTest() {
    for (NodeSide* side : {&alice_, &bob_, &carol_}) side->join(hub_);
    alice_.wait_for<PeerKeyAdded>(2);
    bob_.wait_for<PeerKeyAdded>(2);
    carol_.wait_for<PeerKeyAdded>(2);
  }

  LocalHub hub_;
  NodeSide alice_;
  NodeSide bob_;
  NodeSide carol_;
};

TEST_F(NodeKeysTest, AGroupTalksAmongItself) {
  const auto key = alice_.node().generate_group_key("chess");
  ASSERT_TRUE(key.has_value());
  ASSERT_TRUE(alice_.node().send_encrypted_message(bob_.id(), *key));
  const auto carried =
      bob_.wait_for<MessageReceived>(1, [](const MessageReceived& one) { return one.direct; });
  ASSERT_TRUE(bob_.node().add_group_key("chess", carried[0].text));

  const auto sent = bob_.node().send_encrypted_broadcast("chess", "e4");
  ASSERT_TRUE(sent.has_value());

  const auto heard = alice_.wait_for_text("e4");
  EXPECT_EQ(heard[0].id, *sent);
  EXPECT_EQ(heard[0].from, bob_.id());
  EXPECT_EQ(heard[0].group, "chess");
  EXPECT_TRUE(heard[0].encrypted);
  EXPECT_TRUE(heard[0].verified);
  // Carol has had her copy by the time that she has this one.
  ASSERT_TRUE(bob_.node().send_message("to all"));
  carol_.wait_for_text("to all");
  EXPECT_EQ(carol_.count_text("e4"), 0U);
  EXPECT_THAT(alice_.node().status().groups, ElementsAre("chess"));
  EXPECT_THAT(carol_.node().status().groups, IsEmpty());

  ASSERT_TRUE(bob_.node().send_encrypted_broadcast_json("chess", R"({"move":"e5"})"));
  ASSERT_TRUE(bob_.node().send_encrypted_json(alice_.id(), R"([1,"two"])"));
  const auto json = [&](const char* text) {
    alice_.wait_for<MessageReceived>(1, [&](auto& one) { return one.json == text; });
  };
  json(R"({"move":"e5"})");
  json(R"([1,"two"])");
  for (const char* wrong : {"", "{", "1 2"}) {
    EXPECT_FALSE(bob_.node().send_encrypted_broadcast_json("chess", wrong)) << wrong;
    EXPECT_FALSE(bob_.node().send_encrypted_json(alice_.id(), wrong)) << wrong;
  }

  EXPECT_TRUE(bob_.node().remove_group_key("chess"));
  EXPECT_FALSE(bob_.node().remove_group_key("chess"));
  const auto refused = bob_.node().send_encrypted_broadcast("chess", "e5");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, NodeErrorKind::unknown_group);
}

TEST_F(NodeKeysTest, RefusesKeysThatAreNone) {
  Node& node = alice_.node();
  const auto key = node.generate_group_key("chess");
  ASSERT_TRUE(key.has_value());
  const auto other = node.generate_group_key("go");
  ASSERT_TRUE(other.has_value());
  const auto part = [](const std::string& json, const std::string& name) {
    const std::size_t begin = json.find("\"" + name + "\":");
    return json.substr(begin, json.find(',', begin) - begin);
  };
  const std::string mixed = "{" + part(*key, "epub") + "," + part(*other, "epriv") + "}";

  for (const std::string& wrong : {std::string(), std::string("{}"), mixed}) {
    const auto added = node.add_group_key("chess", wrong);
    ASSERT_FALSE(added.has_value()) << wrong;
    EXPECT_EQ(added.error().kind, NodeErrorKind::bad_argument);
    EXPECT_THAT(added.error().message, Not(HasSubstr("epriv\":")));
  }
  EXPECT_FALSE(node.generate_group_key(""));
  EXPECT_FALSE(node.add_group_key(std::string(129, 'x'), *key));
  EXPECT_TRUE(node.add_group_key("chess", *key));
}

TEST_F(NodeKeysTest, EncryptsForItselfForAPeerAndForAGroup) {
  const std::string text = "a \"secret\" \xc3\xa9";
  const auto own = alice_.node().encrypt(text);
  const auto for_bob = alice_.node().encrypt_for_peer(bob_.id(), text);
  const auto key = alice_.node().generate_group_key("chess");
  ASSERT_TRUE(key.has_value());
  ASSERT_TRUE(carol_.node().add_group_key("chess", *key));
  const auto for_chess = alice_.node().encrypt_for_group("chess", text);
  ASSERT_TRUE(own && for_bob && for_chess);

  const auto opens = [&](NodeSide& side, const std::string& json) {
    const auto content = side.node().decrypt(json);
    if (content) return content->text + " for '" + content->group + "'";
    EXPECT_EQ(content.error().kind, NodeErrorKind::undecipherable);
    return std::string("(no)");
  };
  EXPECT_EQ(opens(alice_, *own), text + " for ''");
  EXPECT_EQ(opens(alice_, *own), text + " for ''") << "as often as one likes";
  EXPECT_EQ(opens(bob_, *own), "(no)");
  EXPECT_EQ(opens(bob_, *for_bob), text + " for ''");
  EXPECT_EQ(opens(alice_, *for_bob), "(no)");
  EXPECT_EQ(opens(carol_, *for_chess), text + " for 'chess'");
  EXPECT_EQ(opens(bob_, *for_chess), "(no)");
  EXPECT_THAT(*own, Not(HasSubstr("secret")));
}

TEST_F(NodeKeysTest, SaysWhyNothingIsEncryptedOrDecrypted) {
  const auto kind = [](const auto& result) {
    return result ? std::optional<NodeErrorKind>() : std::optional(result.error().kind);
  };
  Node& node = alice_.node();
  EXPECT_EQ(kind(node.encrypt_for_peer(PeerId(), "a")), NodeErrorKind::unknown_peer);
  EXPECT_EQ(kind(node.encrypt_for_group("go", "a")), NodeErrorKind::unknown_group);
  EXPECT_EQ(kind(node.encrypt("\xff")), NodeErrorKind::bad_argument);
  const std::string longest(524'288 - 2, 'x');
  EXPECT_EQ(kind(node.encrypt(longest + "x")), NodeErrorKind::too_large);
  EXPECT_EQ(node.decrypt(node.encrypt(longest).value()).value().text, longest);
  const std::string huge(3U << 20U, 'x');
  EXPECT_EQ(kind(node.send_encrypted_message(bob_.id(), huge)), NodeErrorKind::too_large);
  EXPECT_EQ(kind(node.add_group_key(std::string("a\0b", 3), *node.generate_group_key("go"))),
            NodeErrorKind::bad_argument);
  EXPECT_EQ(kind(node.decrypt("")), NodeErrorKind::bad_argument);
  EXPECT_EQ(kind(node.decrypt(R"({"encrypted":true,"data":"plain"})")),
            NodeErrorKind::bad_argument);
  NodeOptions options = local_options();
  options.enable_crypto = false;
  NodeSide plain(options);
  EXPECT_EQ(kind(plain.node().encrypt("a")), NodeErrorKind::bad_argument);
  EXPECT_EQ(kind(plain.node().generate_group_key("go")), NodeErrorKind::bad_argument);
  EXPECT_EQ(kind(plain.node().decrypt(*node.encrypt("a"))), NodeErrorKind::undecipherable);
}

}  // namespace
}  // namespace pigeon::test
