#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "rtc/ice/turn/allocation.hpp"
#include "rtc/ice/turn/server_testing.hpp"

// Shared by the tests of the TURN client.

namespace pigeon::ice {

constexpr SocketAddress turn_peer(std::uint8_t number, std::uint16_t port = 5'000) {
  return {IpAddress(IpAddress::V4{192, 0, 2, number}), port};
}

inline TurnServer model_server_account(TurnTransport transport) {
  return {.address = {IpAddress(IpAddress::V4{198, 51, 100, 1}), 3'478},
          .transport = transport,
          .username = "user",
          .password = "secret"};
}

/// A client and a model of its server, joined by a network without delay, in virtual time.
class TurnWorld {
 public:
  explicit TurnWorld(TurnTransport transport = TurnTransport::udp, ModelServerOptions options = {})
      : TurnWorld(model_server_account(transport), std::move(options)) {}
  TurnWorld(TurnServer account, ModelServerOptions options)
      : server(std::move(options)),
        client(std::move(account), {IpAddress(IpAddress::V4{10, 0, 0, 2}), 50'000},
               Random::from_number(1)) {}

  /// Carries messages to and fro until both are quiet.
  void exchange() {
    for (;;) {
      DatagramBatch batch;
      client.transmit(batch, now);
      for (TurnEvent& event : client.take_events()) events.push_back(event);
      if (batch.empty()) return;
      for (const auto& datagram : batch.datagrams()) carry(batch.payload(datagram));
    }
  }

  /// Lets time pass, with every timeout on the way.
  void advance(Duration duration) {
    const Instant end = now.monotonic + duration;
    while (client.next_timeout() <= end) {
      now.monotonic = std::max(now.monotonic, client.next_timeout());
      client.handle_timeout(now);
      ++timeout_count;
      exchange();
    }
    now.monotonic = end;
  }

  void start() {
    client.start(now);
    exchange();
  }

  bool permit(const SocketAddress& peer) {
    const bool taken = client.permit(peer, now);
    exchange();
    return taken;
  }

  bool bind_channel(const SocketAddress& peer) {
    const bool taken = client.bind_channel(peer, now);
    exchange();
    return taken;
  }

  /// Sends a payload through the relay; the size of the message, 0 if the client refused.
  std::size_t send(const SocketAddress& peer, const std::string& payload) {
    Bytes message(payload.size() + turn_overhead_max);
    const std::size_t size = client.wrap(peer, as_bytes(payload), message);
    if (size != 0) server.receive(BytesView(message).first(size), now);
    return size;
  }

  /// What the client makes of a message of the server: peer and payload of each datagram in it.
  std::vector<std::pair<SocketAddress, std::string>> give(BytesView message) {
    std::vector<std::pair<SocketAddress, std::string>> datagrams;
    const auto keep = [&](const std::optional<RelayedDatagram>& datagram) {
      if (datagram) datagrams.emplace_back(datagram->peer, as_text(datagram->payload));
      return datagram.has_value();
    };
    if (client.server().transport == TurnTransport::udp) {
      keep(client.receive(message, now));
      return datagrams;
    }
    for (std::size_t i = 0; i < message.size(); i += 7) {
      BytesView piece = message.subspan(i, std::min<std::size_t>(7, message.size() - i));
      while (keep(client.receive_stream(piece, now))) continue;
    }
    return datagrams;
  }

  /// A peer sends to the relayed address.
  std::vector<std::pair<SocketAddress, std::string>> receive_from_peer(const SocketAddress& peer,
                                                                       const std::string& payload) {
    const auto message = server.receive_from_peer(peer, as_bytes(payload), now);
    if (!message) return {};
    return give(*message);
  }

  ModelTurnServer server;
  TurnAllocation client;
  Now now{Instant(1h), 0};
  std::vector<TurnEvent> events;
  std::size_t timeout_count = 0;
  /// Messages of the client that get lost from now on.
  std::size_t lost_requests = 0;
  /// Answers that get lost from now on.
  std::size_t lost_answers = 0;
  std::size_t sent_count = 0;

 private:
  void carry(BytesView message) {
    ++sent_count;
    if (lost_requests > 0) {
      --lost_requests;
      return;
    }
    const auto answer = server.receive(message, now);
    if (!answer) return;
    if (lost_answers > 0) {
      --lost_answers;
      return;
    }
    give(*answer);
  }
};

}  // namespace pigeon::ice
