#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <poll.h>

#include <gtest/gtest.h>

#include "pigeon/peer_connection.hpp"
#include "pigeon/rtc_loop.hpp"
#include "tests/support/deadline.hpp"

namespace pigeon::test {

inline RtcLoop make_loop(RtcLoopOptions options = {.addresses = {"127.0.0.1"}}) {
  auto loop = RtcLoop::create(std::move(options));
  if (!loop) throw Failure(loop.error().message);
  return *std::move(loop);
}

/// Runs the loop until the condition holds; false if it does not in time.
inline bool run_until(RtcLoop& loop, const std::function<bool()>& holds) {
  const Deadline deadline;
  while (!holds()) {
    if (deadline.has_passed()) return false;
    loop.run_once(100ms);
  }
  return true;
}

/// The same for two loops, each watched from outside.
inline bool run_until(RtcLoop& one, RtcLoop& other, const std::function<bool()>& holds) {
  const Deadline deadline;
  while (!holds()) {
    std::array<pollfd, 2> watched{pollfd{one.descriptor(), POLLIN, 0},
                                  pollfd{other.descriptor(), POLLIN, 0}};
    if (::poll(watched.data(), watched.size(), deadline.poll_ms()) == 0) return false;
    one.run_once(0ms);
    other.run_once(0ms);
  }
  return true;
}

/// One end of a connection, and what it was told. Stays where it is.
class RtcSide {
 public:
  explicit RtcSide(RtcLoop& loop, const PeerConnectionOptions& options = {}) {
    auto made =
        PeerConnection::create(loop, options, [this](rtc::ConnectionEvent event) { take(event); });
    if (!made) throw Failure(made.error().message);
    connection.emplace(*std::move(made));
  }
  RtcSide(const RtcSide&) = delete;
  RtcSide& operator=(const RtcSide&) = delete;

  /// The channel that was opened last.
  rtc::ChannelKey channel() const { return opened.back(); }
  bool is_open() const { return !opened.empty(); }
  bool is_closed() const { return connection->connection_state() == rtc::ConnectionState::closed; }

  std::optional<PeerConnection> connection;
  RtcSide* other = nullptr;
  /// Called with each event, after it was noted.
  std::function<void(const rtc::ConnectionEvent&)> on_event;
  std::vector<rtc::ChannelKey> opened;
  std::vector<rtc::ChannelKey> closed;
  std::vector<rtc::ChannelMessage> messages;
  std::size_t message_bytes = 0;
  std::size_t lows = 0;
  bool keeps_messages = true;

 private:
  void take(rtc::ConnectionEvent& event) {
    if (const auto* found = std::get_if<rtc::IceCandidateFound>(&event)) {
      if (other != nullptr && other->connection) {
        EXPECT_TRUE(other->connection->add_ice_candidate(found->candidate).has_value());
      }
    } else if (const auto* open = std::get_if<rtc::ChannelOpened>(&event)) {
      opened.push_back(open->channel);
    } else if (const auto* gone = std::get_if<rtc::ChannelClosed>(&event)) {
      closed.push_back(gone->channel);
    } else if (std::holds_alternative<rtc::BufferedAmountLow>(event)) {
      ++lows;
    } else if (auto* message = std::get_if<rtc::ChannelMessage>(&event)) {
      message_bytes += message->data.size();
      if (keeps_messages) messages.push_back(*message);
    }
    if (on_event) on_event(event);
  }
};

/// Exchanges descriptions; candidates follow while the loop runs.
inline void introduce(RtcSide& offerer, RtcSide& answerer) {
  offerer.other = &answerer;
  answerer.other = &offerer;
  const auto offer = offerer.connection->set_local_description();
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  ASSERT_TRUE(answerer.connection->set_remote_description(*offer).has_value());
  const auto answer = answerer.connection->set_local_description();
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  ASSERT_TRUE(offerer.connection->set_remote_description(*answer).has_value());
}

/// Two ends on one loop with a channel between them.
struct RtcPair {
  explicit RtcPair(RtcLoop& loop, const PeerConnectionOptions& options = {})
      : RtcPair(loop, loop, options) {}
  RtcPair(RtcLoop& loop, RtcLoop& other, const PeerConnectionOptions& options = {})
      : alice(loop, options), bob(other, options) {
    EXPECT_TRUE(alice.connection->create_data_channel("chat").has_value());
    introduce(alice, bob);
  }
  bool is_open() const { return alice.is_open() && bob.is_open(); }

  RtcSide alice;
  RtcSide bob;
};

}  // namespace pigeon::test
