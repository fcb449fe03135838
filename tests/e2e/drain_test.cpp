#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/e2e/hub_test.hpp"

// How a hub ends, and how another takes its place.

namespace pigeon::test {
namespace {

using ::testing::HasSubstr;

using Peers = std::vector<std::unique_ptr<PeerClient>>;

Peers connect_peers(std::uint16_t port, std::size_t count) {
  Peers peers;
  for (std::size_t i = 0; i < count; ++i) {
    peers.push_back(std::make_unique<PeerClient>(port, make_id(i)));
    peers.back()->announce();
  }
  for (const auto& peer : peers) peer->sync();
  return peers;
}

struct Closing {
  Ending ending;
  Clock::time_point at;
};

/// Reads from all until all are closed, in the order in which that happens. Answers the close
/// frames and lets the connections go, unless told not to.
std::vector<Closing> wait_all_closed(Peers& peers, bool answers = true) {
  std::vector<Closing> closings;
  std::vector<pollfd> watched;
  for (const auto& peer : peers) {
    const auto& stream = dynamic_cast<TcpStream&>(peer->socket().stream());
    watched.push_back({.fd = stream.descriptor(), .events = POLLIN, .revents = 0});
  }
  const Deadline deadline;
  while (closings.size() < peers.size()) {
    if (::poll(watched.data(), watched.size(), deadline.poll_ms()) <= 0) {
      throw Failure("not all are closed in time");
    }
    for (std::size_t i = 0; i < peers.size(); ++i) {
      if (watched[i].revents == 0) continue;
      WebSocketClient& socket = peers[i]->socket();
      std::optional<ServerFrame> frame;
      do {
        frame = socket.receive();
      } while (frame && frame->opcode != opcode::close && socket.has_frame());
      if (frame && frame->opcode != opcode::close) continue;
      closings.push_back({socket.ending().value_or(Ending()), Clock::now()});
      watched[i].fd = -1;
      if (!answers) continue;
      if (frame) socket.send({.opcode = opcode::close, .payload = frame->payload});
      peers[i] = nullptr;
    }
  }
  return closings;
}

void expect_going_away(const std::vector<Closing>& closings) {
  for (const Closing& closing : closings) {
    EXPECT_EQ(closing.ending.code, 1001);
    EXPECT_EQ(closing.ending.reason, "Server shutting down");
  }
}

TEST(DrainTest, ClosesEverybodySpreadOverTheWindow) {
  HubProcess hub;
  Peers peers = connect_peers(hub.port(), 60);

  hub.process().signal(SIGTERM);
  const std::vector<Closing> closings = wait_all_closed(peers);

  expect_going_away(closings);
  // 2 s by default. Only the spread is looked at, which a slow machine makes no smaller.
  EXPECT_GT(closings.back().at - closings.front().at, 1s);
  EXPECT_EQ(hub.process().wait(), 0) << hub.process().output();
}

TEST(DrainTest, ObeysSigintToo) {
  HubProcess hub({"--drain-window", "100ms"});
  Peers peers = connect_peers(hub.port(), 3);

  hub.process().signal(SIGINT);

  expect_going_away(wait_all_closed(peers));
  EXPECT_EQ(hub.process().wait(), 0) << hub.process().output();
}

TEST(DrainTest, EndsWithoutClients) {
  HubProcess hub({"--drain-window", "0ms"});

  EXPECT_EQ(hub.stop(), 0);
}

TEST(DrainTest, DoesNotWaitForClientsThatNeverAnswer) {
  HubProcess hub({"--drain-window", "100ms"});
  Peers silent = connect_peers(hub.port(), 10);
  std::vector<std::unique_ptr<TcpStream>> mute;
  for (int i = 0; i < 10; ++i) {
    mute.push_back(std::make_unique<TcpStream>(Route{.port = hub.port()}));
    mute.back()->send(i % 2 == 0 ? "" : "GET / HTTP/1.1\r\n", Deadline());
  }
  PeerClient stuffed(hub.port(), make_id(100), {.receive_buffer = 4'096});
  stuffed.announce();
  stuffed.sync();
  // As much as stays below the limits: the close frame waits behind it for ever.
  PeerClient writer(hub.port(), make_id(101));
  writer.announce();
  for (int i = 0; i < 60; ++i) {
    writer.signal("offer", stuffed.id(), {{"x", std::string(60'000, 'x')}});
  }
  writer.sync();

  hub.process().signal(SIGTERM);

  // The process itself guards the 10 seconds: were it not done by then, it would end with 1.
  EXPECT_EQ(hub.process().wait(), 0) << hub.process().output();
  expect_going_away(wait_all_closed(silent, false));
}

/// Waits until a hub that was told to stop has begun to.
void wait_until_draining(HubProcess& hub) {
  ASSERT_NE(hub.process().wait_for_line("\"stopping\""), "");
  const Deadline deadline;
  while (HttpClient({.port = hub.port()}).get("/readyz").status != 503) {
    ASSERT_FALSE(deadline.has_passed());
  }
}

TEST(DrainTest, TakesNobodyBack) {
  HubProcess hub({"--drain-window", "3s"});
  Peers first = connect_peers(hub.port(), 20);
  hub.process().signal(SIGTERM);
  wait_until_draining(hub);

  HttpClient newcomer({.port = hub.port()});
  newcomer.send(upgrade_request("/?peerId=" + make_id(1'000)));
  const HttpResponse refusal = newcomer.receive();
  EXPECT_EQ(refusal.status, 503U);
  EXPECT_EQ(refusal.field("retry-after"), "3");
  EXPECT_THAT(refusal.body, HasSubstr("shutting down"));
  EXPECT_EQ(HttpClient({.port = hub.port()}).get("/readyz").field("retry-after"), "3");
  const std::string metrics = HttpClient({.port = hub.port()}).get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("pigeonhub_refused_total{reason=\"draining\"} 1\n"));

  expect_going_away(wait_all_closed(first));
  EXPECT_EQ(hub.process().wait(), 0) << hub.process().output();
}

TEST(DrainTest, ASecondSignalEndsAtOnce) {
  HubProcess hub({"--drain-window", "8s"});
  const Peers peers = connect_peers(hub.port(), 5);

  hub.process().signal(SIGTERM);
  ASSERT_NE(hub.process().wait_for_line("\"stopping\""), "");
  hub.process().signal(SIGTERM);

  EXPECT_EQ(hub.process().wait(), 128 + SIGTERM);
}

TEST(DrainTest, ASecondHubOnThePortIsRefused) {
  HubProcess hub;

  ChildProcess second(hub_arguments(hub.port(), {}), hub_environment());

  EXPECT_EQ(second.wait(), 1);
  const std::string output = second.output();
  EXPECT_THAT(output, HasSubstr("pigeonhub: Port " + std::to_string(hub.port())));
  EXPECT_THAT(output, HasSubstr("is taken by another hub"));
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 1) << output;
  PeerClient(hub.port(), make_id(1)).sync();
}

TEST(DrainTest, AHubOnAPortOfAnotherProgramIsRefused) {
  HubProcess hub;
  // Not a hub's socket: one that does not share.
  const net::FileDescriptor other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  ASSERT_EQ(::bind(other.number(), reinterpret_cast<const sockaddr*>(&place), size), 0);
  ASSERT_EQ(::listen(other.number(), 1), 0);
  ::getsockname(other.number(), reinterpret_cast<sockaddr*>(&place), &size);

  ChildProcess refused(hub_arguments(ntohs(place.sin_port), {}), hub_environment());

  EXPECT_EQ(refused.wait(), 1);
  EXPECT_THAT(refused.output(), HasSubstr("is taken by another program"));
}

/// Asks from an address of its own for each number, so that no limit matters.
bool is_ready(std::uint16_t port, int number) {
  try {
    const std::string source = "127.0.0." + std::to_string(2 + number);
    return HttpClient({.port = port, .source = source}).get("/readyz").status == 200;
  } catch (const Failure&) {
    return false;  // It waited at the old hub's door when that was shut.
  }
}

TEST(DrainTest, ASuccessorTakesOverThePort) {
  HubProcess hub({"--drain-window", "5s"});
  Peers peers = connect_peers(hub.port(), 20);
  const Clock::time_point told = Clock::now();
  hub.process().signal(SIGTERM);
  ASSERT_NE(hub.process().wait_for_line("\"stopping\""), "");

  // The port is free for another hub as soon as this one drains.
  std::unique_ptr<HubProcess> successor;
  const Deadline deadline;
  while (successor == nullptr && !deadline.has_passed()) {
    try {
      successor = std::make_unique<HubProcess>(Flags{"--drain-window", "0ms"}, hub.port());
    } catch (const Failure&) {
      // The signal has been heard, but not obeyed yet.
    }
  }
  ASSERT_NE(successor, nullptr);
  ASSERT_TRUE(hub.process().is_running());

  // Newcomers are the successor's now: the old hub would refuse every second one.
  int ready_in_a_row = 0;
  while (ready_in_a_row < 40 && !deadline.has_passed()) {
    ready_in_a_row = is_ready(successor->port(), ready_in_a_row) ? ready_in_a_row + 1 : 0;
  }
  EXPECT_LT(Clock::now() - told, 5s) << "the old hub has stopped listening only at its end";

  expect_going_away(wait_all_closed(peers));
  for (std::size_t i = 0; i < peers.size(); ++i) {
    peers[i] = std::make_unique<PeerClient>(successor->port(), make_id(i));
    peers[i]->announce();
    peers[i]->sync();
  }
  EXPECT_EQ(hub.process().wait(), 0) << hub.process().output();
  EXPECT_EQ(HttpClient({.port = successor->port()}).get("/readyz").status, 200U);

  peers.clear();
  EXPECT_EQ(successor->stop(), 0) << successor->process().output();
}

}  // namespace
}  // namespace pigeon::test
