// What nodes do when a neighbor stops, dies or comes back, and when a hub dies. The neighbor is
// another process, so that nobody says goodbye for it.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/node_side.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/memory.hpp"

namespace pigeon::test {
namespace {

using ::testing::IsEmpty;

const auto is_lost = [](const HubStatusChanged& one) {
  return one.state == HubStatusChanged::State::disconnected;
};

/// A peer that is a process of its own, with the keys of a file. `tests/interop/node/README.md`
/// says what it understands.
class PeerProcess {
 public:
  explicit PeerProcess(const std::string& identity_file)
      : child_({PIGEON_NODE_PEER_BINARY, "--identity-file", identity_file}, {},
               ChildProcess::Input::written) {
    const std::string line = child_.wait_for_line("\"ready\"");
    const std::string before = R"("ready":")";
    const auto id = PeerId::parse(line.substr(
        std::min(line.size(), line.find(before) + before.size()), PeerId::byte_count * 2));
    if (!id) throw Failure("no peer; it printed:\n" + child_.output());
    id_ = *id;
  }

  PeerId id() const { return id_; }
  ChildProcess& process() { return child_; }
  void join(const LocalHub& hub) {
    child_.write(R"({"call":1,"do":"connect","url":")" + hub.url() + "\"}\n");
  }
  /// Waits until it tells of something with these words.
  void wait_for(const std::string& words) const {
    if (child_.wait_for_line(words).empty()) throw Failure("it has not told of " + words);
  }

 private:
  ChildProcess child_;
  PeerId id_;
};

// ---- A neighbor that does not read

/// Counts the long texts that come, and keeps nothing of them.
class LongTexts {
 public:
  static constexpr std::size_t bytes = 64'000;
  static std::string make() { return std::string(bytes, 'x'); }

  NodeSide::Hook hook() {
    return [this](Node& /*node*/, NodeEvent& event) {
      auto* message = std::get_if<MessageReceived>(&event);
      if (message == nullptr || message->text.size() != bytes) return;
      ++count_;
      // Assigning would keep their memory.
      std::string().swap(message->text);
      std::string().swap(message->json);
    };
  }
  void wait_for(int count) const {
    const Deadline deadline;
    while (count_ < count) {
      if (deadline.has_passed()) throw Failure("long texts are missing");
      std::this_thread::sleep_for(1ms);
    }
  }

 private:
  std::atomic<int> count_ = 0;
};

TEST(NodeLossTest, ANeighborThatDoesNotReadCostsTheOthersNothing) {
  constexpr int batches = 64;
  constexpr int batch_size = 8;
  constexpr std::size_t buffer_max = std::size_t{1} << 20U;
  const TemporaryFolder folder;
  const LocalHub hub;
  NodeOptions options = local_options();
  options.limits.send_buffer_max = buffer_max;
  options.limits.stalled_time_max = 3s;
  LongTexts own_texts;
  LongTexts texts_of_bob;
  NodeSide alice(options, own_texts.hook());
  NodeSide bob(local_options(), texts_of_bob.hook());
  PeerProcess carol(folder.path() / "carol");
  alice.join(hub);
  bob.join(hub);
  carol.join(hub);
  alice.wait_for_link(bob.id());
  alice.wait_for_link(carol.id());
  bob.wait_for_link(carol.id());

  // As a machine that sleeps: what is sent to it is lost or waits, and nothing comes back.
  carol.process().signal(SIGSTOP);
  const std::size_t used_before = used_bytes();
  std::size_t used_most = used_before;
  for (int sent = 0; sent < batches * batch_size;) {
    for (int i = 0; i < batch_size; ++i, ++sent) {
      ASSERT_TRUE(alice.node().send_message(LongTexts::make()));
    }
    // At the pace at which bob reads.
    texts_of_bob.wait_for(sent);
    own_texts.wait_for(sent);
    used_most = std::max(used_most, used_bytes());
  }

  // Of 32 MiB. Two nodes have sent to carol, and keep what they need of each other.
  EXPECT_LT(used_most, used_before + 16 * buffer_max);
  EXPECT_GT(alice.node().status().counters.unsent, 0U);
  const auto is_about_carol = [&](const PeerDisconnected& one) { return one.peer == carol.id(); };
  EXPECT_EQ(alice.wait_for<PeerDisconnected>(1, is_about_carol).front().reason, "does not read");
  EXPECT_THAT(alice.told<PeerDisconnected>([&](const auto& one) { return one.peer == bob.id(); }),
              IsEmpty());

  // When it wakes up it is one of the mesh again.
  carol.process().signal(SIGCONT);
  alice.wait_for_link(carol.id(), 2);
  ASSERT_TRUE(alice.node().send_direct_message(carol.id(), "good morning"));
  carol.wait_for("good morning");
}

// ---- A neighbor that dies

TEST(NodeLossTest, ANeighborThatIsStartedAnewIsLinkedAgainInsteadOfItself) {
  const TemporaryFolder folder;
  const std::string keys = folder.path() / "carol";
  const LocalHub hub;
  NodeSide alice;
  NodeSide bob;
  auto carol = std::make_unique<PeerProcess>(keys);
  const PeerId id = carol->id();
  alice.join(hub);
  bob.join(hub);
  carol->join(hub);
  alice.wait_for_link(bob.id());
  alice.wait_for_link(id);
  bob.wait_for_link(id);

  carol->process().signal(SIGKILL);
  carol = std::make_unique<PeerProcess>(keys);
  ASSERT_EQ(carol->id(), id);
  carol->join(hub);

  for (NodeSide* const side : {&alice, &bob}) {
    side->wait_for<PeerDisconnected>(1);
    side->wait_for_link(id, 2);
    ASSERT_TRUE(side->node().send_direct_message(id, "welcome back from " + side->id().to_text()));
    carol->wait_for("welcome back from " + side->id().to_text());
  }
  for (NodeSide* const side : {&alice, &bob}) {
    EXPECT_EQ(side->told<PeerDisconnected>().size(), 1U);
    EXPECT_EQ(side->node().status().connected_count, 2U);
  }
}

// ---- A hub that dies

TEST(NodeLossTest, ANodeOnTwoHubsMeetsThePeersOfTheOneThatIsLeft) {
  auto first = std::make_unique<LocalHub>();
  const std::uint16_t port = first->port();
  const LocalHub second;
  NodeSide alice;
  NodeSide bob;
  NodeSide carol;
  alice.join(*first);
  alice.join(second);
  bob.join(*first);
  carol.join(second);
  alice.wait_for_link(bob.id());
  alice.wait_for_link(carol.id());
  // They have no hub in common, but a neighbor.
  bob.wait_for_link(carol.id());

  first.reset();
  bob.wait_for<HubStatusChanged>(1, is_lost);
  EXPECT_TRUE(alice.node().status().is_connected);
  NodeSide dave;
  dave.join(second);
  dave.wait_for_link(alice.id());
  dave.wait_for_link(carol.id());
  dave.wait_for_link(bob.id());

  ASSERT_TRUE(dave.node().send_message("one hub is enough"));
  bob.wait_for_text("one hub is enough");
  ASSERT_TRUE(bob.node().send_direct_message(dave.id(), "so it is"));
  dave.wait_for_text("so it is");

  const LocalHub again(port);
  NodeSide erin;
  erin.join(again);
  erin.wait_for_link(alice.id());
  erin.wait_for_link(bob.id());
  for (NodeSide* const side : {&alice, &bob, &carol, &dave}) {
    EXPECT_THAT(side->told<PeerDisconnected>(), IsEmpty());
  }
}

}  // namespace
}  // namespace pigeon::test
