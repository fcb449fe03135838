// Nodes over a real hub and real WebRTC on loopback, by the public interface.
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/node_side.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/closed_port.hpp"

namespace pigeon::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const auto is_connected = [](const HubStatusChanged& one) {
  return one.state == HubStatusChanged::State::connected;
};

// ---- Meshes, on one loop and on several

class NodeMeshTest : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Loops, NodeMeshTest, ::testing::Values(true, false),
                         [](const auto& shown) { return shown.param ? "Shared" : "Own"; });

TEST_P(NodeMeshTest, TwoNodesTalk) {
  LocalMesh mesh(2, GetParam());
  NodeSide& alice = mesh[0];
  NodeSide& bob = mesh[1];
  EXPECT_TRUE(alice.node().status().is_connected);
  ASSERT_THAT(alice.node().peers(), SizeIs(1));
  EXPECT_EQ(alice.node().peers().front().peer, bob.id());
  EXPECT_NE(alice.node().peers().front().is_initiator, bob.node().peers().front().is_initiator);
  alice.wait_for<PeerVerified>(1);
  bob.wait_for<PeerVerified>(1);

  const auto sent = alice.node().send_direct_message(bob.id(), "hello \"Bob\"\n");
  ASSERT_TRUE(sent) << sent.error().message;
  const auto received = bob.wait_for_text("hello \"Bob\"\n").front();
  EXPECT_EQ(received.id, *sent);
  EXPECT_EQ(received.from, alice.id());
  EXPECT_TRUE(received.direct);
  EXPECT_TRUE(received.verified);
  EXPECT_EQ(alice.wait_for<MessageDelivered>(1).front().id, *sent);

  const auto secret = bob.node().send_encrypted_message(alice.id(), "a secret");
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_TRUE(alice.wait_for_text("a secret").front().encrypted);

  const std::vector<std::uint8_t> bytes(200'000, 7);
  ASSERT_TRUE(alice.node().send_binary(bob.id(), bytes));
  EXPECT_EQ(bob.wait_for<BinaryReceived>(1).front().data, bytes);
}

TEST_P(NodeMeshTest, EightNodesHearEachBroadcastOnceAndEachDirectMessage) {
  LocalMesh mesh(8, GetParam());
  for (std::size_t i = 0; i < mesh.size(); ++i) {
    EXPECT_GE(mesh[i].node().status().connected_count, 5U);
    ASSERT_TRUE(mesh[i].node().send_message("from " + std::to_string(i)));
    for (std::size_t j = 0; j < mesh.size(); ++j) {
      if (i == j) continue;
      const std::string text = std::to_string(i) + " to " + std::to_string(j);
      ASSERT_TRUE(mesh[i].node().send_direct_message(mesh[j].id(), text));
    }
  }

  for (std::size_t i = 0; i < mesh.size(); ++i) {
    mesh[i].wait_for<MessageDelivered>(7);
    for (std::size_t j = 0; j < mesh.size(); ++j) {
      mesh[i].wait_for_text("from " + std::to_string(j));
      if (i == j) continue;
      mesh[i].wait_for_text(std::to_string(j) + " to " + std::to_string(i));
    }
  }
  for (std::size_t i = 0; i < mesh.size(); ++i) {
    for (std::size_t j = 0; j < mesh.size(); ++j) {
      EXPECT_EQ(mesh[i].count_text("from " + std::to_string(j)), 1U);
    }
    EXPECT_THAT(mesh[i].told<MessageUndelivered>(), IsEmpty());
    EXPECT_THAT(mesh[i].told<PeerDisconnected>(), IsEmpty());
    EXPECT_THAT(mesh[i].told<NodeWarning>(), IsEmpty());
  }
}

// ---- Coming and going

TEST(NodeTest, ComesBackAfterItHasDisconnected) {
  LocalMesh mesh(2, true);
  NodeSide& alice = mesh[0];
  NodeSide& bob = mesh[1];

  alice.node().disconnect();
  EXPECT_EQ(bob.wait_for<PeerDisconnected>(1).front().peer, alice.id());
  EXPECT_THAT(alice.node().peers(), IsEmpty());
  EXPECT_FALSE(alice.node().status().is_connected);

  alice.join(mesh.hub());
  alice.wait_for_link(bob.id(), 2);
  bob.wait_for_link(alice.id(), 2);
  ASSERT_TRUE(alice.node().send_message("back"));
  bob.wait_for_text("back");
}

TEST(NodeTest, SaysGoodbyeWhenItEnds) {
  LocalMesh mesh(3, false);

  mesh[2].end();

  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(mesh[i].wait_for<PeerDisconnected>(1).front().peer, mesh[2].id());
    EXPECT_EQ(mesh[i].node().status().connected_count, 1U);
  }
}

TEST(NodeTest, KeepsItsLinksWhenTheHubGoesAndComesBack) {
  auto hub = std::make_unique<LocalHub>();
  NodeSide alice;
  NodeSide bob;
  alice.join(*hub);
  bob.join(*hub);
  alice.wait_for_link(bob.id());
  bob.wait_for_link(alice.id());
  const std::uint16_t port = hub->port();

  hub.reset();
  for (NodeSide* const side : {&alice, &bob}) {
    const auto lost = side->wait_for<HubStatusChanged>(1, [](const HubStatusChanged& one) {
      return one.state == HubStatusChanged::State::disconnected;
    });
    EXPECT_FALSE(lost.front().reason.empty());
    EXPECT_GT(lost.front().retry_in_ms, 0);
  }
  ASSERT_TRUE(alice.node().send_direct_message(bob.id(), "without a hub"));
  bob.wait_for_text("without a hub");

  const LocalHub next(port);
  alice.wait_for<HubStatusChanged>(2, is_connected);
  bob.wait_for<HubStatusChanged>(2, is_connected);
  NodeSide carol;
  carol.join(next);
  carol.wait_for_link(alice.id());
  carol.wait_for_link(bob.id());
  EXPECT_THAT(alice.told<PeerDisconnected>(), IsEmpty());
  EXPECT_THAT(bob.told<PeerDisconnected>(), IsEmpty());
}

TEST(NodeTest, TellsWhenAPeerIsThrownOut) {
  LocalMesh mesh(2, true);

  ASSERT_TRUE(mesh[0].node().disconnect_peer(mesh[1].id()));

  EXPECT_EQ(mesh[0].wait_for<PeerDisconnected>(1).front().peer, mesh[1].id());
  EXPECT_EQ(mesh[1].wait_for<PeerDisconnected>(1).front().peer, mesh[0].id());
}

TEST(NodeTest, SaysWhyItClosesALinkBeforeItCloses) {
  LocalMesh mesh(3, false);

  EXPECT_EQ(mesh[0].node().set_max_peers(1), 1U);

  const PeerEvicted evicted = mesh[0].wait_for<PeerEvicted>(1).front();
  EXPECT_FALSE(evicted.initiated_by_peer);
  NodeSide& other = evicted.peer == mesh[1].id() ? mesh[1] : mesh[2];
  const PeerEvicted notice = other.wait_for<PeerEvicted>(1).front();
  EXPECT_EQ(notice.peer, mesh[0].id());
  EXPECT_TRUE(notice.initiated_by_peer);
  EXPECT_EQ(notice.reason, evicted.reason);
}

// ---- Errors

TEST(NodeTest, SaysWhatIsWrongWithOptions) {
  NodeOptions options = local_options();
  options.max_peers = 0;
  const auto node = Node::create(options);
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().kind, NodeErrorKind::bad_argument);
  EXPECT_EQ(node.error().message, "max_peers must be at least 1.");

  options = local_options();
  options.identity_file = "/no/such/folder/keys";
  const auto unkept = Node::create(options);
  ASSERT_FALSE(unkept);
  EXPECT_THAT(unkept.error().message, HasSubstr("identity_file: "));

  options = local_options();
  options.trusted_certificates_file = "/no/such/file.pem";
  const auto untrusting = Node::create(options);
  ASSERT_FALSE(untrusting);
  EXPECT_THAT(untrusting.error().message, HasSubstr("trusted_certificates_file: "));

  const auto loop = NodeLoop::create({.addresses = {"here"}});
  ASSERT_FALSE(loop);
  EXPECT_THAT(loop.error().message, HasSubstr("'here' is no IP address"));
}

TEST(NodeTest, SaysWhyACallDoesNothing) {
  NodeSide alice;
  const PeerId nobody = *PeerId::parse(std::string(40, 'a'));

  const auto joined = alice.node().connect("gopher://127.0.0.1");
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().kind, NodeErrorKind::bad_argument);
  const auto blank = alice.node().send_message("  ");
  ASSERT_FALSE(blank);
  EXPECT_EQ(blank.error().kind, NodeErrorKind::bad_argument);
  const auto malformed = alice.node().send_direct_message(nobody, "\xff\xfe");
  ASSERT_FALSE(malformed);
  EXPECT_EQ(malformed.error().kind, NodeErrorKind::bad_argument);
  const auto unlinked = alice.node().send_binary(nobody, std::vector<std::uint8_t>(10));
  ASSERT_FALSE(unlinked);
  EXPECT_EQ(unlinked.error().kind, NodeErrorKind::not_connected);
  const auto unknown = alice.node().send_encrypted_message(nobody, "secret");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, NodeErrorKind::unknown_peer);
  EXPECT_FALSE(alice.node().write_stream(StreamId{1}, {1, 2, 3}));
  EXPECT_FALSE(alice.node().end_stream(StreamId{1}));
  EXPECT_FALSE(alice.node().set_network(""));
  for (const std::string& message :
       {joined.error().message, blank.error().message, malformed.error().message,
        unlinked.error().message, unknown.error().message}) {
    EXPECT_GT(message.size(), 10U);
    EXPECT_EQ(message.back(), '.') << message;
  }
}

TEST(NodeTest, SaysWhyAHubCannotBeReached) {
  const ClosedPort closed;
  NodeSide alice;
  ASSERT_TRUE(alice.node().connect("ws://127.0.0.1:" + std::to_string(closed.number())));

  const auto told = alice.wait_for<HubStatusChanged>(1, [](const HubStatusChanged& one) {
    return one.state == HubStatusChanged::State::disconnected;
  });
  EXPECT_THAT(told.front().reason, HasSubstr("No server listens at"));
  EXPECT_GT(told.front().retry_in_ms, 0);
}

TEST(NodeTest, TrustsOnlyAHubWhoseCertificateItWasGiven) {
  const TemporaryFolder folder;
  const CertificateFiles files{.certificate = folder.path() / "certificate.pem",
                               .key = folder.path() / "key.pem"};
  write_certificate(files, 1);
  const LocalHub hub(ListenOptions{.certificate_file = files.certificate.string(),
                                   .key_file = files.key.string()});
  NodeOptions options = local_options();
  options.trusted_certificates_file = files.certificate.string();
  NodeSide trusting(options);
  NodeSide distrusting;
  trusting.join(hub);
  distrusting.join(hub);

  trusting.wait_for<HubStatusChanged>(1, is_connected);
  const auto told = distrusting.wait_for<HubStatusChanged>(1, [](const HubStatusChanged& one) {
    return one.state == HubStatusChanged::State::disconnected;
  });
  EXPECT_THAT(told.front().reason, HasSubstr("certificate is not trusted"));
}

TEST(NodeTest, WarnsOfServersWhoseNamesAreUnknown) {
  NodeOptions options = local_options();
  options.ice_servers = {{.url = "stun:no.such.name.invalid"}};
  NodeSide alice(options);
  EXPECT_THAT(alice.wait_for<NodeWarning>(1).front().message,
              HasSubstr("'stun:no.such.name.invalid'"));
}

// ---- Identity

TEST(NodeTest, IsTheSamePeerWithTheSameFile) {
  const TemporaryFolder folder;
  NodeOptions options = local_options();
  options.identity_file = folder.path() / "keys";
  const PeerId first = NodeSide(options).id();
  EXPECT_EQ(NodeSide(options).id(), first);
  EXPECT_NE(NodeSide().id(), first);

  options.enable_crypto = false;
  EXPECT_EQ(NodeSide(options).id(), first);
  options.peer_id = std::string(40, 'b');
  EXPECT_EQ(NodeSide(options).id().to_text(), options.peer_id);
}

TEST(NodeTest, IsTheSamePeerWithTheSameLockedFileAndPassword) {
  const TemporaryFolder folder;
  NodeOptions options = local_options();
  options.identity_file = folder.path() / "keys";
  options.identity_password = "open sesame";
  // Two that make the file at once are the same.
  auto other = std::async(std::launch::async, [&] { return NodeSide(options).id(); });
  const PeerId first = NodeSide(options).id();
  EXPECT_EQ(other.get(), first);
  EXPECT_EQ(NodeSide(options).id(), first);

  for (const std::string password : {"", "open barley"}) {
    options.identity_password = password;
    const auto refused = Node::create(options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, NodeErrorKind::bad_argument);
    EXPECT_THAT(refused.error().message, HasSubstr("password"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("barley")));
  }
  options.identity_file = "";
  EXPECT_EQ(Node::create(options).error().message,
            "identity_password is of use only with identity_file.");
}

TEST(NodeTest, AnIdThatIsNotTheKeysIsNeverProven) {
  const LocalHub hub;
  NodeSide alice;
  NodeOptions options = local_options();
  options.peer_id = std::string(40, 'b');
  NodeSide bob(options);
  alice.join(hub);
  bob.join(hub);
  alice.wait_for_link(bob.id());
  bob.wait_for<PeerVerified>(1);

  ASSERT_TRUE(bob.node().send_message("trust me"));
  EXPECT_FALSE(alice.wait_for_text("trust me").front().verified);
  EXPECT_THAT(alice.told<PeerVerified>(), IsEmpty());
}

}  // namespace
}  // namespace pigeon::test
