#include "pigeon/peer_connection.hpp"

#include <utility>

#include "runtime/rtc_driver.hpp"

namespace pigeon {

namespace {
Bytes copy_of(BytesView data) { return {data.begin(), data.end()}; }
}  // namespace

PeerConnection::PeerConnection(std::shared_ptr<runtime::RtcDriver> driver,
                               runtime::RtcConnection* connection)
    : driver_(std::move(driver)), connection_(connection) {}

PeerConnection::PeerConnection(PeerConnection&& other) noexcept
    : driver_(std::move(other.driver_)), connection_(std::exchange(other.connection_, nullptr)) {}

PeerConnection& PeerConnection::operator=(PeerConnection&& other) noexcept {
  PeerConnection taken(std::move(other));
  std::swap(driver_, taken.driver_);
  std::swap(connection_, taken.connection_);
  return *this;
}

PeerConnection::~PeerConnection() {
  if (connection_ != nullptr) driver_->release(*connection_);
}

Result<PeerConnection, RtcFailure> PeerConnection::create(RtcLoop& loop,
                                                          const PeerConnectionOptions& options,
                                                          OnEvent on_event) {
  const auto connection = loop.driver_->connect(options, std::move(on_event));
  if (!connection) return Unexpected(RtcFailure{connection.error()});
  return PeerConnection(loop.driver_, *connection);
}

// ---- Negotiation

Result<rtc::SessionDescription, rtc::RtcError> PeerConnection::create_offer(OfferOptions options) {
  return driver_->call(*connection_, [&](rtc::PeerConnection& peer, Now /*now*/) {
    return peer.create_offer(options.restarts_ice);
  });
}

Result<rtc::SessionDescription, rtc::RtcError> PeerConnection::create_answer() {
  return driver_->call(*connection_,
                       [](rtc::PeerConnection& peer, Now /*now*/) { return peer.create_answer(); });
}

Result<void, rtc::RtcError> PeerConnection::set_local_description(
    const rtc::SessionDescription& description) {
  return driver_->call(*connection_, [&](rtc::PeerConnection& peer, Now now) {
    return peer.set_local_description(description, now);
  });
}

Result<rtc::SessionDescription, rtc::RtcError> PeerConnection::set_local_description() {
  return driver_->call(*connection_, [](rtc::PeerConnection& peer, Now now) {
    return peer.set_local_description(now);
  });
}

Result<void, rtc::RtcError> PeerConnection::set_remote_description(
    const rtc::SessionDescription& description) {
  return driver_->call(*connection_, [&](rtc::PeerConnection& peer, Now now) {
    return peer.set_remote_description(description, now);
  });
}

Result<void, rtc::RtcError> PeerConnection::add_ice_candidate(const rtc::IceCandidate& candidate) {
  return driver_->call(*connection_, [&](rtc::PeerConnection& peer, Now now) {
    return peer.add_ice_candidate(candidate, now);
  });
}

std::optional<rtc::SessionDescription> PeerConnection::local_description() const {
  return connection_->peer.local_description();
}

// ---- Data channels

Result<rtc::ChannelKey, rtc::ChannelError> PeerConnection::create_data_channel(
    std::string label, rtc::DataChannelInit init) {
  return driver_->call(*connection_, [&](rtc::PeerConnection& peer, Now now) {
    return peer.create_data_channel(std::move(label), std::move(init), now);
  });
}

Result<void, rtc::ChannelError> PeerConnection::send_text(rtc::ChannelKey channel,
                                                          std::string_view text) {
  return driver_->call(*connection_, [&](rtc::PeerConnection& peer, Now now) {
    return peer.send(channel, copy_of(as_bytes(text)), true, now);
  });
}

Result<void, rtc::ChannelError> PeerConnection::send_binary(rtc::ChannelKey channel,
                                                            std::span<const std::uint8_t> data) {
  return send_binary(channel, copy_of(data));
}

Result<void, rtc::ChannelError> PeerConnection::send_binary(rtc::ChannelKey channel,
                                                            std::vector<std::uint8_t>&& data) {
  return driver_->call(*connection_, [&](rtc::PeerConnection& peer, Now now) {
    return peer.send(channel, std::move(data), false, now);
  });
}

void PeerConnection::close_data_channel(rtc::ChannelKey channel) {
  driver_->call(*connection_,
                [&](rtc::PeerConnection& peer, Now /*now*/) { peer.close_data_channel(channel); });
}

std::size_t PeerConnection::buffered_amount(rtc::ChannelKey channel) const {
  return connection_->peer.buffered_amount(channel);
}

void PeerConnection::set_buffered_amount_low_threshold(rtc::ChannelKey channel, std::size_t bytes) {
  driver_->call(*connection_, [&](rtc::PeerConnection& peer, Now /*now*/) {
    peer.set_buffered_amount_low_threshold(channel, bytes);
  });
}

std::optional<rtc::DataChannel> PeerConnection::data_channel(rtc::ChannelKey channel) const {
  const rtc::DataChannel* const found = connection_->peer.data_channel(channel);
  if (found == nullptr) return std::nullopt;
  return *found;
}

std::size_t PeerConnection::message_size_max() const {
  return connection_->peer.message_size_max();
}

void PeerConnection::close() {
  driver_->call(*connection_, [](rtc::PeerConnection& peer, Now now) { peer.close(now); });
}

// ---- State

rtc::SignalingState PeerConnection::signaling_state() const {
  return connection_->peer.signaling_state();
}

rtc::IceGatheringState PeerConnection::ice_gathering_state() const {
  return connection_->peer.ice_gathering_state();
}

rtc::IceConnectionState PeerConnection::ice_connection_state() const {
  return connection_->peer.ice_connection_state();
}

rtc::ConnectionState PeerConnection::connection_state() const {
  return connection_->peer.connection_state();
}

PeerConnectionStats PeerConnection::get_stats() const {
  const rtc::Stats counted = connection_->peer.get_stats();
  PeerConnectionStats stats;
  stats.messages_sent = counted.channels.messages_sent;
  stats.messages_received = counted.channels.messages_received;
  stats.bytes_sent = counted.channels.bytes_sent;
  stats.bytes_received = counted.channels.bytes_received;
  stats.datagrams_dropped = counted.transport.datagrams_dropped + counted.dtls.records_dropped +
                            counted.ice.dropped_malformed + counted.ice.dropped_unauthenticated +
                            counted.ice.dropped_unknown_source + counted.ice.dropped_unexpected;
  if (counted.selected_path) {
    stats.local_address = counted.selected_path->local.to_text();
    stats.remote_address = counted.selected_path->remote.to_text();
    stats.local_candidate_type = ice::to_string(counted.local_candidate_type);
    stats.remote_candidate_type = ice::to_string(counted.remote_candidate_type);
  }
  stats.round_trip = counted.sctp.round_trip;
  return stats;
}

}  // namespace pigeon
