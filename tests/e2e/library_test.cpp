#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>

#include "pigeon/hub.hpp"
#include "tests/support/peer_client.hpp"

// A hub inside a program of one's own, through the public interface alone.

namespace pigeon::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

HubOptions quick_options() {
  return {.listen = {.port = 0}, .liveness = {.drain_window = std::chrono::milliseconds{50}}};
}

/// What happened, in short words, for any thread to add and for the test to wait for.
class Diary {
 public:
  void add(std::string entry) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
    changed_.notify_all();
  }

  /// Waits until there are so many entries; throws `Failure` if that takes too long.
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    const bool there =
        changed_.wait_until(lock, Deadline().at(), [&] { return entries_.size() >= count; });
    if (!there) throw Failure("only " + std::to_string(entries_.size()) + " events came");
    return entries_;
  }

  std::vector<std::string> entries() {
    const std::lock_guard lock(mutex_);
    return entries_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> entries_;
};

struct Describe {
  std::string operator()(const HubStarted&) const { return "started"; }
  std::string operator()(const HubStopped&) const { return "stopped"; }
  std::string operator()(const HubPeerConnected& event) const {
    return "connected " + event.peer_id;
  }
  std::string operator()(const HubPeerDisconnected& event) const {
    return "disconnected " + event.peer_id + " " + std::to_string(event.code);
  }
  std::string operator()(const HubPeerAnnounced& event) const {
    return "announced " + event.peer_id + " in " + event.network;
  }
  std::string operator()(const HubPeerGoodbye& event) const { return "goodbye " + event.peer_id; }
  std::string operator()(const HubClientsRefused& event) const { return "full: " + event.limit; }
  std::string operator()(const HubError& event) const { return "error " + event.message; }
};

TEST(LibraryTest, TellsWhatHappens) {
  Diary diary;
  auto hub = Hub::create(quick_options(),
                         [&](const HubEvent& event) { diary.add(std::visit(Describe(), event)); });
  ASSERT_TRUE(hub);
  const auto address = hub->start();
  ASSERT_TRUE(address);

  const std::string id = make_id(1);
  PeerClient peer(address->port, id, {.network = "chat"});
  peer.announce();
  peer.send({{"type", "goodbye"}});
  peer.sync();
  std::jthread closing([&] { hub->stop(); });
  EXPECT_EQ(peer.socket().wait_closed().code, 1001);
  closing.join();

  EXPECT_THAT(diary.entries(),
              ElementsAre("started", "connected " + id, "announced " + id + " in chat",
                          "goodbye " + id, "disconnected " + id + " 1001", "stopped"));
}

TEST(LibraryTest, ListsPeersAndCounts) {
  auto hub = Hub::create(quick_options());
  ASSERT_TRUE(hub);
  EXPECT_FALSE(hub->stats().running);
  const auto address = hub->start();
  ASSERT_TRUE(address);

  PeerClient announced(address->port, make_id(1), {.network = "chat"});
  announced.announce();
  announced.sync();
  PeerClient silent(address->port, make_id(2));
  silent.sync();

  const HubStats stats = hub->stats();
  EXPECT_TRUE(stats.running);
  EXPECT_EQ(stats.port, address->port);
  EXPECT_EQ(stats.connections, 2U);
  EXPECT_EQ(stats.networks, 1U);
  EXPECT_GE(stats.messages_in, 1U);
  std::vector<HubPeer> peers = hub->peers();
  ASSERT_THAT(peers, SizeIs(2));
  if (!peers.front().announced) std::swap(peers.front(), peers.back());
  EXPECT_EQ(peers.front().peer_id, make_id(1));
  EXPECT_EQ(peers.front().network, "chat");
  EXPECT_EQ(peers.front().remote_address, "127.0.0.1");
  EXPECT_GE(peers.front().announced_at_ms, peers.front().connected_at_ms);
  EXPECT_EQ(peers.back().peer_id, make_id(2));
  EXPECT_FALSE(peers.back().announced);

  hub->stop();
  EXPECT_FALSE(hub->stats().running);
  EXPECT_THAT(hub->peers(), IsEmpty());
}

TEST(LibraryTest, AReceiverMayAskAndStop) {
  Diary diary;
  std::unique_ptr<Hub> hub;
  std::mutex made;
  std::unique_lock being_made(made);
  auto result = Hub::create(quick_options(), [&](const HubEvent& event) {
    if (std::holds_alternative<HubPeerConnected>(event)) {
      const std::lock_guard lock(made);
      diary.add(std::to_string(hub->peers().size()) + " peers");
      hub->request_stop();
    }
    if (std::holds_alternative<HubStopped>(event)) diary.add("stopped");
  });
  ASSERT_TRUE(result);
  hub = std::make_unique<Hub>(*std::move(result));
  being_made.unlock();
  const auto address = hub->start();
  ASSERT_TRUE(address);

  PeerClient peer(address->port, make_id(1));
  EXPECT_EQ(peer.socket().wait_closed().code, 1001);

  EXPECT_THAT(diary.wait_for(2), ElementsAre("1 peers", "stopped"));
}

TEST(LibraryTest, CanBeAskedByManyThreads) {
  auto hub = Hub::create(quick_options());
  ASSERT_TRUE(hub);
  const auto address = hub->start();
  ASSERT_TRUE(address);
  std::vector<std::jthread> askers;
  askers.reserve(4);
  for (int i = 0; i < 4; ++i) {
    askers.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        EXPECT_LE(hub->peers().size(), 20U);
        EXPECT_LE(hub->stats().connections, 20U);
      }
    });
  }

  std::vector<std::unique_ptr<PeerClient>> peers;
  for (std::uint64_t i = 0; i < 20; ++i) {
    peers.push_back(std::make_unique<PeerClient>(address->port, make_id(i)));
    peers.back()->announce();
  }
  for (const auto& peer : peers) peer->sync();
  EXPECT_EQ(hub->stats().peers, 20U);
  peers.clear();
  std::jthread stopping([&] { hub->stop(); });
  hub->stop();
  stopping.join();
  EXPECT_FALSE(hub->stats().running);
}

TEST(LibraryTest, CanBeStoppedWhileItStarts) {
  for (int i = 0; i < 50; ++i) {
    HubOptions options = quick_options();
    options.listen.loops = 4;
    options.liveness.drain_window = std::chrono::milliseconds{0};
    auto hub = Hub::create(options);
    ASSERT_TRUE(hub);

    std::jthread stopping([&] {
      // Until then there is nothing to stop.
      while (hub->stats().port == 0) std::this_thread::yield();
      hub->stop();
      EXPECT_FALSE(hub->stats().running);
    });
    const auto address = hub->start();
    stopping.join();

    EXPECT_FALSE(hub->stats().running);
    if (!address) {
      EXPECT_THAT(address.error().message, HasSubstr("stopped before"));
    }
  }
}

TEST(LibraryTest, SaysWhyItCannotStart) {
  auto first = Hub::create(quick_options());
  ASSERT_TRUE(first);
  const auto address = first->start();
  ASSERT_TRUE(address);

  const auto again = first->start();
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("has been started before"));

  HubOptions taken = quick_options();
  taken.listen.port = address->port;
  auto second = Hub::create(taken);
  ASSERT_TRUE(second);
  const auto refused = second->start();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(address->port)));

  HubOptions wrong = quick_options();
  wrong.limits.message_bytes_max = 0;
  const auto third = Hub::create(wrong);
  ASSERT_FALSE(third);
  EXPECT_THAT(third.error().message, HasSubstr("message_bytes_max"));
}

TEST(LibraryTest, EndsWithTheObjectThatOwnsIt) {
  std::uint16_t port = 0;
  {
    auto hub = Hub::create(quick_options());
    ASSERT_TRUE(hub);
    const auto address = hub->start();
    ASSERT_TRUE(address);
    port = address->port;
    const Hub moved = *std::move(hub);
    EXPECT_TRUE(moved.stats().running);
  }
  EXPECT_THROW(PeerClient(port, make_id(1)), Failure);
}

}  // namespace
}  // namespace pigeon::test
