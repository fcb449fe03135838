#include <array>
#include <memory>
#include <stdexcept>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "bench/rtc/flow/flow.hpp"
#include "rtc/peer_connection.hpp"
#include "sim/engine/scheduler.hpp"
#include "sim/world/rtc_peer.hpp"

namespace pigeon::bench {

namespace {

constexpr Duration opening_time_max = 30s;

class OwnFlow {
 public:
  explicit OwnFlow(const FlowSettings& settings)
      : settings_(settings),
        random_(Random::from_number(settings.seed)),
        network_(scheduler_, random_.split()) {
    network_.set_conditions(settings.path);
    for (std::uint8_t side = 0; side < 2; ++side) add(side);
  }

  FlowOutcome run() {
    connect();
    scheduler_.run_for(settings_.warm_up);
    const std::uint64_t before = received_bytes_;
    scheduler_.run_for(settings_.measured);
    return {.bytes = received_bytes_ - before, .network = network_.counters()};
  }

 private:
  void add(std::uint8_t side) {
    const std::vector<SocketAddress> addresses = {
        {IpAddress(IpAddress::V4{10, side, 0, 1}), 5'000}};
    peers_[side] = std::make_unique<sim::RtcPeer>(rtc::Configuration(), addresses, network_,
                                                  scheduler_, random_.split());
    peers_[side]->set_on_event([this, side](rtc::Event& event) {
      if (const auto* found = std::get_if<rtc::IceCandidateFound>(&event)) {
        candidates_.emplace_back(side, found->candidate);
      } else if (const auto* message = std::get_if<rtc::ChannelMessage>(&event)) {
        received_bytes_ += message->data.size();
      } else if (std::holds_alternative<rtc::ChannelOpened>(event) && side == 0) {
        is_open_ = true;
        fill();
      } else if (std::holds_alternative<rtc::BufferedAmountLow>(event)) {
        fill();
      }
    });
  }

  /// Signaling takes no time here.
  void connect() {
    const auto create = [this] {
      return peers_[0]->connection().create_data_channel("bulk", {}, scheduler_.now());
    };
    channel_ = *create();
    for (std::size_t side = 0; side < 2; ++side) {
      const auto description = peers_[side]->connection().set_local_description(scheduler_.now());
      const auto taken =
          peers_[1 - side]->connection().set_remote_description(*description, scheduler_.now());
      if (!taken) throw std::runtime_error("a description was refused");
    }
    for (const auto& peer : peers_) peer->settle();
    for (const auto& [side, candidate] : candidates_) {
      static_cast<void>(
          peers_[1 - side]->connection().add_ice_candidate(candidate, scheduler_.now()));
    }
    for (const auto& peer : peers_) peer->settle();
    const Instant end = scheduler_.now().monotonic + opening_time_max;
    while (!is_open_ && scheduler_.now().monotonic < end) scheduler_.run_for(10ms);
    if (!is_open_) throw std::runtime_error("the channel did not open");
  }

  void fill() {
    rtc::PeerConnection& connection = peers_[0]->connection();
    connection.set_buffered_amount_low_threshold(channel_, flow_buffer_bytes / 2);
    while (connection.buffered_amount(channel_) < flow_buffer_bytes) {
      if (!connection.send(channel_, Bytes(flow_message_bytes, 0xa5), false, scheduler_.now())) {
        break;
      }
    }
  }

  FlowSettings settings_;
  Random random_;
  sim::Scheduler scheduler_;
  sim::DatagramNetwork network_;
  std::array<std::unique_ptr<sim::RtcPeer>, 2> peers_;
  std::vector<std::pair<std::size_t, rtc::IceCandidate>> candidates_;
  rtc::ChannelKey channel_{};
  bool is_open_ = false;
  std::uint64_t received_bytes_ = 0;
};

}  // namespace

FlowOutcome run_own_flow(const FlowSettings& settings) { return OwnFlow(settings).run(); }

}  // namespace pigeon::bench
