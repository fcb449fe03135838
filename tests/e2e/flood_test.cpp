#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/crowd_test.hpp"
#include "tests/support/http_client.hpp"

// Too much of everything, from clients that are fast, slow or dead.

namespace pigeon::test {
namespace {

class FloodTest : public CrowdTest {
 protected:
  /// Waits for a frame, and takes those that came with it.
  static void read_what_came(WebSocketClient& socket) {
    while (socket.receive() && socket.has_frame()) {
    }
  }
};

TEST_F(FloodTest, AHundredThousandAnnouncements) {
  start_with_crowd();
  constexpr std::size_t goal = 100'000;
  constexpr std::size_t batch = 500;
  std::size_t sent = 0;
  std::size_t closed = 0;

  for (std::uint64_t number = 1; sent < goal; ++number) {
    const std::string id = make_id(number);
    WebSocketClient socket(from_stranger(), "/?peerId=" + id);
    const std::string one =
        encode({.payload = R"({"type":"announce","data":{"peerId":")" + id + "\"}}"});
    std::string many;
    for (std::size_t i = 0; i < batch; ++i) many += one;
    while (sent < goal && !socket.ending() && socket.send_bytes(many)) {
      sent += batch;
      read_what_came(socket);
    }
    if (socket.ending()) {
      ++closed;
      EXPECT_EQ(socket.ending()->code, 1008);
    }
  }

  EXPECT_GT(closed, 10U);
}

TEST_F(FloodTest, AHundredThousandAnnouncementsThatNoRateHoldsBack) {
  start_with_crowd(
      {"--messages-per-peer", "0", "--messages-per-address", "0", "--announces-per-peer", "0"});
  std::vector<std::unique_ptr<PeerClient>> strangers;
  for (std::uint64_t i = 0; i < 10; ++i) {
    // Each on its own, or most of the time would go into reading notices.
    const PeerOptions alone{.network = "flood" + std::to_string(i)};
    strangers.push_back(std::make_unique<PeerClient>(connect_stranger(i, alone)));
  }

  for (int round = 0; round < 100; ++round) {
    for (const auto& peer : strangers) {
      for (int i = 0; i < 100; ++i) peer->announce({{"round", round}});
      peer->sync();
      peer->inbox().clear();
    }
  }

  EXPECT_GE(metric("pigeonhub_messages_total{type=\"announce\",dir=\"in\"}"), 100'000);
}

TEST_F(FloodTest, NamespacesByTheThousand) {
  start_with_crowd({"--messages-per-peer", "0", "--announces-per-peer", "0"});
  PeerClient alice = connect_stranger(1);

  for (int i = 0; i < 20'000; ++i) {
    alice.send({{"type", "announce"}, {"networkName", "n" + std::to_string(i)}});
    if (i % 100 == 0) alice.sync();
  }
  alice.sync();

  EXPECT_EQ(metric("pigeonhub_namespaces"), 2);
}

TEST_F(FloodTest, MessagesFromOneAddress) {
  // Only the limit of their address can be what closes these peers. It is too low for a crowd.
  start({"--messages-per-peer", "0", "--messages-per-address", "60/min",
         "--messages-per-address-burst", "2000"});
  std::vector<std::unique_ptr<PeerClient>> strangers;
  for (std::uint64_t i = 1; i <= 10; ++i) {
    strangers.push_back(std::make_unique<PeerClient>(connect_stranger(i)));
  }
  const std::string ping = encode({.payload = R"({"type":"ping"})"});
  std::string many;
  for (int i = 0; i < 200; ++i) many += ping;

  // Each sends far more than its rate, and reads what comes, until it is closed.
  std::size_t closed = 0;
  for (const auto& peer : strangers) {
    WebSocketClient& socket = peer->socket();
    for (int round = 0; round < 100 && !socket.ending(); ++round) {
      if (!socket.send_bytes(many)) break;
      read_what_came(socket);
    }
    closed += socket.ending() ? 1U : 0U;
    if (socket.ending()) {
      EXPECT_EQ(socket.ending()->code, 1008);
    }
  }

  EXPECT_EQ(closed, strangers.size());
}

TEST_F(FloodTest, ConnectionsFromOneAddress) {
  start_with_crowd();
  constexpr std::size_t allowed = 1'024;
  std::vector<std::unique_ptr<WebSocketClient>> open;
  std::size_t refused = 0;

  for (std::uint64_t i = 0; i < 1'200; ++i) {
    try {
      open.push_back(std::make_unique<WebSocketClient>(from_stranger(), "/?peerId=" + make_id(i)));
    } catch (const Failure&) {
      ++refused;
    }
  }
  EXPECT_EQ(open.size(), allowed);
  EXPECT_EQ(refused, 1'200 - allowed);
  HttpClient another({.port = port(), .source = "127.0.0.3"});
  EXPECT_EQ(another.get("/livez").status, 200U);
  EXPECT_EQ(this->refused("connections_per_address"), refused);

  open.clear();
  // The hub has to notice before there is room again.
  const Deadline deadline;
  for (bool is_admitted = false; !is_admitted && !deadline.has_passed();) {
    try {
      const WebSocketClient again(from_stranger(), "/?peerId=" + make_id(1));
      is_admitted = true;
    } catch (const Failure&) {
      std::this_thread::sleep_for(20ms);
    }
  }
  EXPECT_FALSE(deadline.has_passed());
}

TEST_F(FloodTest, TellsARefusedAddressWhy) {
  start({"--connections-per-address-max", "1"});
  const WebSocketClient first(from_stranger(), "/?peerId=" + make_id(1));

  HttpClient second(from_stranger());
  const HttpResponse response = second.get("/livez");

  EXPECT_EQ(response.status, 429U);
  EXPECT_TRUE(response.has("retry-after"));
  second.expect_end();
}

TEST_F(FloodTest, ConnectsFasterThanAllowed) {
  start_with_crowd({"--connects-per-address", "60/min", "--connects-per-address-burst", "200",
                    "--requests-per-address", "0"});
  std::size_t refused = 0;

  for (std::uint64_t i = 0; i < 300; ++i) {
    HttpClient client(from_stranger());
    const HttpResponse response = client.get("/livez");
    if (response.status == 200U) continue;
    EXPECT_EQ(response.status, 429U);
    EXPECT_TRUE(response.has("retry-after"));
    ++refused;
  }

  EXPECT_GE(refused, 50U);
  EXPECT_EQ(this->refused("connects_per_address"), refused);
}

TEST_F(FloodTest, SlowHandshakes) {
  start_with_crowd({"--handshake-time-max", "2s"});
  std::vector<std::unique_ptr<TcpStream>> slow;
  for (int i = 0; i < 2'000; ++i) {
    slow.push_back(std::make_unique<TcpStream>(
        Route{.port = port(), .source = i % 2 == 0 ? "127.0.0.2" : "127.0.0.3"}));
    // Some say nothing at all.
    if (i % 5 != 0) slow.back()->send("GET /?peerId=0 HTTP/1.1\r\nHost: a", Deadline());
  }
  PeerClient quick = connect(1);
  quick.sync();

  // A byte now and then does not help.
  for (int round = 0; round < 3; ++round) {
    for (const auto& stream : slow) stream->send("x", Deadline());
    wait_for_crowd(100);
  }

  for (const auto& stream : slow) ASSERT_EQ(stream->receive(Deadline()), "");
}

TEST_F(FloodTest, HalfOpenConnections) {
  start_with_crowd({"--ping-interval", "1s"});
  PeerClient witness = connect(1, {.network = "half-open"});
  std::vector<std::unique_ptr<PeerClient>> dead;
  for (std::uint64_t i = 2; i < 7; ++i) {
    dead.push_back(std::make_unique<PeerClient>(connect_stranger(i, {.network = "half-open"})));
    dead.back()->announce();
    dead.back()->sync();
  }
  witness.announce();
  for (const auto& peer : dead) witness.expect_about("peer-discovered", peer->id());

  // From now on they answer nothing; the witness answers pings while it waits.
  for (const auto& peer : dead) witness.expect_about("peer-disconnected", peer->id());

  for (const auto& peer : dead) {
    while (const auto frame = peer->socket().receive()) {
    }
    ASSERT_TRUE(peer->socket().ending());
    EXPECT_EQ(peer->socket().ending()->code, 1001);
  }
  witness.sync();
  EXPECT_EQ(witness.count("peer-disconnected"), 0U);
}

/// A client that never reads what others send it.
class NeverReadingTest : public CrowdTest {
 protected:
  /// Sends it so many messages of 60 KB, at a rate at which a reader could follow.
  void flood(PeerClient& reader, int count) {
    PeerClient writer = connect_stranger(2);
    writer.announce();
    const std::string data(60'000, 'x');
    for (int i = 0; i < count; ++i) {
      writer.signal("ice-candidate", reader.id(), {{"x", data}});
      writer.sync();
    }
    // In the end the hub has given the reader up.
    EXPECT_GT(writer.count("error"), 0U);
  }

  /// What comes to the reader at last: the rest of what was begun, a close frame if there was room
  /// for it, or a reset.
  static void expect_given_up(PeerClient& reader, std::uint16_t code = 1013) {
    WebSocketClient& socket = reader.socket();
    try {
      while (socket.receive()) {
      }
    } catch (const Failure&) {
      // Ended inside a frame.
    }
    if (socket.ending()) {
      EXPECT_EQ(socket.ending()->code, code);
    }
  }

  /// A client sends 300,000 control frames without a payload and reads nothing.
  void expect_control_frames_are_limited(std::uint8_t code) {
    start_with_crowd();
    PeerClient client = connect_stranger(1, {.receive_buffer = 4'096});
    client.sync();
    std::string thousand;
    for (int i = 0; i < 1'000; ++i) thousand += encode({.opcode = code, .payload = ""});

    for (int i = 0; i < 300 && client.socket().send_bytes(thousand); ++i) {
    }

    const Deadline deadline;
    while (refused("control_rate") < 1 && !deadline.has_passed()) wait_for_crowd(100);
    EXPECT_EQ(refused("control_rate"), 1);
    EXPECT_LE(hub().process().resident_bytes_peak(),
              resident_bytes_before() + hard_limit + kept_bytes_max);
    expect_given_up(client, 1008);
  }

  static constexpr std::size_t hard_limit = std::size_t{4} << 20U;
};

TEST_F(NeverReadingTest, CostsTheHardLimit) {
  start_with_crowd({"--bytes-per-peer", "0"});
  PeerClient reader = connect_stranger(1, {.receive_buffer = 4'096});
  reader.announce();
  reader.sync();

  flood(reader, 200);

  EXPECT_LE(hub().process().resident_bytes_peak(),
            resident_bytes_before() + hard_limit + kept_bytes_max);
  expect_given_up(reader);
}

TEST_F(NeverReadingTest, OfPongsIsClosed) { expect_control_frames_are_limited(opcode::ping); }

TEST_F(NeverReadingTest, MaySendOnlySoManyPongs) {
  expect_control_frames_are_limited(opcode::pong);
}

TEST_F(NeverReadingTest, IsGivenUpAboveTheSoftLimitAfterAWhile) {
  start_with_crowd(
      {"--queue-time-max", "500ms", "--queue-bytes-soft", "100KiB", "--bytes-per-peer", "0"});
  PeerClient reader = connect_stranger(1, {.receive_buffer = 4'096});
  PeerClient writer = connect_stranger(2);
  reader.announce();
  writer.announce();
  reader.sync();

  // Far below the hard limit, whatever the buffers of the system take.
  const std::string data(60'000, 'x');
  while (writer.count("error") == 0) {
    writer.signal("ice-candidate", reader.id(), {{"x", data}});
    writer.sync();
    std::this_thread::sleep_for(20ms);
    ASSERT_LT(writer.inbox().size(), 1'000U);
  }

  expect_given_up(reader);
}

TEST_F(NeverReadingTest, ManyTogetherCostTheLimitOfAll) {
  constexpr std::size_t limit_of_all = std::size_t{4} << 20U;
  start_with_crowd({"--buffered-bytes-max", "4MiB", "--bytes-per-peer", "0"});
  std::vector<std::unique_ptr<PeerClient>> readers;
  for (std::uint64_t i = 0; i < 10; ++i) {
    readers.push_back(
        std::make_unique<PeerClient>(connect_stranger(100 + i, {.receive_buffer = 4'096})));
    readers.back()->announce();
    readers.back()->sync();
  }
  const std::string data(60'000, 'x');

  // 3.6 MB to each, below the hard limit.
  for (std::uint64_t i = 0; i < readers.size(); ++i) {
    PeerClient writer = connect_stranger(200 + i);
    writer.announce();
    for (int k = 0; k < 60; ++k) {
      writer.signal("ice-candidate", readers[i]->id(), {{"x", data}});
      writer.sync();
    }
  }

  EXPECT_LE(hub().process().resident_bytes_peak(),
            resident_bytes_before() + limit_of_all + kept_bytes_max);
  EXPECT_GT(refused("buffered_bytes"), 0);
}

TEST_F(NeverReadingTest, OfHttpIsDropped) {
  start_with_crowd({"--queue-time-max", "500ms", "--requests-per-address", "0"});
  constexpr std::size_t count = 10;
  std::vector<std::unique_ptr<TcpStream>> readers;
  std::string requests;
  // More than the system's buffers take.
  for (int i = 0; i < 1'000; ++i) requests += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  while (readers.size() < count) {
    readers.push_back(std::make_unique<TcpStream>(
        Route{.port = port(), .source = stranger, .receive_buffer = 4'096}));
    readers.back()->send(requests, Deadline());
  }
  const Deadline deadline;
  while (refused("queue_time") < count && !deadline.has_passed()) wait_for_crowd(100);

  EXPECT_EQ(refused("queue_time"), count);
}

}  // namespace
}  // namespace pigeon::test
