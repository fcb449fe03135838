// What an application may do with nodes: from many threads, in events, and as fast as it can.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/sha256.hpp"
#include "tests/e2e/node_side.hpp"
#include "tests/support/pattern.hpp"

namespace pigeon::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using Bytes = std::vector<std::uint8_t>;

// ---- Streams

/// Writes a file into a stream whenever there is room for it, and not before.
class Uploader {
 public:
  explicit Uploader(Bytes file) : file_(std::move(file)) {}

  void take(Node& node, const NodeEvent& event) {
    const auto* writable = std::get_if<StreamWritable>(&event);
    // More room may be told than is needed, also after the end.
    if (writable == nullptr || is_ended_) return;
    const std::size_t size = std::min(writable->bytes, file_.size() - sent_);
    const auto begin = file_.begin() + static_cast<std::ptrdiff_t>(sent_);
    const auto written = node.write_stream(writable->stream,
                                           Bytes(begin, begin + static_cast<std::ptrdiff_t>(size)));
    EXPECT_TRUE(written.has_value()) << written.error().message;
    sent_ += size;
    if (sent_ < file_.size()) return;
    is_ended_ = true;
    EXPECT_TRUE(node.end_stream(writable->stream));
  }

 private:
  Bytes file_;
  std::size_t sent_ = 0;
  bool is_ended_ = false;
};

class NodeStreamTest : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Loops, NodeStreamTest, ::testing::Values(true, false),
                         [](const auto& shown) { return shown.param ? "Shared" : "Own"; });

TEST_P(NodeStreamTest, CarriesTenMebibytesAtThePaceOfTheChannel) {
  const Bytes file = pattern(std::size_t{10} << 20U);
  Uploader uploader(file);
  Bytes received;
  const LocalHub hub;
  auto loop = NodeLoop::create(local_options().addresses);
  ASSERT_TRUE(loop);
  const auto side = [&](NodeSide::Hook hook) {
    return GetParam() ? std::make_unique<NodeSide>(*loop, local_options(), std::move(hook))
                      : std::make_unique<NodeSide>(local_options(), std::move(hook));
  };
  const auto alice = side([&](Node& node, const NodeEvent& event) { uploader.take(node, event); });
  const auto bob = side([&](Node& /*node*/, NodeEvent& event) {
    auto* data = std::get_if<StreamData>(&event);
    if (data == nullptr) return;
    received.insert(received.end(), data->data.begin(), data->data.end());
    data->data.clear();
  });
  alice->join(hub);
  bob->join(hub);
  alice->wait_for_link(bob->id());
  bob->wait_for_link(alice->id());

  const auto stream = alice->node().open_stream(
      bob->id(), {.type = "file", .filename = "pattern.bin", .total_size = file.size()});
  ASSERT_TRUE(stream) << stream.error().message;

  const auto begun = bob->wait_for<StreamReceived>(1).front();
  EXPECT_EQ(begun.peer, alice->id());
  EXPECT_EQ(begun.info.filename, "pattern.bin");
  EXPECT_EQ(begun.info.total_size, file.size());
  EXPECT_EQ(bob->wait_for<StreamCompleted>(1).front().total_bytes, file.size());
  EXPECT_EQ(alice->wait_for<StreamCompleted>(1).front().stream, *stream);
  // More than one window's worth of room was told.
  EXPECT_GT(alice->told<StreamWritable>().size(), 2U);
  EXPECT_EQ(crypto::sha256(received), crypto::sha256(file));
}

// ---- Streams to everybody

TEST(NodeBroadcastTest, CarriesAStreamToEverybodyOverARelay) {
  const Bytes file = pattern(std::size_t{2} << 20U);
  Uploader uploader(file);
  NodeOptions options = local_options();
  options.auto_discovery = false;
  const LocalHub hub;
  NodeSide alice(options, [&](Node& node, const NodeEvent& event) { uploader.take(node, event); });
  std::array<Bytes, 2> received;
  const auto receiver = [&received](std::size_t index) {
    return [&all = received.at(index)](Node& /*node*/, NodeEvent& event) {
      auto* data = std::get_if<StreamData>(&event);
      if (data == nullptr) return;
      all.insert(all.end(), data->data.begin(), data->data.end());
      data->data.clear();
    };
  };
  NodeSide bob(options, receiver(0));
  NodeSide carol(options, receiver(1));
  for (NodeSide* side : {&alice, &bob, &carol}) {
    side->join(hub);
    side->wait_for<HubStatusChanged>(1, [](const HubStatusChanged& status) {
      return status.state == HubStatusChanged::State::connected;
    });
  }
  EXPECT_EQ(alice.node().open_broadcast_stream({}).error().kind, NodeErrorKind::not_connected);
  for (NodeSide* side : {&alice, &carol}) {
    side->wait_for<PeerDiscovered>(2);
    ASSERT_TRUE(side->node().connect_to_peer(bob.id()));
    side->wait_for_link(bob.id());
    side->wait_for<PeerVerified>(1);
  }
  bob.wait_for<PeerVerified>(2);

  const auto begun_at = std::chrono::steady_clock::now();
  const auto stream = alice.node().open_broadcast_stream(
      {.type = "file", .filename = "pattern.bin", .total_size = file.size()});
  ASSERT_TRUE(stream) << stream.error().message;

  for (NodeSide* side : {&bob, &carol}) {
    const auto begun = side->wait_for<StreamReceived>(1).front();
    EXPECT_EQ(begun.peer, alice.id());
    EXPECT_EQ(begun.info.filename, "pattern.bin");
    EXPECT_TRUE(begun.broadcast);
    EXPECT_TRUE(begun.verified);
    EXPECT_EQ(side->wait_for<StreamCompleted>(1).front().total_bytes, file.size());
    EXPECT_THAT(side->told<StreamReceived>(), SizeIs(1));
    const NodeCounters counters = side->node().status().counters;
    EXPECT_EQ(counters.over_rate, 0U);
    EXPECT_EQ(counters.unsent, 0U);
    EXPECT_EQ(counters.malformed, 0U);
    EXPECT_EQ(counters.unparked, 0U);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun_at;
  RecordProperty("mebibytes_per_second", std::to_string(2 / took.count()));
  const auto completed = alice.wait_for<StreamCompleted>(1).front();
  EXPECT_EQ(completed.stream, *stream);
  EXPECT_EQ(completed.peer, alice.id());
  for (const Bytes& all : received) EXPECT_EQ(crypto::sha256(all), crypto::sha256(file));
}

TEST(NodeCallsTest, RefusesMoreThanAStreamTakes) {
  LocalMesh mesh(2, true);
  const auto stream = mesh[0].node().open_stream(mesh[1].id(), {});
  ASSERT_TRUE(stream);
  const std::size_t room = mesh[0].wait_for<StreamWritable>(1).front().bytes;

  const auto written = mesh[0].node().write_stream(*stream, Bytes(room + 1));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, NodeErrorKind::busy);
  EXPECT_TRUE(mesh[0].node().write_stream(*stream, Bytes(room)));
}

TEST(NodeCallsTest, RefusesWhatALinkDoesNotTake) {
  NodeOptions options = local_options();
  options.limits.send_buffer_max = std::size_t{1} << 20U;
  std::atomic<std::size_t> refused = 0;
  const LocalHub hub;
  // In one event nothing is sent meanwhile.
  NodeSide alice(options, [&](Node& own, const NodeEvent& event) {
    const auto* opened = std::get_if<PeerConnected>(&event);
    if (opened == nullptr) return;
    for (int i = 0; i < 20; ++i) {
      if (!own.send_binary(opened->peer, Bytes(200'000))) ++refused;
    }
  });
  NodeSide bob;
  alice.join(hub);
  bob.join(hub);
  alice.wait_for_link(bob.id());

  ASSERT_TRUE(alice.node().send_direct_message(bob.id(), "still here"));
  bob.wait_for_text("still here");
  EXPECT_EQ(alice.node().status().counters.unsent, 0U);
  EXPECT_GE(refused, 10U);
  EXPECT_EQ(bob.told<BinaryReceived>().size() + refused, 20U);
  EXPECT_FALSE(bob.told<BinaryReceived>().empty());
}

// ---- Events

/// Two nodes with a loop each that ask each other's in their own events, and so have both threads
/// wait for each other at a time.
class Gossips {
 public:
  explicit Gossips(const LocalHub& hub) {
    alice_ = std::make_unique<NodeSide>(local_options(), hook([this] { return bob_.get(); }));
    bob_ = std::make_unique<NodeSide>(local_options(), hook([this] { return alice_.get(); }));
    alice_->join(hub);
    bob_->join(hub);
    alice_->wait_for_link(bob_->id());
    bob_->wait_for_link(alice_->id());
  }
  /// None asks a node that has ended.
  ~Gossips() {
    is_over_ = true;
    while (asking_ > 0) std::this_thread::yield();
  }
  Gossips(const Gossips&) = delete;
  Gossips& operator=(const Gossips&) = delete;

  NodeSide& alice() { return *alice_; }
  NodeSide& bob() { return *bob_; }
  static constexpr int count_max = 200;

 private:
  template <class Other>
  NodeSide::Hook hook(Other other) {
    return [this, other](Node& own, const NodeEvent& event) {
      ++asking_;
      if (!is_over_) gossip(own, other()->node(), event);
      --asking_;
    };
  }
  static void gossip(Node& own, Node& other, const NodeEvent& event) {
    EXPECT_LE(own.peers().size(), 1U);
    EXPECT_LE(other.status().connected_count, 1U);
    const auto* message = std::get_if<MessageReceived>(&event);
    if (message == nullptr || message->from == own.peer_id()) return;
    const int count = std::stoi(message->text);
    if (count < count_max) {
      EXPECT_TRUE(own.send_message(std::to_string(count + 1)));
    }
  }

  std::atomic<bool> is_over_ = false;
  std::atomic<int> asking_ = 0;
  std::unique_ptr<NodeSide> alice_;
  std::unique_ptr<NodeSide> bob_;
};

TEST(NodeCallsTest, AReceiverMayCallAnythingAlsoNodesOfAnotherThread) {
  const LocalHub hub;
  Gossips gossips(hub);

  ASSERT_TRUE(gossips.alice().node().send_message("1"));
  ASSERT_TRUE(gossips.bob().node().send_message("2"));

  const std::string last = std::to_string(Gossips::count_max);
  gossips.alice().wait_for_text(last);
  gossips.bob().wait_for_text(last);
}

TEST(NodeCallsTest, AnExceptionOfTheReceiverIsDroppedAndToldOnce) {
  std::atomic<int> thrown = 0;
  NodeSide alice(local_options(), [&](Node& /*own*/, const NodeEvent& event) {
    if (!std::holds_alternative<MessageReceived>(event)) return;
    ++thrown;
    throw std::runtime_error("no stomach for messages");
  });

  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(alice.node().send_message("to myself"));
  }

  const auto warnings = alice.wait_for<NodeWarning>(1);
  EXPECT_THAT(warnings.front().message, HasSubstr("no stomach for messages"));
  // Once more round the loop, so that all has been told.
  const Deadline deadline;
  while (thrown < 3 && !deadline.has_passed()) (void)alice.node().status();
  (void)alice.node().send_message("again");
  while (thrown < 4 && !deadline.has_passed()) (void)alice.node().status();
  EXPECT_EQ(thrown, 4);
  EXPECT_THAT(alice.told<NodeWarning>(), SizeIs(1));
}

TEST(NodeCallsTest, AReceiverMayEndAnotherNodeOfItsLoop) {
  const LocalHub hub;
  const auto loop = NodeLoop::create(local_options().addresses);
  ASSERT_TRUE(loop);
  auto alice = std::make_unique<NodeSide>(*loop);
  NodeSide bob(*loop, local_options(), [&](Node& /*own*/, const NodeEvent& event) {
    if (std::holds_alternative<MessageReceived>(event)) alice->end();
  });
  alice->join(hub);
  bob.join(hub);
  bob.wait_for_link(alice->id());
  alice->wait_for_link(bob.id());

  ASSERT_TRUE(alice->node().send_message("end me"));

  EXPECT_EQ(bob.wait_for<PeerDisconnected>(1).front().peer, alice->id());
}

TEST(NodeCallsTest, TellsNothingAfterItsEnd) {
  LocalMesh mesh(2, false);
  std::atomic<bool> is_over = false;
  std::atomic<bool> was_told_late = false;
  auto carol =
      std::make_unique<NodeSide>(local_options(), [&](Node& /*own*/, const NodeEvent& /*event*/) {
        if (is_over) was_told_late = true;
      });
  carol->join(mesh.hub());
  mesh[0].wait_for_link(carol->id());
  std::jthread talking([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) (void)mesh[0].node().send_message("on and on");
  });
  carol->wait_for_text("on and on");

  carol->end();
  is_over = true;

  mesh[0].wait_for<PeerDisconnected>(1);
  EXPECT_FALSE(was_told_late);
}

// ---- Threads

TEST(NodeCallsTest, CanBeUsedByManyThreads) {
  LocalMesh mesh(3, false);
  std::vector<std::jthread> users;
  users.reserve(6);
  for (std::size_t user = 0; user < 6; ++user) {
    users.emplace_back([&mesh, user] {
      Node& node = mesh[user % 3].node();
      const PeerId other = mesh[(user + 1) % 3].id();
      for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(node.send_direct_message(other, "dm"));
        EXPECT_TRUE(node.send_message("to all"));
        EXPECT_EQ(node.status().connected_count, 2U);
        EXPECT_THAT(node.peers(), SizeIs(2));
        EXPECT_LE(node.discovered_peers().size(), 3U);
        EXPECT_EQ(node.set_max_peers(20), 20U);
        node.set_eviction_strategy(i % 2 == 0);
        const auto signature = node.sign("text");
        EXPECT_TRUE(signature && verify_signature(*signature, "text", node.status().public_key));
      }
    });
  }
  users.clear();

  for (std::size_t i = 0; i < mesh.size(); ++i) {
    mesh[i].wait_for_text("dm", 100);
    mesh[i].wait_for_text("to all", 300);
    mesh[i].wait_for<MessageDelivered>(100);
  }
}

TEST(NodeCallsTest, CanBeMadeAndEndedAtAnyTime) {
  const LocalHub hub;
  const auto loop = NodeLoop::create(local_options().addresses);
  ASSERT_TRUE(loop);
  std::vector<std::jthread> users;
  users.reserve(4);
  for (int user = 0; user < 4; ++user) {
    users.emplace_back([&, user] {
      for (int i = 0; i < 10; ++i) {
        auto node = user % 2 == 0 ? Node::create(*loop, local_options(), [](const NodeEvent&) {})
                                  : Node::create(local_options(), [](const NodeEvent&) {});
        ASSERT_TRUE(node);
        ASSERT_TRUE(node->connect(hub.url()));
        Node moved = *std::move(node);
        (void)moved.send_message("passing by");
        if (i % 2 == 0) moved.disconnect();
      }
    });
  }
}

}  // namespace
}  // namespace pigeon::test
