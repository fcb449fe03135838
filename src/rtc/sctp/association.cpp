#include "rtc/sctp/association.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace pigeon::sctp {

namespace {

// TSNs are counted on in 64 bits from here, so that one before the first is still positive.
constexpr Tsn tsn_base = Tsn{1} << 33U;
constexpr std::size_t receive_window_max = std::size_t{1} << 30U;

AssociationOptions checked(AssociationOptions options) {
  PIGEON_ASSERT(options.packet_max >= 512);
  // A message must fit, or it could never be completed.
  options.receive_window =
      std::clamp(options.receive_window,
                 std::min(2 * options.message_receive_max, receive_window_max), receive_window_max);
  return options;
}

}  // namespace

Association::Association(AssociationOptions options, Random random)
    : options_(checked(options)),
      random_(random.split()),
      seal_(random_),
      local_tsn_(static_cast<WireTsn>(random_.next_u64())),
      sender_(options_.sending, tsn_base + local_tsn_, options_.packet_max & ~std::size_t{3}),
      heartbeat_(options_.heartbeat_interval, random_.split()),
      path_mtu_(options_.packet_max, options_.packet_probe_max, random_.split()) {
  while (local_tag_ == 0) local_tag_ = static_cast<std::uint32_t>(random_.next_u64());
}

void Association::connect(Now now) {
  if (state_ != AssociationState::closed || is_over_) return;
  state_ = AssociationState::cookie_wait;
  is_handshake_due_ = true;
  handshake_timer_.start(now.monotonic, options_.handshake_timeout, options_.sending.rto.max);
}

bool Association::is_open() const {
  return !is_over_ && state_ != AssociationState::closed &&
         state_ != AssociationState::cookie_wait && state_ != AssociationState::cookie_echoed;
}

/// The peer has introduced itself.
void Association::meet_peer(const PeerDescription& peer) {
  const Extensions extensions = both(describe_self().extensions, peer.extensions);
  const ReceiverOptions receiver_options{
      .reassembly = {.interleaved = extensions.interleaving,
                     .message_bytes_max = options_.message_receive_max,
                     .stream_count = std::min(peer.streams_out, options_.streams_in_max)},
      .tracker = {.sack_delay = options_.sack_delay},
      .window_bytes = static_cast<std::uint32_t>(options_.receive_window)};
  peer_ = std::make_unique<Peer>(
      Peer{.description = peer,
           .extensions = extensions,
           .receiver = Receiver(peer.initial_tsn, receiver_options),
           .reconfiguration = Reconfiguration(local_tsn_, peer.initial_tsn)});
  sender_.set_features({.interleaving = extensions.interleaving,
                        .partial_reliability = extensions.partial_reliability});
  sender_.set_peer_window(peer.window);
  failures_ = data_timeouts_ = 0;
}

void Association::become_established(Instant now) {
  state_ = AssociationState::established;
  handshake_timer_.stop();
  is_handshake_due_ = false;
  cookie_ = Bytes();
  heartbeat_.start(now);
  if (peer_->extensions.padding) path_mtu_.start(now);
  events_.emplace_back(
      Established{.streams_out = std::min(peer_->description.streams_in, options_.streams_out_max),
                  .streams_in = std::min(peer_->description.streams_out, options_.streams_in_max)});
}

SendStatus Association::send(StreamId stream, Ppid ppid, Bytes message, SendOptions options,
                             Now now) {
  const bool may_send =
      !is_over_ &&
      (state_ == AssociationState::closed || state_ == AssociationState::cookie_wait ||
       state_ == AssociationState::cookie_echoed || state_ == AssociationState::established);
  if (!may_send) return SendStatus::not_open;
  if (message.empty()) return SendStatus::empty;
  if (message.size() > options_.message_send_max) return SendStatus::too_large;
  std::uint16_t streams = options_.streams_out_max;
  if (peer_) streams = std::min(streams, peer_->description.streams_in);
  if (stream >= streams || sender_.queue().is_resetting(stream)) {
    return SendStatus::stream_unavailable;
  }
  if (!sender_.has_room(message.size())) return SendStatus::buffer_full;
  ++stats_.messages_sent;
  sender_.push({.payload = std::move(message),
                .expires = options.lifetime ? now.monotonic + *options.lifetime : Instant::max(),
                .max_retransmits = options.max_retransmits,
                .stream = stream,
                .ppid = ppid,
                .ordered = options.ordered});
  return SendStatus::queued;
}

std::size_t Association::buffered_amount(StreamId stream) const {
  return sender_.queue().buffered_amount(stream);
}

void Association::set_buffered_amount_low_threshold(StreamId stream, std::size_t amount) {
  sender_.queue().set_low_threshold(stream, amount);
}

void Association::reset_streams(std::span<const StreamId> streams) {
  if (is_over_) return;
  std::vector<StreamId> fresh;
  for (const StreamId stream : streams) {
    if (sender_.queue().is_resetting(stream)) continue;
    sender_.queue().begin_reset(stream);
    fresh.push_back(stream);
  }
  early_resets_.insert(early_resets_.end(), fresh.begin(), fresh.end());
  advance_resets();
}

void Association::shutdown(Now now) {
  if (is_over_) return;
  switch (state_) {
    case AssociationState::closed:
    case AssociationState::cookie_wait:
    case AssociationState::cookie_echoed:
      end(CloseReason::shutdown, "The association was shut down before it was established.",
          FinalPacket::abort);
      return;
    case AssociationState::established:
      state_ = AssociationState::shutdown_pending;
      shutdown_ends_ = now.monotonic + options_.shutdown_timeout;
      advance_shutdown(now.monotonic);
      return;
    default:
      return;
  }
}

void Association::abort(std::string_view reason) {
  if (is_over_) return;
  end(CloseReason::aborted_here, reason, FinalPacket::abort);
}

void Association::end(CloseReason reason, std::string_view text, FinalPacket packet) {
  if (is_over_) return;
  is_over_ = true;
  state_ = AssociationState::closed;
  // Without a peer there is nobody to tell.
  final_packet_ = peer_ ? packet : FinalPacket::none;
  constexpr std::size_t text_max = 128;
  abort_text_ = text.substr(0, text_max);
  closed_ = Closed{reason, std::string(text)};
  closed_reason_ = reason;
  handshake_timer_.stop();
  shutdown_timer_.stop();
  shutdown_ends_ = Instant::max();
  heartbeat_.stop();
  path_mtu_.stop();
  init_reply_.reset();
  heartbeat_replies_.clear();
  // Keeps the counters and gives the messages up.
  final_counters_ = sender_.counters();
  sender_ = DataSender(options_.sending, tsn_base, options_.packet_max);
}

void Association::count_failure() {
  if (++failures_ <= options_.failures_max) return;
  end(CloseReason::peer_unreachable, "The peer has not answered for too long.", FinalPacket::abort);
}

void Association::count_data_timeout(Instant now) {
  ++data_timeouts_;
  // A closed window explains why data stays; else its size may be the reason.
  if (sender_.peer_window() != 0) {
    if (peer_->extensions.padding) path_mtu_.data_timed_out(data_timeouts_);
    if (path_mtu_.is_in_doubt()) heartbeat_.ask();
  }
  // Heartbeats may pass where data does not, so that timeouts of data are counted apart.
  if (data_timeouts_ > options_.failures_max) {
    const bool is_path = path_mtu_.has_shrunk() && sender_.oversized_packet(now) != 0;
    end(is_path ? CloseReason::path_too_small : CloseReason::peer_unreachable,
        is_path ? "Data sent before the path shrank does not get through it any more."
                : "The peer has not acknowledged data for too long.",
        FinalPacket::abort);
    return;
  }
  count_failure();
}

void Association::handshake_timed_out(Instant now) {
  if (!handshake_timer_.expire(now)) return;
  is_handshake_due_ = true;
  if (handshake_timer_.tries() > options_.handshake_attempts_max) {
    end(CloseReason::handshake_timeout, "The peer has not answered the SCTP handshake.",
        FinalPacket::abort);
  }
}

void Association::shutdown_timed_out(Instant now) {
  if (shutdown_timer_.expire(now)) {
    is_shutdown_due_ = true;
    count_failure();
  }
  if (now >= shutdown_ends_) {
    end(CloseReason::shutdown_timeout, "The peer has not completed the shutdown.",
        FinalPacket::abort);
  }
}

void Association::handle_timeout(Now now) {
  const Instant at = now.monotonic;
  handshake_timed_out(at);
  shutdown_timed_out(at);
  if (!is_open()) return;
  if (sender_.handle_timeout(at)) count_data_timeout(at);
  if (is_over_) return;
  peer_->receiver.handle_timeout(now);
  switch (heartbeat_.handle_timeout(at)) {
    case Heartbeat::Timeout::none:
      break;
    case Heartbeat::Timeout::quiet:
      // A moment of quiet: what a burst needed can go.
      sender_.release_memory();
      break;
    case Heartbeat::Timeout::unanswered:
      ++stats_.heartbeats_unanswered;
      if (sender_.outstanding_count() != 0) {
        // The timer of the data counts already.
        heartbeat_.start(at);
        break;
      }
      sender_.rtt().back_off();
      count_failure();
      break;
  }
  if (is_over_) return;
  if (path_mtu_.is_in_doubt()) heartbeat_.ask();
  if (path_mtu_.handle_timeout(at)) {
    ++stats_.path_shrinks;
    sender_.set_packet_max(path_mtu_.size());
  }
  if (peer_->reconfiguration.handle_timeout(at)) count_failure();
}

Instant Association::next_timeout() const {
  Instant next = std::min({handshake_timer_.at(), shutdown_timer_.at(), shutdown_ends_});
  if (!is_open()) return next;
  next =
      std::min({next, sender_.next_timeout(), heartbeat_.next_timeout(), path_mtu_.next_timeout(),
                peer_->receiver.next_timeout(), peer_->reconfiguration.next_timeout()});
  return next;
}

/// Goes on with what had to wait for data to be sent or acknowledged.
void Association::advance(Instant now) {
  if (!is_open()) return;
  advance_resets();
  advance_shutdown(now);
}

void Association::advance_resets() {
  if (!is_open()) return;
  if (!early_resets_.empty()) {
    const std::vector<StreamId> streams = std::exchange(early_resets_, {});
    if (peer_->extensions.reconfiguration) {
      peer_->reconfiguration.request(streams);
    } else {
      for (const StreamId stream : streams) sender_.queue().finish_reset(stream, false);
      events_.emplace_back(OutgoingResetDone{streams, false});
    }
  }
  peer_->reconfiguration.begin([this](StreamId stream) { return has_delivered(stream); },
                               static_cast<WireTsn>(sender_.next_tsn() - 1));
}

bool Association::has_delivered(StreamId stream) {
  if (sender_.queue().buffered_amount(stream) != 0) return false;
  // Everything sent before is its last message or earlier. Some peers drop what comes after the
  // request, and some what they have not read yet.
  const auto [after, is_new] = reset_after_.try_emplace(stream, sender_.next_tsn());
  return sender_.cumulative_tsn() + 1 >= after->second;
}

void Association::advance_shutdown(Instant now) {
  if (!sender_.is_drained()) return;
  // RFC 9260 section 9.2.
  if (state_ == AssociationState::shutdown_pending) {
    state_ = AssociationState::shutdown_sent;
  } else if (state_ == AssociationState::shutdown_received) {
    state_ = AssociationState::shutdown_ack_sent;
  } else {
    return;
  }
  heartbeat_.stop();
  path_mtu_.stop();
  is_shutdown_due_ = true;
  shutdown_timer_.start(now, sender_.rtt().rto(), options_.sending.rto.max);
}

/// Moves the messages that are ready to the events.
void Association::collect_messages() {
  while (auto message = peer_->receiver.pop()) {
    ++stats_.messages_received;
    untaken_bytes_ += cost_of(*message);
    events_.emplace_back(
        MessageReceived{message->stream, message->ppid, std::move(message->bytes)});
  }
}

/// Tells of a reset of the peer's streams, after the messages that came before it.
void Association::note_performed_reset() {
  auto streams = peer_->receiver.take_reset();
  if (!streams) return;
  collect_messages();
  peer_->reconfiguration.performed();
  events_.emplace_back(IncomingReset{std::move(*streams)});
}

std::vector<AssociationEvent> Association::take_events() {
  if (peer_) collect_messages();
  for (const StreamId stream : sender_.queue().take_low_streams()) {
    events_.emplace_back(BufferedAmountLow{stream});
  }
  if (closed_) events_.emplace_back(*std::exchange(closed_, std::nullopt));
  untaken_bytes_ = 0;
  return std::exchange(events_, {});
}

AssociationStats Association::stats() const {
  AssociationStats stats = stats_;
  stats.sending = is_over_ ? final_counters_ : sender_.counters();
  if (peer_) stats.receiving = peer_->receiver.counters();
  stats.packet_max = path_mtu_.size();
  stats.congestion_window = sender_.congestion().window();
  stats.bytes_in_flight = sender_.flight();
  stats.send_buffer_bytes = sender_.held_bytes();
  stats.receive_buffer_bytes = untaken_bytes_ + (peer_ ? peer_->receiver.buffered_bytes() : 0);
  stats.round_trip = sender_.rtt().smoothed();
  return stats;
}

}  // namespace pigeon::sctp
