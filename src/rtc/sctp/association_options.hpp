#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "rtc/sctp/rx/receiver.hpp"
#include "rtc/sctp/tx/data_sender.hpp"

namespace pigeon::sctp {

/// How an association behaves. An association that loses its peer while data waits ends after
/// `failures_max` timeouts, each at most `sending.rto.max`: with the defaults after 73 to 110
/// seconds; an idle one after at most `failures_max` heartbeats. A handshake without an answer ends
/// after 65 seconds, and after twice that if the peer falls silent in its middle.
struct AssociationOptions {
  /// Ports of both sides, `a=sctp-port` in SDP (RFC 8841 section 5.1).
  std::uint16_t local_port = 5000;
  std::uint16_t remote_port = 5000;
  /// Streams asked for and allowed; the smaller of both sides' numbers counts (RFC 9260 section
  /// 5.1.1). As browsers have it; the 65,535 of RFC 8831 section 6.2 would let a peer take 8 MB, as
  /// every stream that was used is remembered.
  std::uint16_t streams_out_max = 1'024;
  std::uint16_t streams_in_max = 1'024;

  /// Bytes that may wait for their message to be complete or for the application to take it.
  /// Beyond, the peer is told to wait. Nothing is allocated ahead. At least twice the largest
  /// message.
  std::size_t receive_window = std::size_t{1} << 20U;
  /// The largest message to be sent (what the peer's SDP says) and to be received; a longer one
  /// ends the association.
  std::size_t message_send_max = std::size_t{256} << 10U;
  std::size_t message_receive_max = std::size_t{256} << 10U;
  /// Bounds and timers of data on its way out.
  DataSenderOptions sending{};

  /// The largest packet at first, without DTLS: 1,200 bytes of UDP payload, which every path
  /// carries, less 37 of DTLS 1.2 with AES-GCM. At least 512, and a multiple of four counts.
  std::size_t packet_max = 1'163;
  /// The largest packet that probing may find the path to carry (RFC 8899): 1,452 bytes of UDP
  /// payload fill an Ethernet frame under IPv6. Only with a peer that knows PAD. Equal to
  /// `packet_max` for no probing.
  std::size_t packet_probe_max = 1'415;

  /// Offer to interleave messages (RFC 8260), to give some up (RFC 3758), and to leave checksums to
  /// DTLS (RFC 9653).
  bool interleaving = true;
  bool partial_reliability = true;
  bool zero_checksum = true;

  /// First wait for an answer of the handshake, doubled up to `sending.rto.max` (RFC 9260 section
  /// 5.1), and how many answers may stay away.
  Duration handshake_timeout = 1s;
  int handshake_attempts_max = 9;
  /// Unanswered chunks in a row before the peer counts as gone (section 8.1).
  int failures_max = 10;
  /// Quiet time before a heartbeat (section 8.3).
  Duration heartbeat_interval = 30s;
  /// For how long an answer to INIT can be taken up (section 5.1.3).
  Duration cookie_lifetime = 60s;
  /// How long a shutdown may take before it becomes an abort (section 9.2, T5).
  Duration shutdown_timeout = 50s;
  /// How long an acknowledgement may wait for a second packet (section 6.2).
  Duration sack_delay = 200ms;
};

/// How one message is to be sent (W3C WebRTC section 6.2).
struct SendOptions {
  bool ordered = true;
  /// How often each fragment may be sent again; none: until it arrives.
  std::optional<std::uint16_t> max_retransmits;
  /// How long it is worth sending; none: for ever.
  std::optional<Duration> lifetime;
};

enum class SendStatus : std::uint8_t {
  queued,
  /// Longer than `message_send_max`.
  too_large,
  /// SCTP has no empty messages; RFC 8831 section 6.6 says what to send instead.
  empty,
  /// `buffer_max` is reached; an event says when a buffered amount falls.
  buffer_full,
  /// The association ends or has ended.
  not_open,
  /// The stream is being reset or was not negotiated.
  stream_unavailable,
};

/// Where an association stands (RFC 9260 section 4).
enum class AssociationState : std::uint8_t {
  closed,
  cookie_wait,
  cookie_echoed,
  established,
  shutdown_pending,
  shutdown_sent,
  shutdown_received,
  shutdown_ack_sent,
};

/// What was dropped and why, and what was done; only ever counts up.
struct AssociationStats {
  std::uint64_t packets_received = 0;
  std::uint64_t packets_sent = 0;
  std::uint64_t messages_received = 0;
  std::uint64_t messages_sent = 0;
  /// Packets that are no SCTP packets or have a wrong checksum.
  std::uint64_t malformed_packets = 0;
  /// Packets of another association: ports or verification tag (section 8.5).
  std::uint64_t foreign_packets = 0;
  /// Chunks that are malformed, forged, or make no sense in this state.
  std::uint64_t dropped_chunks = 0;
  std::uint64_t unknown_chunks = 0;
  /// State cookies that are forged or belong to no association of ours, and stale ones.
  std::uint64_t refused_cookies = 0;
  std::uint64_t restarts = 0;
  std::uint64_t heartbeats_unanswered = 0;
  /// The path carried large packets no more.
  std::uint64_t path_shrinks = 0;
  DataSenderCounters sending{};
  ReceiverCounters receiving{};
  /// At this moment.
  std::size_t packet_max = 0;
  std::size_t congestion_window = 0;
  std::size_t bytes_in_flight = 0;
  std::size_t send_buffer_bytes = 0;
  std::size_t receive_buffer_bytes = 0;
  std::optional<Duration> round_trip;
};

}  // namespace pigeon::sctp
