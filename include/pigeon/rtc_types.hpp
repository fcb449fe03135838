#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The values that WebRTC connections take and tell, with the W3C's names and meanings (WebRTC:
// Real-Time Communication in Browsers) in this project's spelling.

namespace pigeon::rtc {

/// Kinds of errors, by the W3C's names of exceptions.
enum class RtcErrorKind : std::uint8_t {
  invalid_state,
  /// The text is no session description or candidate (W3C: RTCError with `sdp-syntax-error`).
  syntax,
  /// The description is well formed but gives no connection (InvalidAccessError).
  unusable,
  /// A local description is not the one that was created (InvalidModificationError).
  modified,
};

/// Why a call on a connection did nothing.
struct RtcError {
  RtcErrorKind kind{};
  /// A sentence with the cause.
  std::string message;
};

/// RTCSdpType (W3C WebRTC section 4.6.1).
enum class SdpType : std::uint8_t { offer, pranswer, answer, rollback };

/// RTCSessionDescriptionInit (W3C WebRTC section 4.6.2).
struct SessionDescription {
  SdpType type = SdpType::offer;
  std::string sdp;
};
std::string_view to_string(SdpType type);

/// Names a data channel within its connection; never used again for another one.
enum class ChannelKey : std::uint32_t {};

/// RTCDataChannelInit (W3C WebRTC section 6.1.1).
struct DataChannelInit {
  /// Messages arrive in the order of sending.
  bool ordered = true;
  /// How long a message may be on its way before it is given up. Not together with the next one.
  std::optional<std::uint16_t> max_packet_life_time_ms{};
  /// How often a message may be sent again before it is given up.
  std::optional<std::uint16_t> max_retransmits{};
  /// A subprotocol that both applications understand; at most 65,535 bytes.
  std::string protocol{};
  /// Both applications create the channel with the same `id`, and nothing of it goes over the wire.
  bool negotiated = false;
  /// The stream, 0 to 65,534: needed if `negotiated`, ignored otherwise. Ours and browsers'
  /// connections have streams 0 to 1,023.
  std::optional<std::uint16_t> id{};
};

/// RTCDataChannelState (W3C WebRTC section 6.2).
enum class DataChannelState : std::uint8_t { connecting, open, closing, closed };

/// Why a call on a data channel did nothing.
enum class ChannelError : std::uint8_t {
  /// There is no such channel, or it is not open (InvalidStateError).
  not_open,
  /// Longer than the other side takes, or than we send (TypeError). The channel lives.
  message_too_large,
  /// As much waits already as the send buffer takes (OperationError). Try after the event
  /// `BufferedAmountLow`.
  buffer_full,
  /// Label or protocol longer than 65,535 bytes (TypeError).
  text_too_long,
  /// Both a life time and a number of retransmits (TypeError).
  two_reliabilities,
  /// `negotiated` without an id, or an id of 65,535 (TypeError), or one beyond the streams that
  /// both sides have.
  bad_id,
  /// Another channel has the id, or all ids are taken (OperationError).
  id_in_use,
  /// The connection has as many channels as it takes (OperationError).
  too_many_channels,
};

/// The error as a sentence.
std::string_view to_string(ChannelError error);
std::string_view to_string(DataChannelState state);

/// A data channel as its connection knows it (W3C WebRTC section 6.2).
struct DataChannel {
  ChannelKey key{};
  std::string label;
  DataChannelInit init;
  DataChannelState state = DataChannelState::connecting;
  /// The stream; none until the DTLS roles are known.
  std::optional<std::uint16_t> id;
};

/// RTCSignalingState (W3C WebRTC section 4.3.1).
enum class SignalingState : std::uint8_t {
  stable,
  have_local_offer,
  have_remote_offer,
  have_local_pranswer,
  have_remote_pranswer,
  closed,
};
/// RTCIceGatheringState (section 4.3.2).
enum class IceGatheringState : std::uint8_t { idle, gathering, complete };
/// RTCPeerConnectionState (section 4.3.3).
enum class ConnectionState : std::uint8_t {
  idle,
  connecting,
  connected,
  disconnected,
  failed,
  closed
};
/// RTCIceConnectionState (section 4.3.4).
enum class IceConnectionState : std::uint8_t {
  idle,
  checking,
  connected,
  completed,
  disconnected,
  failed,
  closed,
};

// The W3C's words, such as "have-local-offer"; "new" for `idle`, which C++ keeps for itself.
std::string_view to_string(SignalingState state);
std::string_view to_string(IceGatheringState state);
std::string_view to_string(ConnectionState state);
std::string_view to_string(IceConnectionState state);

/// RTCIceCandidateInit (section 4.8.1.1).
struct IceCandidate {
  /// "candidate:..."; empty says that no more will come.
  std::string candidate;
  std::string sdp_mid;
  std::optional<std::uint16_t> sdp_m_line_index;
  std::string username_fragment;
};

// What a PeerConnection tells.

struct NegotiationNeeded {};
struct SignalingStateChanged {
  SignalingState state{};
};
struct IceGatheringStateChanged {
  IceGatheringState state{};
};
struct IceConnectionStateChanged {
  IceConnectionState state{};
};
struct ConnectionStateChanged {
  ConnectionState state{};
  /// For `failed` and `closed`: a sentence.
  std::string reason;
};
/// A candidate of ours, for the other side.
struct IceCandidateFound {
  IceCandidate candidate;
};
/// The other side has made a channel (W3C: `datachannel`). `ChannelOpened` follows.
struct ChannelAnnounced {
  ChannelKey channel{};
};
struct ChannelOpened {
  ChannelKey channel{};
};
struct ChannelMessage {
  ChannelKey channel{};
  std::vector<std::uint8_t> data;
  /// UTF-8 as the sender says; nobody has checked it.
  bool is_text = false;
};
/// What waits to be sent has fallen to the channel's threshold.
struct BufferedAmountLow {
  ChannelKey channel{};
};
struct ChannelClosing {
  ChannelKey channel{};
};
/// The channel is gone; its key means nothing from now on.
struct ChannelClosed {
  ChannelKey channel{};
};

/// Everything that a connection tells its application.
using ConnectionEvent =
    std::variant<NegotiationNeeded, SignalingStateChanged, IceGatheringStateChanged,
                 IceConnectionStateChanged, ConnectionStateChanged, IceCandidateFound,
                 ChannelAnnounced, ChannelOpened, ChannelMessage, BufferedAmountLow, ChannelClosing,
                 ChannelClosed>;

}  // namespace pigeon::rtc
