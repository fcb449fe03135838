#include <algorithm>
#include <array>
#include <utility>

#include "rtc/sctp/association.hpp"
#include "rtc/sctp/packet/data_chunk.hpp"
#include "rtc/sctp/packet/error_chunk.hpp"
#include "rtc/sctp/packet/forward_tsn_chunk.hpp"
#include "rtc/sctp/packet/plain_chunks.hpp"
#include "rtc/sctp/packet/sack_chunk.hpp"

// What arrives: which packets belong to the association (RFC 9260 section 8.5), and what each chunk
// does.

namespace pigeon::sctp {

namespace {

/// Events that may wait to be taken; then packets are dropped, as if the receive window was closed.
constexpr std::size_t events_max = 4'096;
/// The largest chunk that is sent back as unknown, and the most information of a heartbeat.
constexpr std::size_t echo_size_max = 400;
constexpr std::size_t heartbeat_replies_max = 4;

}  // namespace

void Association::receive(BytesView packet, Now now) {
  ++stats_.packets_received;
  const ZeroChecksum zero = options_.zero_checksum ? ZeroChecksum::accepted : ZeroChecksum::refused;
  auto reader = PacketReader::open(packet, zero);
  if (!reader) {
    ++stats_.malformed_packets;
    return;
  }
  PacketReader chunks = *reader;
  const std::optional<Chunk> first = PacketReader(chunks).next();
  if (!first || !belongs_here(chunks.header(), *first, packet.size())) {
    ++stats_.foreign_packets;
    return;
  }
  if (drop(untaken_bytes_ > options_.receive_window || events_.size() > events_max)) return;
  if (first->type == ChunkType::cookie_echo) {
    chunks.next();
    if (!receive_cookie_echo(*first, chunks.header().verification_tag, now.monotonic)) return;
  }
  bool has_data = false;
  bool has_sack = false;
  while (const auto chunk = chunks.next()) {
    has_data = has_data || chunk->type == ChunkType::data || chunk->type == ChunkType::i_data;
    // A packet needs one SACK at most. Many that contradict each other would cost as much as going
    // through all that is outstanding as often.
    if (chunk->type == ChunkType::sack && drop(std::exchange(has_sack, true))) continue;
    if (!receive_chunk(*chunk, now.monotonic)) break;
  }
  if (!is_open()) return;
  if (has_data) {
    peer_->receiver.end_packet(now);
    // RFC 9260 section 9.2: each packet with data is answered by SACK and SHUTDOWN.
    if (state_ == AssociationState::shutdown_sent) is_shutdown_due_ = true;
  }
  note_performed_reset();
  advance(now.monotonic);
}

bool Association::belongs_here(const PacketHeader& header, const Chunk& first,
                               std::size_t packet_size) const {
  if (header.source_port != options_.remote_port) return false;
  if (header.destination_port != options_.local_port) return false;
  switch (first.type) {
    case ChunkType::init:
      // Section 8.5.1, A; and section 4.4 of RFC 9260: INIT is alone in its packet.
      return header.verification_tag == 0 &&
             packet_size == packet_header_size + padded(first.whole.size());
    case ChunkType::cookie_echo:
      // Compared with the tag in the cookie (section 5.1.5).
      return true;
    case ChunkType::abort:
    case ChunkType::shutdown_complete:
      // Section 8.5.1, B and C.
      if ((first.flags & tag_reflected_flag) != 0) {
        return peer_ && header.verification_tag == peer_->description.tag;
      }
      return header.verification_tag == local_tag_;
    default:
      return header.verification_tag == local_tag_;
  }
}

/// Counts what is dropped; returns the condition.
bool Association::drop(bool condition) {
  if (condition) ++stats_.dropped_chunks;
  return condition;
}

/// False if the rest of the packet is to be left out.
bool Association::receive_chunk(const Chunk& chunk, Instant now) {
  switch (chunk.type) {
    case ChunkType::init:
      receive_init(chunk, now);
      return false;
    case ChunkType::init_ack:
      receive_init_ack(chunk, now);
      return false;
    case ChunkType::cookie_ack:
      receive_cookie_ack(now);
      return true;
    case ChunkType::abort:
    case ChunkType::error:
      receive_error(chunk);
      return !is_over_;
    case ChunkType::shutdown_ack:
      receive_shutdown_ack();
      return false;
    case ChunkType::shutdown_complete:
      receive_shutdown_complete();
      return false;
    case ChunkType::pad:
      return true;
    default:
      break;
  }
  // Everything else belongs to an association that stands.
  if (drop(!is_open())) return false;
  switch (chunk.type) {
    case ChunkType::data:
    case ChunkType::i_data:
      receive_data(chunk);
      break;
    case ChunkType::sack:
      receive_sack(chunk, now);
      break;
    case ChunkType::heartbeat:
      receive_heartbeat(chunk);
      break;
    case ChunkType::heartbeat_ack:
      receive_heartbeat_ack(chunk, now);
      break;
    case ChunkType::forward_tsn:
    case ChunkType::i_forward_tsn:
      drop(!receive_forward_tsn(chunk));
      break;
    case ChunkType::re_config:
      receive_reconfig(chunk, now);
      break;
    case ChunkType::shutdown:
      receive_shutdown(chunk, now);
      break;
    default:
      return receive_unknown(chunk);
  }
  return !is_over_;
}

bool Association::receive_unknown(const Chunk& chunk) {
  ++stats_.unknown_chunks;
  const UnknownRule rule = unknown_rule(chunk.type);
  if (rule.report && error_causes_.empty() && chunk.whole.size() <= echo_size_max) {
    std::array<std::uint8_t, echo_size_max + 8> room{};
    TlvWriter causes(room);
    if (append(causes, CauseCode::unrecognized_chunk, chunk.whole)) {
      error_causes_.assign(causes.written().bytes().begin(), causes.written().bytes().end());
    }
  }
  return !rule.stop;
}

void Association::receive_data(const Chunk& chunk) {
  const auto data = decode_data(chunk);
  if (drop(!data)) return;
  // RFC 9260 section 6: no data is taken once its sender has shut down.
  const bool takes_data = state_ == AssociationState::established ||
                          state_ == AssociationState::shutdown_pending ||
                          state_ == AssociationState::shutdown_sent;
  if (drop(!takes_data)) return;
  switch (peer_->receiver.receive(*data)) {
    case Receipt::taken:
    case Receipt::duplicate:
    case Receipt::no_room:
      return;
    case Receipt::invalid_stream: {
      drop();
      std::array<std::uint8_t, 16> room{};
      TlvWriter causes(room);
      if (error_causes_.empty() && append_invalid_stream(causes, data->stream)) {
        error_causes_.assign(causes.written().bytes().begin(), causes.written().bytes().end());
      }
      return;
    }
    case Receipt::no_user_data:
      end(CloseReason::protocol_violation, "The peer has sent a fragment without data.",
          FinalPacket::abort);
      return;
    case Receipt::message_too_big:
      end(CloseReason::protocol_violation, "The peer has sent a message beyond the agreed size.",
          FinalPacket::abort);
      return;
    case Receipt::violation:
      end(CloseReason::protocol_violation,
          "The peer has sent fragments that contradict each other.", FinalPacket::abort);
      return;
  }
}

bool Association::receive_forward_tsn(const Chunk& chunk) {
  if (!peer_->extensions.partial_reliability) return false;
  if (chunk.type == ChunkType::forward_tsn) {
    const auto forward = decode_forward_tsn(chunk);
    return forward && peer_->receiver.forward(*forward);
  }
  const auto forward = decode_i_forward_tsn(chunk);
  return forward && peer_->receiver.forward(*forward);
}

void Association::receive_sack(const Chunk& chunk, Instant now) {
  const auto sack = decode_sack(chunk);
  if (drop(!sack)) return;
  const DataSender::Progress progress = sender_.receive_sack(*sack, now);
  drop(progress.fault == SackFault::invalid);
  if (progress.is_alive) failures_ = data_timeouts_ = 0;
}

void Association::receive_heartbeat(const Chunk& chunk) {
  const auto info = decode_heartbeat(chunk);
  if (drop(!info || info->size() > echo_size_max)) return;
  // One to see whether we are here and one of a size may come together.
  if (drop(heartbeat_replies_.size() >= heartbeat_replies_max)) return;
  heartbeat_replies_.emplace_back(info->begin(), info->end());
}

void Association::receive_heartbeat_ack(const Chunk& chunk, Instant now) {
  const auto info = decode_heartbeat(chunk);
  if (drop(!info)) return;
  if (const auto rtt = heartbeat_.receive_answer(*info, now)) {
    sender_.rtt().measure(*rtt);
    path_mtu_.small_answered();
    failures_ = 0;
  } else if (path_mtu_.receive_answer(*info, now)) {
    sender_.set_packet_max(path_mtu_.size());
    failures_ = 0;
  } else {
    drop();
  }
}

void Association::receive_error(const Chunk& chunk) {
  const auto error = decode_error(chunk);
  if (drop(!error)) return;
  if (error->abort) {
    if (drop(is_over_ || state_ == AssociationState::closed)) return;
    std::string text = "The peer has aborted the association.";
    if (const auto cause = find(error->causes, CauseCode::user_initiated_abort)) {
      constexpr std::size_t text_max = 128;
      text += " It says: ";
      // The peer's words may be anything.
      for (const std::uint8_t byte : cause->value.first(std::min(cause->value.size(), text_max))) {
        text += byte >= 0x20 && byte < 0x7F ? static_cast<char>(byte) : '?';
      }
    }
    end(CloseReason::aborted_by_peer, text, FinalPacket::none);
    return;
  }
  // Section 5.2.6: the handshake begins anew. Its tries are bounded.
  if (state_ == AssociationState::cookie_echoed && find(error->causes, CauseCode::stale_cookie)) {
    state_ = AssociationState::cookie_wait;
    is_handshake_due_ = true;
    peer_.reset();
  }
}

void Association::receive_reconfig(const Chunk& chunk, Instant now) {
  const auto parameters = decode_reconfig(chunk);
  if (drop(!parameters || !peer_->extensions.reconfiguration)) return;
  for (const Tlv& parameter : *parameters) {
    const auto response = decode_reconfig_response(parameter);
    if (!response) {
      receive_request(parameter);
      continue;
    }
    auto outcome = peer_->reconfiguration.receive(*response, now, sender_.rtt().rto());
    if (!outcome) continue;
    failures_ = 0;
    for (const StreamId stream : outcome->streams) {
      reset_after_.erase(stream);
      sender_.queue().finish_reset(stream, outcome->performed);
    }
    events_.emplace_back(OutgoingResetDone{std::move(outcome->streams), outcome->performed});
  }
}

/// A request of the peer to reset or add something (RFC 6525 section 5.2).
void Association::receive_request(const Tlv& parameter) {
  Reconfiguration& reconfiguration = peer_->reconfiguration;
  if (const auto request = decode_outgoing_reset(parameter)) {
    if (reconfiguration.receive(*request)) {
      reconfiguration.conclude(*request, peer_->receiver.reset_streams(*request));
      note_performed_reset();
    }
  } else if (const auto incoming = decode_incoming_reset(parameter)) {
    reconfiguration.deny(incoming->request);
  } else if (const auto all = decode_association_reset(parameter)) {
    reconfiguration.deny(all->request);
  } else if (const auto added = decode_add_streams(parameter)) {
    reconfiguration.deny(added->request);
  } else {
    drop();
  }
}

void Association::receive_shutdown(const Chunk& chunk, Instant now) {
  const auto cumulative = decode_shutdown(chunk);
  if (drop(!cumulative)) return;
  const DataSender::Progress progress = sender_.receive_cumulative(*cumulative, now);
  if (drop(progress.fault == SackFault::invalid)) return;
  if (progress.is_alive) failures_ = data_timeouts_ = 0;
  switch (state_) {
    case AssociationState::established:
    case AssociationState::shutdown_pending:
      state_ = AssociationState::shutdown_received;
      if (shutdown_ends_ == Instant::max()) shutdown_ends_ = now + options_.shutdown_timeout;
      break;
    case AssociationState::shutdown_sent:
      // Both at once (section 9.2).
      state_ = AssociationState::shutdown_received;
      shutdown_timer_.stop();
      break;
    case AssociationState::shutdown_ack_sent:
      is_shutdown_due_ = true;
      break;
    default:
      break;
  }
}

void Association::receive_shutdown_ack() {
  if (is_over_) {
    // Section 8.4, 5: our SHUTDOWN-COMPLETE was lost.
    if (closed_reason_ == CloseReason::shutdown && peer_) {
      final_packet_ = FinalPacket::shutdown_complete;
    }
    return;
  }
  const bool fits =
      state_ == AssociationState::shutdown_sent || state_ == AssociationState::shutdown_ack_sent;
  if (drop(!fits)) return;
  end(CloseReason::shutdown, "The association was shut down.", FinalPacket::shutdown_complete);
}

void Association::receive_shutdown_complete() {
  if (drop(state_ != AssociationState::shutdown_ack_sent)) return;
  end(CloseReason::shutdown, "The association was shut down.", FinalPacket::none);
}

}  // namespace pigeon::sctp
