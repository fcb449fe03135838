#include "sim/world/rtc_meeting.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace pigeon::sim {

namespace {

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

rtc::DataChannelInit init_of(const ChannelKind& kind) {
  rtc::DataChannelInit init;
  init.ordered = kind.ordered;
  init.max_retransmits = kind.max_retransmits;
  init.max_packet_life_time_ms = kind.life_time_ms;
  return init;
}

}  // namespace

RtcMeeting::RtcMeeting(RtcMeetingOptions options, const std::array<Seat, 2>& seats,
                       DatagramNetwork& network, Scheduler& scheduler, Random random)
    : options_(options),
      scheduler_(scheduler),
      random_(std::move(random)),
      configurations_{seats[0].configuration, seats[1].configuration} {
  for (Side side = 0; side < peers_.size(); ++side) {
    peers_[side] = std::make_unique<RtcPeer>(seats[side].configuration, seats[side].addresses,
                                             network, scheduler, random_.split());
    peers_[side]->set_on_event([this, side](rtc::Event& event) {
      std::visit([this, side](auto& one) { receive(side, one); }, event);
    });
  }
}

void RtcMeeting::start() {
  rtc::PeerConnection& connection = peers_[0]->connection();
  for (const ChannelKind& kind : kinds) {
    const Promise promise{kind.ordered, !kind.max_retransmits && !kind.life_time_ms};
    Channel& channel = channels_[kind.label];
    for (Side from = 0; from < 2; ++from) channel.from.emplace(from, promise);
    channel.keys[0] = *connection.create_data_channel(kind.label, init_of(kind), scheduler_.now());
    labels_[0][channel.keys[0]] = kind.label;
  }
  tell(0, *connection.set_local_description(scheduler_.now()));
  peers_[0]->settle();
}

void RtcMeeting::tell(Side side, rtc::SessionDescription description) {
  scheduler_.after(options_.signaling_delay,
                   [this, to = 1 - side, description = std::move(description)] {
                     rtc::PeerConnection& connection = peers_[to]->connection();
                     const Now now = scheduler_.now();
                     if (!connection.set_remote_description(description, now))
                       violate("a description is refused");
                     if (description.type == rtc::SdpType::offer)
                       tell(to, *connection.set_local_description(now));
                     peers_[to]->settle();
                   });
}

void RtcMeeting::receive(Side side, const rtc::IceCandidateFound& found) {
  scheduler_.after(options_.signaling_delay, [this, to = 1 - side, candidate = found.candidate] {
    rtc::PeerConnection& connection = peers_[to]->connection();
    // What has failed takes no more candidates.
    const bool has_failed = connection.connection_state() == rtc::ConnectionState::failed;
    if (!connection.add_ice_candidate(candidate, scheduler_.now()) && !has_failed) {
      violate("a candidate is refused");
    }
    peers_[to]->settle();
  });
}

void RtcMeeting::receive(Side side, const rtc::ChannelAnnounced& announced) {
  const std::string label = peers_[side]->connection().data_channel(announced.channel)->label;
  channels_.at(label).keys[side] = announced.channel;
  labels_[side][announced.channel] = label;
}

void RtcMeeting::receive(Side side, const rtc::ChannelOpened& opened) {
  outcome_.connected = true;
  send_some(side, labels_[side].at(opened.channel));
}

void RtcMeeting::send_some(Side side, const std::string& label) {
  Channel& channel = channels_.at(label);
  MessageLedger& ledger = channel.from.at(side);
  while (ledger.sent_count() < options_.message_count) {
    const std::size_t size = 4 + random_.below(options_.message_size_max);
    const auto sent = peers_[side]->connection().send(channel.keys[side], ledger.next(size), false,
                                                      scheduler_.now());
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

void RtcMeeting::receive(Side side, const rtc::ChannelMessage& message) {
  const std::string& label = labels_[side].at(message.channel);
  ++outcome_.received_messages;
  note(side, label);
  const auto fault = channels_.at(label).from.at(1 - side).receive(message.data);
  if (fault) violate(label + ": " + *fault);
}

void RtcMeeting::receive(Side side, const rtc::ConnectionStateChanged& changed) {
  note(side, rtc::to_string(changed.state));
  if (changed.state != rtc::ConnectionState::failed) return;
  outcome_.failed = true;
  outcome_.reason = changed.reason;
}

void RtcMeeting::note(Side side, std::string_view text) {
  trace_.note(scheduler_.now().monotonic, side, text);
  outcome_.finished_after = scheduler_.now().monotonic.time_since_epoch();
}

void RtcMeeting::violate(std::string what) {
  if (outcome_.violations.size() < 10) outcome_.violations.push_back(std::move(what));
}

bool RtcMeeting::is_complete() const {
  return std::ranges::all_of(channels_, [this](const auto& entry) {
    return std::ranges::all_of(entry.second.from, [this](const auto& ledger) {
      return ledger.second.sent_count() == options_.message_count && ledger.second.is_complete();
    });
  });
}

bool RtcMeeting::is_finished() const {
  return outcome_.failed || (outcome_.connected && is_complete());
}

RtcMeetingOutcome RtcMeeting::conclude() {
  outcome_.complete = is_complete();
  if (!outcome_.complete && !outcome_.failed) {
    violate("neither has everything arrived nor has the connection failed");
  }
  for (Side side = 0; side < 2; ++side) check_bounds(*peers_[side], configurations_[side]);
  outcome_.trace = trace_.hash();
  return outcome_;
}

void RtcMeeting::check_bounds(const RtcPeer& peer, const rtc::Configuration& configuration) {
  const auto stats = peer.connection().get_stats();
  const auto& sctp = configuration.transport.sctp;
  // A message may begin below the limit and end above it.
  if (stats.sctp.receive_buffer_bytes > sctp.receive_window + sctp.message_receive_max) {
    violate("the receive buffer has outgrown its window");
  }
  if (stats.sctp.send_buffer_bytes > sctp.sending.buffer_max) {
    violate("the send buffer has outgrown its limit");
  }
}

}  // namespace pigeon::sim
