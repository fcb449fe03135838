#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "rtc/peer_connection.hpp"

namespace pigeon::rtc {

/// What one side of rtc_fuzz may hold, far below what a script could ask for.
inline constexpr std::size_t buffer_max = 200'000;
inline constexpr std::size_t window = 200'000;
inline constexpr std::size_t message_max = 60'000;
/// Descriptions and candidates that wait for the other side; the oldest is forgotten first.
inline constexpr std::size_t signals_max = 8;

constexpr SocketAddress v4(std::uint8_t last, std::uint16_t port) {
  return {IpAddress(IpAddress::V4{192, 0, 2, last}), port};
}
inline constexpr SocketAddress turn_server = v4(100, 3'478);

inline const dtls::Certificate& certificate() {
  static const dtls::Certificate made = dtls::Certificate::generate({Instant(), 1'700'000'000'000});
  return made;
}

inline Configuration configuration_for(std::uint8_t choice) {
  Configuration configuration;
  auto& sctp = configuration.transport.sctp;
  sctp.sending.buffer_max = buffer_max;
  sctp.receive_window = window;
  sctp.interleaving = (choice & 1U) == 0;
  sctp.zero_checksum = (choice & 2U) == 0;
  if ((choice & 4U) != 0) sctp.streams_in_max = 3;
  if ((choice & 8U) != 0) configuration.channels.count_max = 3;
  if ((choice & 16U) != 0) {
    configuration.transport.ice.turn_servers = {{.address = turn_server,
                                                 .transport = ice::TurnTransport::tcp,
                                                 .username = "user",
                                                 .password = "secret"}};
  }
  configuration.message_size_max = message_max;
  configuration.batch_bytes_max = 20'000;
  return configuration;
}

/// A message whose bytes tell which one it is.
inline Bytes message_of(std::uint32_t number, std::size_t size) {
  Bytes bytes(std::max<std::size_t>(size, 4));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(number >> (8 * (i % 4)));
  }
  return bytes;
}

/// A connection and what its application knows.
class Side {
 public:
  /// Connections to TURN servers in the course of one script.
  static constexpr std::size_t streams_max = 1'000;

  /// What has been told of a channel.
  struct Channel {
    bool is_opened = false;
    bool is_closed = false;
    /// Number of the last ordered message.
    std::uint32_t last = 0;
  };
  struct Sent {
    std::size_t size = 0;
    bool ordered = false;
    bool is_text = false;
    bool has_arrived = false;
  };

  Side(std::uint8_t host, std::uint8_t choice)
      : address(v4(host, 5'000)),
        connection(certificate(), configuration_for(choice), Random::from_number(host)) {
    connection.add_local_address(address, {});
    connection.end_of_local_addresses({});
  }

  /// The application takes what it is told, and looks whether that makes sense. `theirs`: what
  /// the other side has sent.
  void take_events(Now now, std::map<std::uint32_t, Sent>& theirs) {
    theirs_ = &theirs;
    for (const Event& event : connection.take_events(now)) {
      // After its end only the paths and the streams to servers go away.
      PIGEON_ASSERT(!has_told_end || std::holds_alternative<IceConnectionStateChanged>(event) ||
                    std::holds_alternative<TcpClose>(event));
      std::visit([&](const auto& one) { take(one); }, event);
    }
    if (is_closed) has_told_end = true;
    PIGEON_ASSERT(state == connection.connection_state());
    PIGEON_ASSERT(!is_closed || state == ConnectionState::closed);
  }

  std::vector<ChannelKey> keys() const {
    std::vector<ChannelKey> found;
    for (const auto& [key, channel] : channels) {
      if (!channel.is_closed) found.push_back(key);
    }
    return found;
  }

  void check_bounds() const {
    const Stats stats = connection.get_stats();
    PIGEON_ASSERT(stats.sctp.send_buffer_bytes <= buffer_max);
    PIGEON_ASSERT(stats.sctp.receive_buffer_bytes <= 8 * window);
    PIGEON_ASSERT(stats.sctp.bytes_in_flight <= 2 * buffer_max);
    PIGEON_ASSERT(stats.channels.closed <= stats.channels.opened + channels.size());
  }

  SocketAddress address;
  PeerConnection connection;
  ConnectionState state = ConnectionState::idle;
  bool is_deaf = false;
  /// `close` was called, and all that it causes was told.
  bool is_closed = false;
  bool has_told_end = false;
  std::map<ChannelKey, Channel> channels;
  std::map<std::uint32_t, Sent> sent;
  std::deque<SessionDescription> descriptions;
  std::deque<IceCandidate> candidates;
  std::vector<std::uint32_t> streams;

 private:
  template <class Other>
  void take(const Other& /*event*/) {}
  void take(const ConnectionStateChanged& changed) {
    PIGEON_ASSERT(changed.state != state);
    PIGEON_ASSERT(state != ConnectionState::closed);
    state = changed.state;
  }
  void take(const IceCandidateFound& found) {
    if (candidates.size() == signals_max) candidates.pop_front();
    candidates.push_back(found.candidate);
  }
  void take(const ChannelAnnounced& announced) {
    PIGEON_ASSERT(channels.emplace(announced.channel, Channel{}).second);
  }
  void take(const ChannelOpened& opened) {
    Channel& channel = channels.at(opened.channel);
    PIGEON_ASSERT(!std::exchange(channel.is_opened, true));
    PIGEON_ASSERT(!channel.is_closed);
  }
  void take(const ChannelClosing& closing) {
    PIGEON_ASSERT(!channels.at(closing.channel).is_closed);
  }
  void take(const ChannelClosed& closed) {
    PIGEON_ASSERT(!std::exchange(channels.at(closed.channel).is_closed, true));
  }
  void take(const TcpConnect& connect) {
    streams.push_back(connect.stream);
    PIGEON_ASSERT(streams.size() < streams_max);
  }
  void take(const ChannelMessage& message) {
    Channel& channel = channels.at(message.channel);
    PIGEON_ASSERT(channel.is_opened);
    PIGEON_ASSERT(!channel.is_closed);
    PIGEON_ASSERT(message.data.size() >= 4);
    std::uint32_t number = 0;
    for (unsigned i = 0; i < 4; ++i) {
      number |= static_cast<std::uint32_t>(message.data[i]) << (8 * i);
    }
    Sent& original = theirs_->at(number);
    PIGEON_ASSERT(message.data == message_of(number, original.size));
    PIGEON_ASSERT(message.is_text == original.is_text);
    PIGEON_ASSERT(!std::exchange(original.has_arrived, true));
    if (!original.ordered) return;
    PIGEON_ASSERT(number > channel.last);
    channel.last = number;
  }

  std::map<std::uint32_t, Sent>* theirs_ = nullptr;
};

}  // namespace pigeon::rtc
