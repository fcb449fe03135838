#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "rtc/sctp/association_event.hpp"
#include "rtc/sctp/association_options.hpp"
#include "rtc/sctp/backoff_timer.hpp"
#include "rtc/sctp/handshake.hpp"
#include "rtc/sctp/heartbeat.hpp"
#include "rtc/sctp/packet/packet_reader.hpp"
#include "rtc/sctp/path_mtu.hpp"
#include "rtc/sctp/reconfiguration.hpp"
#include "rtc/sctp/rx/receiver.hpp"
#include "rtc/sctp/state_cookie.hpp"
#include "rtc/sctp/tx/data_sender.hpp"

namespace pigeon::sctp {

/// An SCTP association inside DTLS (RFC 9260, RFC 8261, RFC 8831): messages of many streams over
/// packets that may be lost. Packets and time go in; packets, messages and events come out. After
/// every call, pull packets with `transmit` until there is none, and take the events.
class Association {
 public:
  Association(AssociationOptions options, Random random);

  /// Begins the handshake. Both sides may; one that does not answers. No effect once begun.
  void connect(Now now);
  /// Takes in a packet of the peer. Whatever is in it, at worst it is dropped and counted.
  void receive(BytesView packet, Now now);
  void handle_timeout(Now now);
  /// When `handle_timeout` next has work.
  Instant next_timeout() const;
  /// Writes the next packet that may go out now and returns its size; 0 if there is none. `out` has
  /// at least `packet_max` bytes; path probes larger than it stay away.
  std::size_t transmit(MutableBytesView out, Now now);

  /// Queues a message, also before the association is established. The payload is moved in and not
  /// copied again before it is written into packets.
  SendStatus send(StreamId stream, Ppid ppid, Bytes message, SendOptions options, Now now);
  /// Bytes of messages of a stream that have not been sent even once.
  std::size_t buffered_amount(StreamId stream) const;
  /// `BufferedAmountLow` tells when the buffered amount falls to this or below; 0 at first.
  void set_buffered_amount_low_threshold(StreamId stream, std::size_t amount);

  /// Resets streams once everything that was queued on them has arrived (RFC 6525); until
  /// `OutgoingResetDone` they take no messages. Without the peer's support the event comes at once.
  void reset_streams(std::span<const StreamId> streams);
  /// Ends the association once everything queued has arrived (RFC 9260 section 9.2).
  void shutdown(Now now);
  /// Ends it at once (section 9.1); the reason is for the peer's log.
  void abort(std::string_view reason);

  AssociationState state() const { return state_; }
  AssociationStats stats() const;
  /// What has happened since the last call. Messages that were not taken count against the receive
  /// window, so a slow application slows its peer down.
  std::vector<AssociationEvent> take_events();

 private:
  /// What is known about the peer once it has introduced itself.
  struct Peer {
    PeerDescription description;
    Extensions extensions;
    Receiver receiver;
    Reconfiguration reconfiguration;
  };
  /// An INIT-ACK that waits to be sent.
  struct InitReply {
    std::uint32_t tag = 0;
    PeerDescription self;
    CookieSeal::Sealed cookie{};
    std::array<std::uint8_t, 256> unknown{};
    TlvList unknown_list;
  };
  /// An ERROR that waits to be sent to whom no association is known.
  struct StaleCookie {
    std::uint32_t tag = 0;
    std::uint32_t late_us = 0;
  };
  enum class FinalPacket : std::uint8_t { none, abort, shutdown_complete };

  // association.cpp
  bool is_open() const;
  void meet_peer(const PeerDescription& peer);
  void become_established(Instant now);
  void end(CloseReason reason, std::string_view text, FinalPacket packet);
  void count_failure();
  void count_data_timeout(Instant now);
  void handshake_timed_out(Instant now);
  void shutdown_timed_out(Instant now);
  void advance(Instant now);
  void advance_resets();
  /// Nothing of the stream is on its way any more.
  bool has_delivered(StreamId stream);
  void advance_shutdown(Instant now);
  void collect_messages();
  void note_performed_reset();

  // association_receive.cpp
  bool belongs_here(const PacketHeader& header, const Chunk& first, std::size_t packet_size) const;
  bool receive_chunk(const Chunk& chunk, Instant now);
  bool receive_unknown(const Chunk& chunk);
  void receive_data(const Chunk& chunk);
  bool receive_forward_tsn(const Chunk& chunk);
  void receive_sack(const Chunk& chunk, Instant now);
  void receive_heartbeat(const Chunk& chunk);
  void receive_heartbeat_ack(const Chunk& chunk, Instant now);
  void receive_error(const Chunk& chunk);
  void receive_reconfig(const Chunk& chunk, Instant now);
  void receive_request(const Tlv& parameter);
  void receive_shutdown(const Chunk& chunk, Instant now);
  void receive_shutdown_ack();
  void receive_shutdown_complete();
  bool drop(bool condition = true);

  // association_handshake.cpp
  void receive_init(const Chunk& chunk, Instant now);
  void receive_init_ack(const Chunk& chunk, Instant now);
  bool receive_cookie_echo(const Chunk& chunk, std::uint32_t tag, Instant now);
  bool take_cookie(const StateCookie& cookie, Instant now);
  void receive_cookie_ack(Instant now);
  void restart(const StateCookie& cookie, Instant now);
  void refuse_stale_cookie(const StateCookie& cookie, Instant now);
  PeerDescription describe_self() const;

  // association_transmit.cpp
  std::size_t write_final(MutableBytesView out);
  std::size_t write_init_reply(MutableBytesView out);
  std::size_t write_stale_cookie(MutableBytesView out);
  std::size_t write_handshake(MutableBytesView out);
  std::size_t write_probe(MutableBytesView out, Instant now);
  void write_control(PacketWriter& packet, Instant now);
  void write_replies(PacketWriter& packet);
  std::size_t finish(PacketWriter& packet, bool needs_checksum);
  PacketHeader header_for(std::uint32_t tag) const;

  AssociationOptions options_;
  Random random_;
  CookieSeal seal_;
  AssociationState state_ = AssociationState::closed;
  bool is_over_ = false;
  /// Tag and first TSN of this side.
  std::uint32_t local_tag_ = 0;
  WireTsn local_tsn_ = 0;
  DataSender sender_;
  std::unique_ptr<Peer> peer_;
  /// Resets asked for that the peer's abilities have not been asked about.
  std::vector<StreamId> early_resets_;
  /// The TSN behind the last one of streams that are to be reset.
  std::map<StreamId, Tsn> reset_after_;
  Heartbeat heartbeat_;
  PathMtu path_mtu_;

  /// T1 (INIT and COOKIE-ECHO), T2 (SHUTDOWN and SHUTDOWN-ACK) and T5 (the whole shutdown).
  BackoffTimer handshake_timer_;
  BackoffTimer shutdown_timer_;
  Instant shutdown_ends_ = Instant::max();
  int failures_ = 0;
  int data_timeouts_ = 0;

  // What is to be sent.
  bool is_handshake_due_ = false;
  bool is_cookie_ack_due_ = false;
  bool is_shutdown_due_ = false;
  FinalPacket final_packet_ = FinalPacket::none;
  std::string abort_text_;
  Bytes cookie_;
  std::unique_ptr<InitReply> init_reply_;
  std::optional<StaleCookie> stale_cookie_;
  /// What is in heartbeats that wait for their answer, oldest first.
  std::vector<Bytes> heartbeat_replies_;
  /// Causes of an ERROR, as they go into the chunk.
  Bytes error_causes_;

  // What is to be told.
  std::vector<AssociationEvent> events_;
  std::size_t untaken_bytes_ = 0;
  std::optional<Closed> closed_;
  CloseReason closed_reason_ = CloseReason::shutdown;
  DataSenderCounters final_counters_;
  AssociationStats stats_;
};

}  // namespace pigeon::sctp
