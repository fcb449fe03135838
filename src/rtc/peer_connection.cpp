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

RemoteTransport remote_transport(const sdp::RemoteParameters& agreed) {
  RemoteTransport remote;
  for (const sdp::Fingerprint& fingerprint : agreed.fingerprints) {
    remote.fingerprints.push_back({fingerprint.algorithm, fingerprint.value});
  }
  remote.local_role = agreed.is_dtls_client ? dtls::Role::client : dtls::Role::server;
  if (agreed.data) remote.sctp_port = agreed.data->sctp_port;
  return remote;
}

RtcError invalid_state(std::string message) {
  return {RtcErrorKind::invalid_state, std::move(message)};
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

// ---- Negotiation

const ice::Credentials& PeerConnection::next_credentials() const {
  return restart_credentials_ ? *restart_credentials_ : transport_.ice().local_credentials();
}

Result<SessionDescription, RtcError> PeerConnection::create_offer(bool restarts_ice) {
  restart_credentials_.reset();
  if (restarts_ice && is_started_) restart_credentials_ = ice::make_credentials(random_);
  const ice::Credentials& credentials = next_credentials();
  return negotiator_.create_offer(credentials.ufrag, credentials.password);
}

Result<SessionDescription, RtcError> PeerConnection::create_answer() {
  // RFC 8839 section 4.4.3.1.1: new credentials are answered with new ones.
  if (negotiator_.is_restart_offered() && !restart_credentials_) {
    restart_credentials_ = ice::make_credentials(random_);
  }
  const ice::Credentials& credentials = next_credentials();
  return negotiator_.create_answer(credentials.ufrag, credentials.password);
}

Result<void, RtcError> PeerConnection::set_local_description(const SessionDescription& description,
                                                             Now now) {
  const auto done = negotiator_.set_local(description);
  if (!done) return done;
  if (description.type == SdpType::rollback) {
    take_offer_back(now);
  } else {
    if (!is_started_ && description.type == SdpType::offer) {
      transport_.ice().set_role(ice::Role::controlling);
    }
    if (restart_credentials_) restart_ice(now);
    start_gathering(now);
  }
  after_negotiation(now);
  return {};
}

Result<SessionDescription, RtcError> PeerConnection::set_local_description(Now now) {
  const bool has_remote_offer = negotiator_.phase() == sdp::SignalingPhase::have_remote_offer ||
                                negotiator_.phase() == sdp::SignalingPhase::have_local_pranswer;
  auto description = has_remote_offer ? create_answer() : create_offer();
  if (!description) return description;
  const auto done = set_local_description(*description, now);
  if (!done) return Unexpected(done.error());
  return description;
}

Result<void, RtcError> PeerConnection::set_remote_description(const SessionDescription& description,
                                                              Now now) {
  const auto phase_before = negotiator_.phase();
  const auto done = negotiator_.set_remote(description);
  if (!done) return done;
  const bool is_rollback = description.type == SdpType::rollback;
  const bool has_offered = phase_before == sdp::SignalingPhase::have_local_offer;
  const bool is_offer = description.type == SdpType::offer;
  if (is_rollback || (is_offer && has_offered)) take_offer_back(now);
  if (is_offer) {
    restart_credentials_.reset();
    early_candidates_.clear();
    if (!is_started_) transport_.ice().set_role(ice::Role::controlled);
  }
  after_negotiation(now);
  return {};
}

/// An ICE restart that it began is off.
void PeerConnection::take_offer_back(Now now) {
  restart_credentials_.reset();
  early_candidates_.clear();
  const std::string ufrag = local_ufrag();
  transport_.ice().cancel_restart(now);
  if (local_ufrag() != ufrag) local_candidates_.clear();
}

void PeerConnection::after_negotiation(Now now) {
  note_signaling_state();
  apply_agreement(now);
  note_negotiation_needed();
  update(now);
}

void PeerConnection::apply_agreement(Now now) {
  if (negotiator_.agreed_count() == applied_count_) return;
  applied_count_ = negotiator_.agreed_count();
  is_started_ = true;
  const sdp::RemoteParameters& agreed = *negotiator_.agreed();
  ice::Agent& agent = transport_.ice();
  agent.set_remote({agreed.ice_ufrag, agreed.ice_pwd}, agreed.ice_lite, now);
  for (const std::string& text : agreed.candidates) {
    const auto candidate = ice::parse_candidate(text);
    if (candidate) agent.add_remote_candidate(*candidate, now);
  }
  if (agreed.end_of_candidates) agent.end_of_remote_candidates(now);
  for (const auto& candidate : std::exchange(early_candidates_, {})) {
    add_remote_candidate(candidate, now);
  }
  transport_.set_remote(remote_transport(agreed), now);
}

void PeerConnection::restart_ice(Now now) {
  transport_.ice().restart(*std::exchange(restart_credentials_, std::nullopt), now);
  local_candidates_.clear();
  set_gathering_state(IceGatheringState::gathering);
}

Result<void, RtcError> PeerConnection::add_ice_candidate(const IceCandidate& candidate, Now now) {
  if (is_over_) return Unexpected(invalid_state("The connection is closed."));
  if (negotiator_.state().remote() == nullptr) {
    return Unexpected(
        invalid_state("Set the remote description before candidates that belong to it."));
  }
  std::optional<ice::Candidate> one;
  if (!candidate.candidate.empty()) {
    auto parsed = ice::parse_candidate(candidate.candidate);
    if (!parsed) {
      return Unexpected(
          RtcError{RtcErrorKind::syntax, std::string(ice::to_string(parsed.error()))});
    }
    if (!candidate.username_fragment.empty()) parsed->ufrag = candidate.username_fragment;
    one = *std::move(parsed);
  }
  if (!negotiator_.is_restart_offered()) {
    add_remote_candidate(one, now);
  } else if (early_candidates_.size() <= configuration_.transport.ice.remote_candidates_max) {
    early_candidates_.push_back(std::move(one));
  }
  update(now);
  return {};
}

void PeerConnection::add_remote_candidate(const std::optional<ice::Candidate>& candidate, Now now) {
  if (candidate) {
    transport_.ice().add_remote_candidate(*candidate, now);
  } else {
    transport_.ice().end_of_remote_candidates(now);
  }
}

std::optional<SessionDescription> PeerConnection::local_description() const {
  return negotiator_.local_with_candidates(local_candidates_,
                                           gathering_state_ == IceGatheringState::complete);
}

void PeerConnection::note_signaling_state() {
  const SignalingState state = signaling_state();
  if (state == std::exchange(signaling_state_, state)) return;
  events_.emplace_back(SignalingStateChanged{state});
}

void PeerConnection::note_negotiation_needed() {
  // W3C WebRTC section 4.7.3: said once, in a stable state, and again after each negotiation that
  // has not brought what is wanted.
  const bool is_needed = !channels_.empty() && !negotiator_.has_data_section();
  const bool is_stable = negotiator_.phase() == sdp::SignalingPhase::stable;
  if (is_needed && is_stable && !is_negotiation_noted_) events_.emplace_back(NegotiationNeeded{});
  is_negotiation_noted_ = is_needed && is_stable;
}

SignalingState PeerConnection::signaling_state() const { return negotiator_.phase(); }

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
