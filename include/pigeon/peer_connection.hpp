#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pigeon/result.hpp"
#include "pigeon/rtc_loop.hpp"
#include "pigeon/rtc_types.hpp"

namespace pigeon {

namespace runtime {
struct RtcConnection;
}

/// RTCIceServer (W3C WebRTC section 4.2.2).
struct IceServer {
  /// `stun:host`, `stun:host:port`, `turn:host:port` or `turn:host:port?transport=tcp`.
  std::string url{};
  /// For `turn`.
  std::string username{};
  std::string credential{};
};

/// RTCConfiguration (W3C WebRTC section 4.2.1), and what it leaves to browsers.
struct PeerConnectionOptions {
  std::vector<IceServer> ice_servers{};
  /// Take paths over TURN servers only, so that the other side does not learn our addresses.
  bool relay_only = false;
  /// Bytes of the longest message that we take and send.
  std::size_t message_size_max = std::size_t{256} << 10U;
  /// Bytes that wait to be sent, of all channels together, and overhead of small messages; more are
  /// refused. As browsers have it; memory is taken only by what waits.
  std::size_t send_buffer_max = std::size_t{16} << 20U;
  /// UDP payload of the longest datagram that is tried on a path; 1,452 bytes fill an Ethernet
  /// frame under IPv6. At 1,200, which every path carries, nothing is tried; less counts as 1,200.
  std::size_t datagram_size_max = 1'452;
  /// Data channels, the other side's included; those it opens beyond are closed at once.
  std::size_t channel_count_max = 1'024;
};

struct OfferOptions {
  /// Look for new paths (iceRestart). Channels stay open meanwhile.
  bool restarts_ice = false;
};

/// What a connection has counted (in place of RTCStatsReport).
struct PeerConnectionStats {
  std::uint64_t messages_sent = 0;
  std::uint64_t messages_received = 0;
  /// Of messages.
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  /// Datagrams of the other side that were malformed, forged or for nobody here.
  std::uint64_t datagrams_dropped = 0;
  /// As in `192.0.2.1:80`, of the path that carries data; empty before there is one.
  std::string local_address;
  std::string remote_address;
  /// `host`, `srflx`, `prflx` or `relay` of the same path.
  std::string local_candidate_type;
  std::string remote_candidate_type;
  std::optional<std::chrono::microseconds> round_trip;
};

/// RTCPeerConnection (W3C WebRTC section 4.4) for data channels, on a loop. All calls come from the
/// loop's thread. A call that returns an error has changed nothing.
class PeerConnection {
 public:
  /// Gets every event of the connection, in order, and only while the loop runs: never inside a
  /// call of the application, so it may use the variable that `create` is about to fill. It may
  /// call anything but `RtcLoop::run_once`, also `close`, and destroy connections, its own
  /// included.
  using OnEvent = std::function<void(rtc::ConnectionEvent)>;

  /// Waits for DNS if the servers have names. The error says which URL cannot be used or which
  /// address cannot be bound.
  static Result<PeerConnection, RtcFailure> create(RtcLoop& loop,
                                                   const PeerConnectionOptions& options,
                                                   OnEvent on_event);

  PeerConnection(const PeerConnection&) = delete;
  PeerConnection& operator=(const PeerConnection&) = delete;
  PeerConnection(PeerConnection&&) noexcept;
  PeerConnection& operator=(PeerConnection&&) noexcept;
  /// Closes the connection, which tells no more.
  ~PeerConnection();

  // ---- Negotiation

  Result<rtc::SessionDescription, rtc::RtcError> create_offer(OfferOptions options = {});
  Result<rtc::SessionDescription, rtc::RtcError> create_answer();
  /// Sets what was created last. Gathering starts with the first.
  Result<void, rtc::RtcError> set_local_description(const rtc::SessionDescription& description);
  /// Creates the description that the signaling state asks for, and sets it.
  Result<rtc::SessionDescription, rtc::RtcError> set_local_description();
  /// An offer that arrives while ours is out takes ours back: the impolite side of perfect
  /// negotiation does not set it.
  Result<void, rtc::RtcError> set_remote_description(const rtc::SessionDescription& description);
  /// An empty candidate says that no more will come.
  Result<void, rtc::RtcError> add_ice_candidate(const rtc::IceCandidate& candidate);
  /// The description set last, with the candidates gathered so far.
  std::optional<rtc::SessionDescription> local_description() const;

  // ---- Data channels. Their keys come from `create_data_channel` and from `ChannelAnnounced`.

  Result<rtc::ChannelKey, rtc::ChannelError> create_data_channel(std::string label,
                                                                 rtc::DataChannelInit init = {});
  /// `text` is UTF-8; nobody checks it.
  Result<void, rtc::ChannelError> send_text(rtc::ChannelKey channel, std::string_view text);
  Result<void, rtc::ChannelError> send_binary(rtc::ChannelKey channel,
                                              std::span<const std::uint8_t> data);
  /// Without a copy.
  Result<void, rtc::ChannelError> send_binary(rtc::ChannelKey channel,
                                              std::vector<std::uint8_t>&& data);
  /// Closes a channel once what was sent on it has arrived; nothing if it is closing or gone.
  void close_data_channel(rtc::ChannelKey channel);
  /// Bytes that wait to be sent for the first time; 0 for unknown channels.
  std::size_t buffered_amount(rtc::ChannelKey channel) const;
  /// `BufferedAmountLow` tells when the buffered amount falls to this or below; 0 at first.
  void set_buffered_amount_low_threshold(rtc::ChannelKey channel, std::size_t bytes);
  /// Nothing if there is no such channel.
  std::optional<rtc::DataChannel> data_channel(rtc::ChannelKey channel) const;
  /// Bytes of the longest message that can be sent (RTCSctpTransport.maxMessageSize).
  std::size_t message_size_max() const;

  /// Ends the connection at once and says goodbye to the other side.
  void close();

  rtc::SignalingState signaling_state() const;
  rtc::IceGatheringState ice_gathering_state() const;
  rtc::IceConnectionState ice_connection_state() const;
  rtc::ConnectionState connection_state() const;
  PeerConnectionStats get_stats() const;

 private:
  PeerConnection(std::shared_ptr<runtime::RtcDriver> driver, runtime::RtcConnection* connection);

  /// Both null in what was moved from.
  std::shared_ptr<runtime::RtcDriver> driver_;
  runtime::RtcConnection* connection_ = nullptr;
};

}  // namespace pigeon
