#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rtc/peer_connection.hpp"
#include "sim/checkers/message_ledger.hpp"
#include "sim/engine/datagram_network.hpp"
#include "sim/engine/trace.hpp"
#include "sim/world/rtc_peer.hpp"

namespace pigeon::sim {

/// What the two sides of a meeting do.
struct RtcMeetingOptions {
  /// Messages of each side on each of its channels, and how long they are at most.
  std::uint32_t message_count = 20;
  std::size_t message_size_max = 20'000;
  /// Signaling takes so long, and loses nothing.
  Duration signaling_delay = 10ms;
};

struct RtcMeetingOutcome {
  bool connected = false;
  /// All messages of reliable channels have arrived.
  bool complete = false;
  /// A side has reported that the connection failed.
  bool failed = false;
  std::string reason;
  /// When the last thing worth knowing happened.
  Duration finished_after{};
  /// What should never happen, in words.
  std::vector<std::string> violations;
  std::uint64_t received_messages = 0;
  std::uint64_t trace = 0;
};

/// Two hosts that connect, the first of which offers, and exchange messages on channels of every
/// kind: ordered or not, reliable or not.
class RtcMeeting {
 public:
  /// How one side takes part.
  struct Seat {
    rtc::Configuration configuration;
    std::vector<SocketAddress> addresses;
  };

  RtcMeeting(RtcMeetingOptions options, const std::array<Seat, 2>& seats, DatagramNetwork& network,
             Scheduler& scheduler, Random random);

  void start();
  RtcPeer& peer(std::size_t side) { return *peers_[side]; }
  /// Everything has arrived, or the connection has failed.
  bool is_finished() const;
  /// To be asked at the end: being unfinished then is a violation, too.
  RtcMeetingOutcome conclude();

 private:
  using Side = std::size_t;  // 0 offers
  struct Channel {
    std::map<Side, MessageLedger> from;
    std::array<rtc::ChannelKey, 2> keys{};
  };

  void tell(Side side, rtc::SessionDescription description);
  void send_some(Side side, const std::string& label);
  void receive(Side side, const rtc::IceCandidateFound& found);
  void receive(Side side, const rtc::ChannelAnnounced& announced);
  void receive(Side side, const rtc::ChannelOpened& opened);
  void receive(Side side, const rtc::ChannelMessage& message);
  void receive(Side side, const rtc::ConnectionStateChanged& changed);
  template <class Other>
  void receive(Side /*side*/, const Other& /*event*/) {}

  void note(Side side, std::string_view text);
  void violate(std::string what);
  bool is_complete() const;
  void check_bounds(const RtcPeer& peer, const rtc::Configuration& configuration);

  RtcMeetingOptions options_;
  Scheduler& scheduler_;
  Random random_;
  std::array<rtc::Configuration, 2> configurations_;
  std::array<std::unique_ptr<RtcPeer>, 2> peers_;
  std::map<std::string, Channel> channels_;
  std::array<std::map<rtc::ChannelKey, std::string>, 2> labels_;
  Trace trace_;
  RtcMeetingOutcome outcome_;
};

}  // namespace pigeon::sim
