#include "sim/scenarios/rtc_pair.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "sim/checkers/message_ledger.hpp"
#include "sim/engine/trace.hpp"
#include "sim/world/rtc_peer.hpp"
#include "sim/world/stun_server.hpp"
#include "suite/seeded_openssl.hpp"

namespace pigeon::sim {

namespace {

using Side = std::size_t;  // 0 offers

constexpr SocketAddress stun_address{IpAddress(IpAddress::V4{203, 0, 113, 1}), 3478};

struct ChannelKind {
  const char* label;
  bool ordered;
  std::optional<std::uint16_t> max_retransmits;
  std::optional<std::uint16_t> life_time_ms;
};
constexpr std::array<ChannelKind, 4> kinds = {{{"ordered", true, {}, {}},
                                               {"unordered", false, {}, {}},
                                               {"once", false, std::uint16_t{0}, {}},
                                               {"hurried", true, {}, std::uint16_t{300}}}};

class RtcPair {
 public:
  explicit RtcPair(const RtcPairOptions& options)
      : options_(options),
        random_(Random::from_number(options.seed)),
        network_(scheduler_, random_.split()),
        stun_(stun_address, network_) {
    suite::seed_openssl(random_.split());
    network_.set_conditions(options.path);
    for (Side side = 0; side < 2; ++side) add(side);
  }

  RtcPairOutcome run() {
    for (const ChannelKind& kind : kinds) create_channel(0, kind);
    plan_changes();
    const Now now = scheduler_.now();
    tell(0, *peers_[0]->connection().set_local_description(now));
    peers_[0]->settle();
    const Instant end = now.monotonic + options_.duration;
    while (scheduler_.now().monotonic < end && !is_finished()) scheduler_.run_for(100ms);
    conclude();
    return std::move(outcome_);
  }

 private:
  struct Channel {
    std::map<Side, MessageLedger> from;
    std::array<rtc::ChannelKey, 2> keys{};
  };

  static IpAddress inner_address(Side side, std::uint8_t host) {
    return IpAddress(IpAddress::V4{10, static_cast<std::uint8_t>(side), 0, host});
  }
  static IpAddress outer_address(Side side) {
    return IpAddress(IpAddress::V4{198, 51, 100, static_cast<std::uint8_t>(1 + side)});
  }

  void add(Side side) {
    rtc::Configuration configuration = options_.configuration;
    if (options_.nats[side]) {
      nats_[side] = std::make_unique<Nat>(*options_.nats[side], outer_address(side));
      configuration.transport.ice.stun_servers = {stun_address};
      for (std::uint8_t host = 1; host <= 2; ++host) {
        network_.put_behind(inner_address(side, host), *nats_[side]);
      }
    }
    const std::vector<SocketAddress> addresses = {{inner_address(side, 1), 5'000}};
    peers_[side] = std::make_unique<RtcPeer>(std::move(configuration), addresses, network_,
                                             scheduler_, random_.split());
    peers_[side]->set_on_event([this, side](rtc::Event& event) {
      std::visit([this, side](auto& one) { receive(side, one); }, event);
    });
  }

  void create_channel(Side side, const ChannelKind& kind) {
    rtc::DataChannelInit init;
    init.ordered = kind.ordered;
    init.max_retransmits = kind.max_retransmits;
    init.max_packet_life_time_ms = kind.life_time_ms;
    const Promise promise{kind.ordered, !kind.max_retransmits && !kind.life_time_ms};
    Channel& channel = channels_[kind.label];
    for (Side from = 0; from < 2; ++from) channel.from.emplace(from, promise);
    const auto key =
        peers_[side]->connection().create_data_channel(kind.label, init, scheduler_.now());
    channel.keys[side] = *key;
    labels_[side][*key] = kind.label;
  }

  void plan_changes() {
    if (options_.rebind_after) {
      scheduler_.after(*options_.rebind_after, [this] {
        for (auto& nat : nats_) {
          if (nat) nat->rebind();
        }
      });
    }
    if (options_.move_after) {
      scheduler_.after(*options_.move_after, [this] {
        peers_[0]->move_to({{inner_address(0, 2), 5'001}});
      });
    }
    if (options_.cut_after) {
      scheduler_.after(*options_.cut_after,
                       [this] { network_.cut_off(inner_address(0, 1), true); });
    }
  }

  /// Signaling takes as long as the path, and loses nothing.
  template <class Action>
  void signal(Action action) {
    scheduler_.after(options_.path.delay, std::move(action));
  }

  void tell(Side side, rtc::SessionDescription description) {
    signal([this, to = 1 - side, description = std::move(description)] {
      rtc::PeerConnection& connection = peers_[to]->connection();
      const Now now = scheduler_.now();
      if (!connection.set_remote_description(description, now)) violate("a description is refused");
      if (description.type == rtc::SdpType::offer) {
        tell(to, *connection.set_local_description(now));
      }
      peers_[to]->settle();
    });
  }

  void receive(Side side, const rtc::IceCandidateFound& found) {
    signal([this, to = 1 - side, candidate = found.candidate] {
      rtc::PeerConnection& connection = peers_[to]->connection();
      // The description travels as long as its candidates and was sent before them.
      if (connection.signaling_state() == rtc::SignalingState::closed) return;
      if (!connection.add_ice_candidate(candidate, scheduler_.now())) {
        violate("a candidate is refused");
      }
      peers_[to]->settle();
    });
  }

  void receive(Side side, const rtc::ChannelAnnounced& announced) {
    const std::string label = peers_[side]->connection().data_channel(announced.channel)->label;
    channels_.at(label).keys[side] = announced.channel;
    labels_[side][announced.channel] = label;
  }

  void receive(Side side, const rtc::ChannelOpened& opened) {
    outcome_.connected = true;
    send_some(side, labels_[side].at(opened.channel));
  }

  void send_some(Side side, const std::string& label) {
    Channel& channel = channels_.at(label);
    MessageLedger& ledger = channel.from.at(side);
    while (ledger.sent_count() < options_.message_count) {
      const std::size_t size = 4 + random_.below(options_.message_size_max);
      const auto sent = peers_[side]->connection().send(channel.keys[side], ledger.next(size),
                                                        false, scheduler_.now());
      if (!sent) {
        ledger.take_back();
        if (sent.error() != rtc::ChannelError::buffer_full) return;
        break;
      }
      if (random_.chance(1, 4)) break;
    }
    if (ledger.sent_count() == options_.message_count) return;
    const Duration pause(static_cast<std::int64_t>(random_.below(300'000)));
    scheduler_.after(pause, [this, side, label] {
      send_some(side, label);
      peers_[side]->settle();
    });
  }

  void receive(Side side, const rtc::ChannelMessage& message) {
    const std::string& label = labels_[side].at(message.channel);
    ++outcome_.received_messages;
    note(side, label);
    const auto fault = channels_.at(label).from.at(1 - side).receive(message.data);
    if (fault) violate(label + ": " + *fault);
  }

  void receive(Side side, const rtc::ConnectionStateChanged& changed) {
    note(side, rtc::to_string(changed.state));
    if (changed.state != rtc::ConnectionState::failed) return;
    outcome_.failed = true;
    outcome_.reason = changed.reason;
  }

  template <class Other>
  void receive(Side /*side*/, const Other& /*event*/) {}

  void note(Side side, std::string_view text) {
    trace_.note(scheduler_.now().monotonic, side, text);
    outcome_.finished_after = scheduler_.now().monotonic.time_since_epoch();
  }

  void violate(std::string what) {
    if (outcome_.violations.size() < 10) outcome_.violations.push_back(std::move(what));
  }

  bool is_complete() const {
    return std::ranges::all_of(channels_, [this](const auto& entry) {
      return std::ranges::all_of(entry.second.from, [this](const auto& ledger) {
        return ledger.second.sent_count() == options_.message_count && ledger.second.is_complete();
      });
    });
  }

  bool is_finished() const { return outcome_.failed || (outcome_.connected && is_complete()); }

  void conclude() {
    outcome_.complete = is_complete();
    if (!outcome_.complete && !outcome_.failed) {
      violate("neither has everything arrived nor has the connection failed");
    }
    for (const auto& peer : peers_) check_bounds(*peer);
    outcome_.trace = trace_.hash();
    outcome_.network = network_.counters();
  }

  void check_bounds(const RtcPeer& peer) {
    const auto stats = peer.connection().get_stats();
    const auto& sctp = options_.configuration.transport.sctp;
    // A message may begin below the limit and end above it.
    if (stats.sctp.receive_buffer_bytes > sctp.receive_window + sctp.message_receive_max) {
      violate("the receive buffer has outgrown its window");
    }
  }

  RtcPairOptions options_;
  Random random_;
  Scheduler scheduler_;
  DatagramNetwork network_;
  StunServer stun_;
  std::array<std::unique_ptr<Nat>, 2> nats_;
  std::array<std::unique_ptr<RtcPeer>, 2> peers_;
  std::map<std::string, Channel> channels_;
  std::array<std::map<rtc::ChannelKey, std::string>, 2> labels_;
  Trace trace_;
  RtcPairOutcome outcome_;
};

}  // namespace

RtcPairOutcome run_rtc_pair(const RtcPairOptions& options) { return RtcPair(options).run(); }

RtcPairOptions random_rtc_pair(std::uint64_t seed) {
  Random random = Random::from_number(seed).split();
  RtcPairOptions options;
  options.seed = seed;
  options.path.delay = Duration(static_cast<std::int64_t>(random.below(150'000)));
  options.path.jitter = random.chance(1, 2)
                            ? Duration(static_cast<std::int64_t>(random.below(50'000)))
                            : Duration::zero();
  if (random.chance(2, 3)) options.path.loss = static_cast<std::uint32_t>(random.below(2'001));
  if (random.chance(1, 3))
    options.path.duplication = static_cast<std::uint32_t>(random.below(1'000));
  if (random.chance(1, 4)) options.path.datagram_size_max = 1'200 + random.below(300);
  if (random.chance(1, 4)) options.path.bandwidth = 100'000 + random.below(2'000'000);
  constexpr std::array<NatKind, 4> nats = {NatKind::full_cone, NatKind::restricted_cone,
                                           NatKind::port_restricted_cone, NatKind::symmetric};
  for (auto& nat : options.nats) {
    if (random.chance(1, 2)) nat = nats[random.below(nats.size())];
  }
  const auto moment = [&random] {
    return Duration(static_cast<std::int64_t>(random.below(8'000'000)));
  };
  if (random.chance(1, 8)) options.rebind_after = moment();
  if (random.chance(1, 10)) options.cut_after = moment();
  return options;
}

std::string to_text(const RtcPairOptions& options) {
  const auto ms = [](Duration duration) { return std::to_string(duration / 1ms) + " ms"; };
  std::string text = "seed " + std::to_string(options.seed) + ", delay " + ms(options.path.delay) +
                     ", jitter " + ms(options.path.jitter) + ", loss " +
                     std::to_string(options.path.loss) + ", duplication " +
                     std::to_string(options.path.duplication) + " of 10,000, datagrams up to " +
                     std::to_string(options.path.datagram_size_max) + " bytes, bandwidth " +
                     std::to_string(options.path.bandwidth);
  constexpr std::array<const char*, 4> names = {"full cone", "restricted cone",
                                                "port restricted cone", "symmetric"};
  for (const auto& nat : options.nats) {
    text += nat ? std::string(", ") + names[static_cast<std::size_t>(*nat)] : ", no NAT";
  }
  if (options.rebind_after) text += ", rebinding after " + ms(*options.rebind_after);
  if (options.move_after) text += ", moving after " + ms(*options.move_after);
  if (options.cut_after) text += ", cut off after " + ms(*options.cut_after);
  return text;
}

}  // namespace pigeon::sim
