#include "runtime/node_link.hpp"

#include <utility>
#include <variant>

#include "net/clock.hpp"

namespace pigeon::runtime {

namespace {

/// The label that upstream gives its only channel (PeerPigeon protocol, section 4.1).
constexpr const char* channel_label = "messages";

std::string_view text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Only these say that the channel takes no more; one that is closing says so by itself.
bool is_overflow(rtc::ChannelError error) {
  return error == rtc::ChannelError::buffer_full || error == rtc::ChannelError::message_too_large;
}

}  // namespace

std::optional<std::string> NodeLink::connect(RtcLoop& loop, const PeerConnectionOptions& options) {
  auto made =
      PeerConnection::create(loop, options, [this](rtc::ConnectionEvent event) { receive(event); });
  if (!made) return made.error().message;
  connection_.emplace(*std::move(made));
  return std::nullopt;
}

NodeLink::Applied NodeLink::dial(RtcLoop& loop, const PeerConnectionOptions& options) {
  if (auto failure = connect(loop, options)) return Unexpected(*std::move(failure));
  const auto channel = connection_->create_data_channel(channel_label);
  if (!channel) return Unexpected(std::string(to_string(channel.error())));
  channel_ = *channel;
  auto offer = connection_->set_local_description();
  if (!offer) return Unexpected(offer.error().message);
  return std::optional(*std::move(offer));
}

NodeLink::Applied NodeLink::accept(RtcLoop& loop, const PeerConnectionOptions& options,
                                   const rtc::SessionDescription& offer) {
  if (auto failure = connect(loop, options)) return Unexpected(*std::move(failure));
  return apply(offer);
}

NodeLink::Applied NodeLink::apply(const rtc::SessionDescription& description) {
  if (auto set = connection_->set_remote_description(description); !set) {
    return Unexpected(set.error().message);
  }
  if (description.type != rtc::SdpType::offer) return std::optional<rtc::SessionDescription>();
  auto answer = connection_->set_local_description();
  if (!answer) return Unexpected(answer.error().message);
  return std::optional(*std::move(answer));
}

void NodeLink::apply(const rtc::IceCandidate& candidate) {
  // One that cannot be used costs a path and not the link.
  (void)connection_->add_ice_candidate(candidate);
}

bool NodeLink::send_text(std::string_view text) {
  if (!is_open_) return true;
  const auto sent = connection_->send_text(*channel_, text);
  return sent || !is_overflow(sent.error());
}

bool NodeLink::send_binary(Bytes&& data) {
  if (!is_open_) return true;
  const auto sent = connection_->send_binary(*channel_, std::move(data));
  return sent || !is_overflow(sent.error());
}

bool NodeLink::notify_drained(std::size_t threshold) {
  if (!is_open_) return false;
  is_drain_awaited_ = connection_->buffered_amount(*channel_) > threshold;
  if (is_drain_awaited_) connection_->set_buffered_amount_low_threshold(*channel_, threshold);
  return !is_drain_awaited_;
}

void NodeLink::close(Instant now) {
  if (is_closing_) return;
  is_closing_ = true;
  // Closing the channel waits for what was sent, closing the connection does not.
  if (is_open_) {
    connection_->close_data_channel(*channel_);
    deadline_ = now + close_time_max;
  } else {
    end();
  }
}

void NodeLink::handle_timeout(Instant now) {
  if (now < deadline_) return;
  deadline_ = Instant::max();
  if (is_closing_) {
    end();
  } else {
    lose("connection disconnected");
  }
}

void NodeLink::receive(rtc::ConnectionEvent& event) {
  if (const auto* message = std::get_if<rtc::ChannelMessage>(&event)) {
    receive_message(*message);
  } else if (auto* found = std::get_if<rtc::IceCandidateFound>(&event)) {
    // Upstream does not say that it has no more, and 0.1.1 stumbles over it.
    const bool is_end = found->candidate.candidate.empty();
    if (!is_end && !is_closing_) calls_.tell(node::LinkCandidate{id_, std::move(found->candidate)});
  } else if (const auto* announced = std::get_if<rtc::ChannelAnnounced>(&event)) {
    receive_channel(announced->channel);
  } else if (const auto* opened = std::get_if<rtc::ChannelOpened>(&event)) {
    if (channel_ != opened->channel || is_closing_) return;
    is_open_ = true;
    calls_.tell(node::LinkOpened{id_});
  } else if (std::holds_alternative<rtc::BufferedAmountLow>(event)) {
    const bool is_awaited = std::exchange(is_drain_awaited_, false);
    if (is_awaited && !is_closing_) calls_.tell(node::LinkDrained{id_});
  } else if (const auto* closed = std::get_if<rtc::ChannelClosed>(&event)) {
    if (channel_ == closed->channel) lose("data channel closed");
  } else if (const auto* changed = std::get_if<rtc::ConnectionStateChanged>(&event)) {
    receive_state(changed->state);
  }
}

void NodeLink::receive_message(const rtc::ChannelMessage& message) {
  if (channel_ != message.channel || is_closing_) return;
  if (message.is_text) {
    calls_.tell(node::LinkText{id_, text_of(message.data)});
  } else {
    calls_.tell(node::LinkBinary{id_, message.data});
  }
}

/// Takes the first channel, whatever its label, as upstream does.
void NodeLink::receive_channel(rtc::ChannelKey channel) {
  if (channel_) {
    connection_->close_data_channel(channel);
  } else {
    channel_ = channel;
  }
}

void NodeLink::receive_state(rtc::ConnectionState state) {
  using enum rtc::ConnectionState;
  if (state == failed) return lose("connection failed");
  if (state == closed) return lose("connection closed");
  if (is_closing_) return;
  const bool is_silent = state == disconnected;
  deadline_ = is_silent ? net::read_clock().monotonic + disconnected_time_max : Instant::max();
  if (is_open_) calls_.tell(node::LinkSilent{id_, is_silent});
}

void NodeLink::lose(std::string_view reason) {
  const bool was_told = std::exchange(is_closing_, true);
  end();
  if (!was_told) calls_.tell(node::LinkClosed{id_, reason});
}

void NodeLink::end() {
  is_open_ = false;
  deadline_ = Instant::max();
  if (!std::exchange(has_ended_, true)) calls_.ended();
}

}  // namespace pigeon::runtime
