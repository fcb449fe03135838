#include <algorithm>
#include <array>
#include <utility>

#include "rtc/sctp/association.hpp"
#include "rtc/sctp/packet/error_chunk.hpp"

// The four-way handshake (RFC 9260 section 5.1), its collisions, and restarts (section 5.2).

namespace pigeon::sctp {

namespace {

constexpr Tsn tsn_base = Tsn{1} << 33U;

}  // namespace

PeerDescription Association::describe_self() const {
  return {.tag = local_tag_,
          .initial_tsn = local_tsn_,
          .window = static_cast<std::uint32_t>(options_.receive_window),
          .streams_out = options_.streams_out_max,
          .streams_in = options_.streams_in_max,
          .extensions = {.partial_reliability = options_.partial_reliability,
                         .interleaving = options_.interleaving,
                         .reconfiguration = true,
                         .zero_checksum = options_.zero_checksum,
                         .padding = true}};
}

/// Answers INIT with a cookie and forgets about it (section 5.1, B).
void Association::receive_init(const Chunk& chunk, Instant now) {
  const auto init = decode_init(chunk);
  const auto peer = init ? describe_peer(*init) : std::nullopt;
  if (drop(!peer || is_over_)) return;
  if (state_ == AssociationState::shutdown_ack_sent) {
    // Section 9.2: the peer has not heard the end of the old one.
    is_shutdown_due_ = true;
    return;
  }
  auto reply = std::make_unique<InitReply>();
  reply->tag = peer->tag;
  reply->self = describe_self();
  // What the peer does not know it need not read, and the answer stays small.
  reply->self.extensions = both(reply->self.extensions, peer->extensions);
  StateCookie cookie{.peer = *peer, .created = now};
  if (is_open()) {
    // Section 5.2.2: the association stays as it is; new numbers for the one that may follow.
    do {
      reply->self.tag = static_cast<std::uint32_t>(random_.next_u64());
    } while (reply->self.tag == 0);
    reply->self.initial_tsn = static_cast<WireTsn>(random_.next_u64());
    cookie.tie_local = local_tag_;
    cookie.tie_peer = peer_->description.tag;
  } else if (state_ == AssociationState::cookie_echoed) {
    // Section 5.2.1.
    cookie.tie_local = local_tag_;
    cookie.tie_peer = peer_->description.tag;
  }
  cookie.local_tag = reply->self.tag;
  cookie.local_tsn = reply->self.initial_tsn;
  reply->cookie = seal_.seal(cookie);
  TlvWriter unknown(reply->unknown);
  collect_unknown(*init, unknown);
  reply->unknown_list = unknown.written();
  init_reply_ = std::move(reply);
}

void Association::receive_init_ack(const Chunk& chunk, Instant now) {
  // Section 5.2.3: in any other state it is late.
  if (drop(state_ != AssociationState::cookie_wait)) return;
  const auto init_ack = decode_init(chunk);
  const auto peer = init_ack ? describe_peer(*init_ack) : std::nullopt;
  if (drop(!peer)) return;
  const auto cookie = find_cookie(*init_ack);
  constexpr std::size_t overhead = packet_header_size + tlv_header_size;
  if (drop(!cookie || cookie->size() + overhead > options_.packet_max)) return;
  cookie_.assign(cookie->begin(), cookie->end());
  meet_peer(*peer);
  state_ = AssociationState::cookie_echoed;
  is_handshake_due_ = true;
  handshake_timer_.start(now, options_.handshake_timeout, options_.sending.rto.max);
}

/// False if the rest of the packet is to be left out.
bool Association::receive_cookie_echo(const Chunk& chunk, std::uint32_t tag, Instant now) {
  const auto cookie = seal_.open(chunk.value, now);
  if (!cookie || cookie->local_tag != tag || is_over_) {
    ++stats_.refused_cookies;
    return false;
  }
  const bool is_ours =
      peer_ && cookie->local_tag == local_tag_ && cookie->peer.tag == peer_->description.tag;
  // Section 5.2.4: the lifetime does not matter if both tags are those of the association.
  if (!is_ours && now - cookie->created > options_.cookie_lifetime) {
    ++stats_.refused_cookies;
    refuse_stale_cookie(*cookie, now);
    return false;
  }
  if (take_cookie(*cookie, now)) return true;
  ++stats_.refused_cookies;
  return false;
}

/// Table 12 of section 5.2.4. False if the cookie fits nothing.
bool Association::take_cookie(const StateCookie& cookie, Instant now) {
  const bool is_local = cookie.local_tag == local_tag_;
  const bool is_peer = peer_ && cookie.peer.tag == peer_->description.tag;
  if (!is_open()) {
    // Section 5.1.5 without an association, else B or D: both sides have begun at once.
    if (!is_local) return false;
    if (!is_peer) meet_peer(cookie.peer);
    become_established(now);
    is_cookie_ack_due_ = true;
    return true;
  }
  if (is_local && is_peer) {
    // D: our COOKIE-ACK was lost.
    is_cookie_ack_due_ = true;
    return true;
  }
  const bool is_tied = cookie.tie_local == local_tag_ &&
                       cookie.tie_peer == peer_->description.tag && cookie.tie_local != 0;
  if (is_local || is_peer || !is_tied) return false;
  if (state_ == AssociationState::shutdown_ack_sent) {
    // A, but shutting down.
    is_shutdown_due_ = true;
    std::array<std::uint8_t, 8> room{};
    TlvWriter causes(room);
    if (append(causes, CauseCode::cookie_while_shutting_down)) {
      error_causes_.assign(causes.written().bytes().begin(), causes.written().bytes().end());
    }
    return true;
  }
  restart(cookie, now);
  return true;
}

/// Table 12, A: the peer has forgotten the association and begun another one.
void Association::restart(const StateCookie& cookie, Instant now) {
  ++stats_.restarts;
  const bool was_shutting_down = state_ != AssociationState::established;
  note_performed_reset();
  collect_messages();
  // What was to be reset begins anew by itself.
  std::vector<StreamId> resets = peer_->reconfiguration.give_up();
  resets.insert(resets.end(), early_resets_.begin(), early_resets_.end());
  early_resets_.clear();
  local_tag_ = cookie.local_tag;
  local_tsn_ = cookie.local_tsn;
  sender_.restart(tsn_base + local_tsn_);
  reset_after_.clear();
  meet_peer(cookie.peer);
  if (!resets.empty()) events_.emplace_back(OutgoingResetDone{std::move(resets), true});
  heartbeat_.start(now);
  shutdown_timer_.stop();
  is_shutdown_due_ = false;
  heartbeat_replies_.clear();
  state_ = was_shutting_down ? AssociationState::shutdown_pending : AssociationState::established;
  is_cookie_ack_due_ = true;
  events_.emplace_back(Restarted{});
}

/// Section 5.1.5, 4: only who was given the cookie hears of it, because it has the peer's tag.
void Association::refuse_stale_cookie(const StateCookie& cookie, Instant now) {
  const auto late = now - cookie.created - options_.cookie_lifetime;
  stale_cookie_ = StaleCookie{
      .tag = cookie.peer.tag,
      .late_us = static_cast<std::uint32_t>(std::min<std::int64_t>(late.count(), 0xFFFF'FFFF))};
}

void Association::receive_cookie_ack(Instant now) {
  if (drop(state_ != AssociationState::cookie_echoed)) return;
  become_established(now);
}

}  // namespace pigeon::sctp
