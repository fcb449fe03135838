#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/assert.hpp"
#include "rtc/sctp/association.hpp"
#include "rtc/sctp/packet/error_chunk.hpp"
#include "rtc/sctp/packet/plain_chunks.hpp"

// What goes out: control chunks first, then SACK, then data, as much as fits into a packet.

namespace pigeon::sctp {

PacketHeader Association::header_for(std::uint32_t tag) const {
  return {.source_port = options_.local_port,
          .destination_port = options_.remote_port,
          .verification_tag = tag};
}

std::size_t Association::transmit(MutableBytesView out, Now now) {
  PIGEON_ASSERT(out.size() >= options_.packet_max);
  const Instant at = now.monotonic;
  if (init_reply_) return write_init_reply(out);
  if (stale_cookie_) return write_stale_cookie(out);
  if (final_packet_ != FinalPacket::none) return write_final(out);
  if (is_over_ || state_ == AssociationState::closed) return 0;
  if (!is_open()) return write_handshake(out);
  if (path_mtu_.due_probe() != 0) {
    if (const std::size_t size = write_probe(out, at)) return size;
  }

  const std::size_t size_max = std::min(out.size(), path_mtu_.size());
  PacketWriter packet(out.first(size_max), header_for(peer_->description.tag));
  const std::size_t oversized = sender_.oversized_packet(at);
  write_control(packet, at);
  if (oversized == 0) {
    if (packet.empty() || packet.room_left() != 0) sender_.write(packet, at);
  } else if (packet.empty() && oversized <= out.size()) {
    PacketWriter alone(out.first(oversized), header_for(peer_->description.tag));
    sender_.write(alone, at);
    if (!alone.empty()) return finish(alone, false);
  }
  advance(at);
  // What could not begin before may be due now; without a packet nobody would ask again.
  if (packet.empty()) write_control(packet, at);
  return packet.empty() ? 0 : finish(packet, false);
}

std::size_t Association::finish(PacketWriter& packet, bool needs_checksum) {
  ++stats_.packets_sent;
  // RFC 9653 section 5.2: what begins an association keeps its checksum.
  const bool leaves_out = !needs_checksum && peer_ && peer_->extensions.zero_checksum;
  return packet.finish(leaves_out ? WrittenChecksum::zero : WrittenChecksum::computed).size();
}

std::size_t Association::write_init_reply(MutableBytesView out) {
  const auto reply = std::exchange(init_reply_, nullptr);
  PacketWriter packet(out.first(options_.packet_max), header_for(reply->tag));
  const bool written = write_init_ack(reply->self, reply->cookie, reply->unknown_list, packet);
  PIGEON_ASSERT(written);
  return finish(packet, true);
}

std::size_t Association::write_stale_cookie(MutableBytesView out) {
  const StaleCookie stale = *std::exchange(stale_cookie_, std::nullopt);
  PacketWriter packet(out.first(options_.packet_max), header_for(stale.tag));
  std::array<std::uint8_t, 8> room{};
  TlvWriter causes(room);
  const bool fits = append_u32(causes, CauseCode::stale_cookie, stale.late_us);
  const bool written = fits && encode(ErrorChunk{.causes = causes.written()}, packet);
  PIGEON_ASSERT(written);
  return finish(packet, true);
}

std::size_t Association::write_final(MutableBytesView out) {
  const FinalPacket kind = std::exchange(final_packet_, FinalPacket::none);
  PacketWriter packet(out.first(options_.packet_max), header_for(peer_->description.tag));
  bool written = false;
  if (kind == FinalPacket::shutdown_complete) {
    written = packet.append(ChunkType::shutdown_complete);
  } else {
    std::array<std::uint8_t, 160> room{};
    TlvWriter causes(room);
    const bool fits =
        append(causes, CauseCode::user_initiated_abort, std::string_view(abort_text_));
    written = fits && encode(ErrorChunk{.abort = true, .causes = causes.written()}, packet);
  }
  PIGEON_ASSERT(written);
  return finish(packet, false);
}

/// INIT or COOKIE-ECHO, each alone in its packet.
std::size_t Association::write_handshake(MutableBytesView out) {
  if (!std::exchange(is_handshake_due_, false)) return 0;
  const bool is_init = state_ == AssociationState::cookie_wait;
  PacketWriter packet(out.first(options_.packet_max),
                      header_for(is_init ? 0 : peer_->description.tag));
  const bool written = is_init ? write_init(describe_self(), packet)
                               : packet.append(ChunkType::cookie_echo, 0, cookie_);
  PIGEON_ASSERT(written);
  return finish(packet, true);
}

/// A packet that tries whether the path carries its size; 0 if the caller's memory does not.
std::size_t Association::write_probe(MutableBytesView out, Instant now) {
  const std::size_t size = path_mtu_.due_probe();
  if (size > out.size()) {
    path_mtu_.stop();
    return 0;
  }
  PacketWriter packet(out.first(size), header_for(peer_->description.tag));
  path_mtu_.write(packet, now, sender_.rtt().rto());
  return finish(packet, false);
}

void Association::write_control(PacketWriter& packet, Instant now) {
  // RFC 9260 section 6.10: COOKIE-ACK is the first chunk, and control comes before data.
  write_replies(packet);
  if (is_shutdown_due_ && state_ == AssociationState::shutdown_sent) {
    is_shutdown_due_ = !encode_shutdown(peer_->receiver.cumulative_tsn(), packet);
  }
  if (is_shutdown_due_ && state_ == AssociationState::shutdown_ack_sent) {
    is_shutdown_due_ = !packet.append(ChunkType::shutdown_ack);
  }
  if (heartbeat_.is_due()) heartbeat_.write(packet, now, sender_.rtt().rto());
  if (peer_->reconfiguration.is_due()) {
    peer_->reconfiguration.write(packet, now, sender_.rtt().rto(), options_.sending.rto.max);
  }
  // A SACK that waits goes along with data (section 6.2).
  const bool waits = peer_->receiver.next_timeout() != Instant::max();
  if (peer_->receiver.sack_due() || (waits && sender_.may_write())) {
    // Without room it goes into the next packet.
    static_cast<void>(peer_->receiver.write_sack(packet));
  }
}

void Association::write_replies(PacketWriter& packet) {
  if (is_cookie_ack_due_) is_cookie_ack_due_ = !packet.append(ChunkType::cookie_ack);
  if (!error_causes_.empty()) {
    const auto causes = TlvList::parse(error_causes_);
    if (!causes || encode(ErrorChunk{.causes = *causes}, packet)) error_causes_.clear();
  }
  std::size_t written = 0;
  while (written < heartbeat_replies_.size() &&
         encode_heartbeat(ChunkType::heartbeat_ack, heartbeat_replies_[written], packet)) {
    ++written;
  }
  heartbeat_replies_.erase(heartbeat_replies_.begin(),
                           heartbeat_replies_.begin() + static_cast<std::ptrdiff_t>(written));
}

}  // namespace pigeon::sctp
