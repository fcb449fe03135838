#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/datagram_batch.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "pigeon/result.hpp"
#include "rtc/data_channels.hpp"
#include "rtc/event.hpp"
#include "rtc/negotiator.hpp"
#include "rtc/stats.hpp"
#include "rtc/transport.hpp"

namespace pigeon::rtc {

/// RTCConfiguration (W3C WebRTC section 4.2.1), and what it leaves to browsers.
struct Configuration {
  TransportOptions transport;
  DataChannelsOptions channels;
  /// Bytes of the longest message that we take and send.
  std::size_t message_size_max = 256 * 1'024;
  /// Bytes that one call of `transmit` adds to its batch, give or take a datagram.
  std::size_t batch_bytes_max = 256 * 1'024;
};

/// RTCPeerConnection (W3C WebRTC section 4.4) for data channels, without sockets, clock and
/// threads: the owner binds UDP sockets and tells their addresses, hands in the datagrams that
/// arrive, takes those to be sent, and calls again at `next_timeout`. After any call there may be
/// events, datagrams and another timeout.
class PeerConnection {
 public:
  PeerConnection(dtls::Certificate certificate, Configuration configuration, Random random);

  // ---- Negotiation. A call that returns an error has changed nothing.

  /// `restarts_ice`: with new credentials, so that new paths are looked for (iceRestart).
  Result<SessionDescription, RtcError> create_offer(bool restarts_ice = false);
  Result<SessionDescription, RtcError> create_answer();
  /// Sets what was created last. Gathering starts with the first.
  Result<void, RtcError> set_local_description(const SessionDescription& description, Now now);
  /// Creates the description that the signaling state asks for, and sets it.
  Result<SessionDescription, RtcError> set_local_description(Now now);
  /// An offer that arrives while ours is out takes ours back: the impolite side of perfect
  /// negotiation does not set it.
  Result<void, RtcError> set_remote_description(const SessionDescription& description, Now now);
  /// An empty candidate says that no more will come. One that cannot be used (a `.local` name, TCP)
  /// is no error.
  Result<void, RtcError> add_ice_candidate(const IceCandidate& candidate, Now now);
  /// The description set last, pending or current, with the candidates gathered so far.
  std::optional<SessionDescription> local_description() const;

  // ---- Data channels

  Result<ChannelKey, ChannelError> create_data_channel(std::string label, DataChannelInit init,
                                                       Now now);
  Result<void, ChannelError> send(ChannelKey channel, Bytes data, bool is_text, Now now);
  void close_data_channel(ChannelKey channel);
  std::size_t buffered_amount(ChannelKey channel) const;
  void set_buffered_amount_low_threshold(ChannelKey channel, std::size_t bytes);
  /// Null if there is no such channel. Valid until the next call.
  const DataChannel* data_channel(ChannelKey channel) const { return channels_.find(channel); }
  /// Bytes of the longest message that can be sent (RTCSctpTransport.maxMessageSize).
  std::size_t message_size_max() const;

  /// Ends the connection at once; `transmit` still sends the goodbyes.
  void close(Now now);

  // ---- The world outside

  /// A UDP socket that the owner has bound and that datagrams come in on and go out from.
  void add_local_address(const SocketAddress& address, Now now);
  /// The socket is gone.
  void remove_local_address(const SocketAddress& address, Now now);
  /// No more of them.
  void end_of_local_addresses(Now now);
  /// What ICE made of it: who shares sockets among connections learns from accepted STUN where the
  /// other side is.
  ice::Input receive(const AddressPair& path, BytesView datagram, Now now);
  void handle_timeout(Now now);
  /// `Instant::max()` if there is nothing to wait for.
  Instant next_timeout() const { return transport_.next_timeout(); }
  /// Appends the datagrams to be sent now. A full batch means that there may be more.
  void transmit(DatagramBatch& batch, Now now);
  // What became of a TCP connection that `TcpConnect` asked for.
  void tcp_connected(std::uint32_t stream, const SocketAddress& local, Now now);
  void tcp_received(std::uint32_t stream, BytesView data, Now now);
  void tcp_closed(std::uint32_t stream, Now now);

  /// What has happened since the last call, oldest first. Messages count against the receive window
  /// until they are taken, so whoever does not ask slows the other side down.
  std::vector<Event> take_events(Now now);

  SignalingState signaling_state() const;
  IceGatheringState ice_gathering_state() const { return gathering_state_; }
  IceConnectionState ice_connection_state() const { return ice_state_; }
  ConnectionState connection_state() const { return state_; }
  /// Why it has failed or was closed: a sentence.
  const std::string& reason() const { return reason_; }
  /// What datagrams for this connection carry in their user names.
  const std::string& local_ufrag() const;
  Stats get_stats() const;

 private:
  void start_gathering(Now now);
  const ice::Credentials& next_credentials() const;
  void restart_ice(Now now);
  void take_offer_back(Now now);
  void add_remote_candidate(const std::optional<ice::Candidate>& candidate, Now now);
  void after_negotiation(Now now);
  void apply_agreement(Now now);
  void note_signaling_state();
  void note_negotiation_needed();
  void drain_sctp(Now now);
  void update(Now now);
  void receive_ice(ice::LocalCandidate& found);
  void receive_ice(ice::GatheringComplete& event);
  void receive_ice(ice::StateChanged& changed);
  void receive_ice(ice::SelectedPairChanged& changed);
  void receive_ice(ice::OpenStream& open);
  void receive_ice(ice::SendStream& send);
  void receive_ice(ice::CloseStream& close);
  void set_gathering_state(IceGatheringState state);
  void update_state(Now now);
  bool is_session_over() const;
  ConnectionState derived_state() const;
  std::string failure_reason() const;

  Configuration configuration_;
  Random random_;
  Negotiator negotiator_;
  Transport transport_;
  DataChannels channels_;

  std::vector<SocketAddress> local_addresses_;
  bool has_all_local_addresses_ = false;
  bool is_gathering_allowed_ = false;
  /// Of this generation, each from "candidate:" on.
  std::vector<std::string> local_candidates_;
  /// Those of a description that was created and not set yet.
  std::optional<ice::Credentials> restart_credentials_;
  /// Of an ICE restart that the other side has offered, until our answer begins it; nothing in it
  /// stands for their end.
  std::vector<std::optional<ice::Candidate>> early_candidates_;
  std::optional<AddressPair> selected_path_;
  /// Of the ends of that path.
  ice::CandidateType local_type_{};
  ice::CandidateType remote_type_{};
  std::uint64_t applied_count_ = 0;
  bool is_started_ = false;
  bool is_negotiation_noted_ = false;

  SignalingState signaling_state_ = SignalingState::stable;
  IceGatheringState gathering_state_ = IceGatheringState::idle;
  IceConnectionState ice_state_ = IceConnectionState::idle;
  ConnectionState state_ = ConnectionState::idle;
  std::string reason_;
  /// Nothing can bring it back.
  bool is_over_ = false;
  /// `close` was called.
  bool is_closed_ = false;
  /// How the association has ended, if it has.
  std::optional<sctp::Closed> association_end_;
  std::vector<Event> events_;
};

}  // namespace pigeon::rtc
