#include "rtc/peer_connection.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

namespace pigeon::rtc {

namespace {

/// What opens a channel is a message, too: 12 bytes, label and protocol (RFC 8832 section 5.1).
constexpr std::size_t open_message_size_max = 12 + 2 * 65'535;

sdp::LocalParameters local_parameters(const dtls::Certificate& certificate,
                                      const Configuration& configuration, Random& random) {
  sdp::LocalParameters parameters;
  // RFC 8829 section 5.2.1: 63 bits.
  parameters.session_id = random.next_u64() >> 1U;
  const dtls::Fingerprint& fingerprint = certificate.fingerprint();
  parameters.fingerprints = {{fingerprint.algorithm, fingerprint.digest}};
  parameters.sctp_port = configuration.transport.sctp.local_port;
  parameters.max_message_size = configuration.message_size_max;
  return parameters;
}

TransportOptions transport_options(const Configuration& configuration) {
  TransportOptions options = configuration.transport;
  const std::size_t size_max = std::max(configuration.message_size_max, open_message_size_max);
  options.sctp.message_send_max = size_max;
  options.sctp.message_receive_max = size_max;
  return options;
}

IceConnectionState ice_connection_state(ice::State state) {
  switch (state) {
    case ice::State::fresh:
      return IceConnectionState::idle;
    case ice::State::checking:
      return IceConnectionState::checking;
    case ice::State::connected:
      return IceConnectionState::connected;
    case ice::State::completed:
      return IceConnectionState::completed;
    case ice::State::disconnected:
      return IceConnectionState::disconnected;
    case ice::State::failed:
      return IceConnectionState::failed;
    case ice::State::closed:
      return IceConnectionState::closed;
  }
  return IceConnectionState::closed;
}

}  // namespace

PeerConnection::PeerConnection(dtls::Certificate certificate, Configuration configuration,
                               Random random)
    : configuration_(std::move(configuration)),
      random_(random),
      negotiator_(local_parameters(certificate, configuration_, random_)),
      transport_(std::move(certificate), transport_options(configuration_), random_.split()),
      channels_(configuration_.channels) {}

// ---- Data channels

Result<ChannelKey, ChannelError> PeerConnection::create_data_channel(std::string label,
                                                                     DataChannelInit init,
                                                                     Now now) {
  if (is_over_) return Unexpected(ChannelError::not_open);
  const auto key = channels_.create(std::move(label), std::move(init));
  if (!key) return key;
  channels_.open_new(now, events_);
  note_negotiation_needed();
  return key;
}

Result<void, ChannelError> PeerConnection::send(ChannelKey channel, Bytes data, bool is_text,
                                                Now now) {
  return channels_.send(channel, std::move(data), is_text, message_size_max(), now);
}

void PeerConnection::close_data_channel(ChannelKey channel) { channels_.close(channel, events_); }

std::size_t PeerConnection::buffered_amount(ChannelKey channel) const {
  return channels_.buffered_amount(channel);
}

void PeerConnection::set_buffered_amount_low_threshold(ChannelKey channel, std::size_t bytes) {
  channels_.set_buffered_amount_low_threshold(channel, bytes);
}

std::size_t PeerConnection::message_size_max() const {
  const auto& agreed = negotiator_.agreed();
  if (!agreed || !agreed->data) return configuration_.message_size_max;
  const std::uint64_t theirs = agreed->data->max_message_size;
  return static_cast<std::size_t>(std::min<std::uint64_t>(theirs, configuration_.message_size_max));
}

// ---- The world outside

void PeerConnection::add_local_address(const SocketAddress& address, Now now) {
  local_addresses_.push_back(address);
  if (is_gathering_allowed_) transport_.ice().add_local_address(address, now);
  update(now);
}

void PeerConnection::remove_local_address(const SocketAddress& address, Now now) {
  std::erase(local_addresses_, address);
  transport_.ice().remove_local_address(address, now);
  update(now);
}

void PeerConnection::end_of_local_addresses(Now now) {
  has_all_local_addresses_ = true;
  if (is_gathering_allowed_) transport_.ice().end_of_local_addresses(now);
  update(now);
}

void PeerConnection::start_gathering(Now now) {
  if (is_gathering_allowed_) return;
  is_gathering_allowed_ = true;
  set_gathering_state(IceGatheringState::gathering);
  for (const SocketAddress& address : local_addresses_) {
    transport_.ice().add_local_address(address, now);
  }
  if (has_all_local_addresses_) transport_.ice().end_of_local_addresses(now);
}

ice::Input PeerConnection::receive(const AddressPair& path, BytesView datagram, Now now) {
  const ice::Input input = transport_.receive(path, datagram, now);
  update(now);
  return input;
}

void PeerConnection::handle_timeout(Now now) {
  transport_.handle_timeout(now);
  update(now);
}

void PeerConnection::transmit(DatagramBatch& batch, Now now) {
  transport_.transmit(batch, batch.byte_count() + configuration_.batch_bytes_max, now);
}

void PeerConnection::tcp_connected(std::uint32_t stream, const SocketAddress& local, Now now) {
  transport_.ice().stream_opened(stream, local, now);
  update(now);
}

void PeerConnection::tcp_received(std::uint32_t stream, BytesView data, Now now) {
  transport_.receive_stream(stream, data, now);
  update(now);
}

void PeerConnection::tcp_closed(std::uint32_t stream, Now now) {
  transport_.ice().stream_closed(stream, now);
  update(now);
}

std::vector<Event> PeerConnection::take_events(Now now) {
  drain_sctp(now);
  update(now);
  return std::exchange(events_, {});
}

void PeerConnection::drain_sctp(Now now) {
  for (sctp::AssociationEvent& event : transport_.take_sctp_events()) {
    // The channels are gone.
    if (is_over_) return;
    if (const auto* const established = std::get_if<sctp::Established>(&event)) {
      channels_.start(*transport_.association(), established->streams_out,
                      negotiator_.agreed()->is_dtls_client, now, events_);
    } else if (auto* const closed = std::get_if<sctp::Closed>(&event)) {
      association_end_ = std::move(*closed);
      channels_.close_all(events_);
    } else {
      channels_.receive(std::move(event), now, events_);
    }
  }
  channels_.open_new(now, events_);
}

void PeerConnection::update(Now now) {
  for (ice::Event& event : transport_.take_ice_events(now)) {
    std::visit([this](auto& one) { receive_ice(one); }, event);
  }
  update_state(now);
}

void PeerConnection::receive_ice(ice::LocalCandidate& found) {
  std::string text = ice::to_text(found.candidate);
  auto [index, mid] = negotiator_.local_section();
  local_candidates_.push_back(text);
  events_.emplace_back(IceCandidateFound{
      {std::move(text), std::move(mid), index, transport_.ice().local_credentials().ufrag}});
}

void PeerConnection::receive_ice(ice::GatheringComplete& /*event*/) {
  auto [index, mid] = negotiator_.local_section();
  events_.emplace_back(
      IceCandidateFound{{"", std::move(mid), index, transport_.ice().local_credentials().ufrag}});
  set_gathering_state(IceGatheringState::complete);
}

void PeerConnection::receive_ice(ice::StateChanged& changed) {
  ice_state_ = rtc::ice_connection_state(changed.state);
  // W3C WebRTC section 4.4.1: who has closed the connection hears no more of it.
  if (is_closed_) return;
  events_.emplace_back(IceConnectionStateChanged{ice_state_});
}

void PeerConnection::receive_ice(ice::SelectedPairChanged& changed) {
  selected_path_ = changed.path;
  local_type_ = changed.local.type;
  remote_type_ = changed.remote.type;
}

void PeerConnection::receive_ice(ice::OpenStream& open) {
  events_.emplace_back(TcpConnect{open.id, open.server});
}

void PeerConnection::receive_ice(ice::SendStream& send) {
  events_.emplace_back(TcpSend{send.id, std::move(send.bytes)});
}

void PeerConnection::receive_ice(ice::CloseStream& close) {
  events_.emplace_back(TcpClose{close.id});
}

void PeerConnection::set_gathering_state(IceGatheringState state) {
  gathering_state_ = state;
  events_.emplace_back(IceGatheringStateChanged{state});
}

void PeerConnection::update_state(Now now) {
  if (is_over_) return;
  // What came before the goodbye counts.
  if (is_session_over()) drain_sctp(now);
  const ConnectionState state = derived_state();
  is_over_ = is_session_over();
  const bool has_ended = state == ConnectionState::failed || state == ConnectionState::closed;
  reason_ = has_ended ? failure_reason() : "";
  if (state != std::exchange(state_, state)) {
    events_.emplace_back(ConnectionStateChanged{state, reason_});
  }
  if (!is_over_) return;
  // New paths would not bring it back.
  channels_.close_all(events_);
  transport_.close(now);
}

bool PeerConnection::is_session_over() const {
  using Dtls = dtls::Session::State;
  const auto& session = transport_.dtls();
  if (association_end_) return true;
  return session && (session->state() == Dtls::closed || session->state() == Dtls::failed);
}

ConnectionState PeerConnection::derived_state() const {
  using Dtls = dtls::Session::State;
  const auto& session = transport_.dtls();
  // Beyond section 4.3.3 of the W3C: who said goodbye is gone, and without an association there is
  // nothing left to use.
  if (session && session->state() == Dtls::closed) return ConnectionState::closed;
  if (session && session->state() == Dtls::failed) return ConnectionState::failed;
  if (association_end_) {
    // Browsers that close abort the association first, and close DTLS afterwards.
    const bool is_goodbye = association_end_->reason == sctp::CloseReason::aborted_by_peer ||
                            association_end_->reason == sctp::CloseReason::shutdown;
    return is_goodbye ? ConnectionState::closed : ConnectionState::failed;
  }
  switch (ice_state_) {
    case IceConnectionState::failed:
      return ConnectionState::failed;
    case IceConnectionState::disconnected:
      return ConnectionState::disconnected;
    case IceConnectionState::idle:
      return ConnectionState::idle;
    default:
      break;
  }
  const bool is_secure = session && session->state() == Dtls::connected;
  return is_secure ? ConnectionState::connected : ConnectionState::connecting;
}

std::string PeerConnection::failure_reason() const {
  const auto& session = transport_.dtls();
  if (association_end_) return association_end_->text;
  if (session && !session->reason().empty()) return session->reason();
  return "No path to the other side was found, or the last one died.";
}

void PeerConnection::close(Now now) {
  if (std::exchange(is_closed_, true)) return;
  is_over_ = true;
  channels_.close_all(events_);
  negotiator_.close();
  note_signaling_state();
  transport_.close(now);
  // The other side may have been first.
  if (state_ == ConnectionState::closed) return;
  state_ = ConnectionState::closed;
  reason_ = "The connection was closed here.";
  events_.emplace_back(ConnectionStateChanged{state_, reason_});
}

const std::string& PeerConnection::local_ufrag() const {
  return transport_.ice().local_credentials().ufrag;
}

Stats PeerConnection::get_stats() const {
  Stats stats;
  stats.ice = transport_.ice().stats();
  stats.selected_path = selected_path_;
  stats.local_candidate_type = local_type_;
  stats.remote_candidate_type = remote_type_;
  if (transport_.dtls()) stats.dtls = transport_.dtls()->stats();
  if (transport_.association() != nullptr) stats.sctp = transport_.association()->stats();
  stats.channels = channels_.stats();
  stats.transport = transport_.stats();
  return stats;
}

}  // namespace pigeon::rtc
