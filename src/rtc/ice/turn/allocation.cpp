#include "rtc/ice/turn/allocation.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "rtc/ice/turn/channel_data.hpp"
#include "rtc/ice/turn/requests.hpp"

namespace pigeon::ice {

namespace {

using Kind = TurnRequest::Kind;

/// What is made of a granted lifetime: a server that says 0 must not be asked all the time, one
/// that says years must not be believed (RFC 8656 section 7.2 suggests an hour at most).
constexpr Duration lifetime_min = 20s;
constexpr Duration lifetime_max = 1h;
/// RFC 8656 section 3.2, for an answer without LIFETIME.
constexpr std::uint32_t lifetime_default_seconds = 600;
/// RFC 8656 section 8: a minute before the end.
constexpr Duration refresh_margin = 1min;
constexpr Duration refresh_retry_interval = 10s;

std::uint16_t random_channel(Random& random) {
  constexpr std::uint64_t count = channel_number_max - channel_number_min + 1;
  return static_cast<std::uint16_t>(channel_number_min + random.below(count));
}

bool is_usable(const SocketAddress& address) {
  return address.port != 0 && !address.ip.is_unspecified() && !address.ip.is_multicast();
}

bool lacks_understanding(const StunMessage& answer) {
  std::array<StunAttribute, 1> unknown{};
  return answer.unknown_required(unknown) != 0;
}

/// The refresh was refused for a reason that another try does not change.
bool is_final(TurnError error) {
  return error == TurnError::allocation_mismatch || error == TurnError::bad_credentials ||
         error == TurnError::forbidden;
}

}  // namespace

TurnAllocation::TurnAllocation(TurnServer server, const SocketAddress& local_base, Random random)
    : server_(std::move(server)),
      path_{local_base, server_.address},
      random_(std::move(random)),
      credentials_(server_.username, server_.password),
      transactions_(server_.transport),
      peers_(random_channel(random_)) {}

void TurnAllocation::start(Now now) {
  if (state_ != TurnState::idle) return;
  state_ = TurnState::allocating;
  if (server_.username.size() > turn_username_size_max) {
    fail(TurnError::bad_credentials);
    return;
  }
  ask({.kind = Kind::allocate}, now);
}

std::optional<RelayedDatagram> TurnAllocation::receive(BytesView datagram, Now now) {
  return receive_message(datagram, now);
}

std::optional<RelayedDatagram> TurnAllocation::receive_stream(BytesView& input, Now now) {
  while (const auto message = stream_.next(input)) {
    if (const auto datagram = receive_message(*message, now)) return datagram;
  }
  if (stream_.broken() && state_ != TurnState::ended) {
    ++counters_.malformed;
    fail(TurnError::broken_stream);
  }
  return std::nullopt;
}

void TurnAllocation::disconnect() {
  if (state_ != TurnState::ended) fail(TurnError::disconnected);
}

std::optional<RelayedDatagram> TurnAllocation::receive_message(BytesView message, Now now) {
  if (state_ == TurnState::idle || state_ == TurnState::ended) {
    ++counters_.unexpected;
    return std::nullopt;
  }
  if (!message.empty() && classify(message[0]) == TurnFrame::channel_data) {
    return receive_channel_data(message);
  }
  const auto stun = decode_stun(message);
  if (!stun) {
    ++counters_.malformed;
    return std::nullopt;
  }
  switch (stun->message_class()) {
    case StunClass::request:
      ++counters_.unexpected;
      return std::nullopt;
    case StunClass::indication:
      return receive_indication(*stun);
    case StunClass::success:
    case StunClass::error:
      receive_answer(*stun, now);
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<RelayedDatagram> TurnAllocation::receive_channel_data(BytesView message) {
  const auto data = decode_channel_data(message);
  if (!data) {
    ++counters_.malformed;
    return std::nullopt;
  }
  const auto peer = peers_.peer_of(data->channel);
  if (state_ != TurnState::ready || !peer) {
    ++counters_.unpermitted;
    return std::nullopt;
  }
  return RelayedDatagram{*peer, data->payload};
}

std::optional<RelayedDatagram> TurnAllocation::receive_indication(const StunMessage& message) {
  const auto datagram = read_data_indication(message);
  if (!datagram) {
    ++counters_.unexpected;
    return std::nullopt;
  }
  if (state_ != TurnState::ready || !peers_.is_wanted(datagram->peer.ip)) {
    ++counters_.unpermitted;
    return std::nullopt;
  }
  return datagram;
}

void TurnAllocation::receive_answer(const StunMessage& message, Now now) {
  const TurnTransaction* const pending = transactions_.find(message.transaction());
  if (pending == nullptr || message.method() != method_of(pending->request.kind)) {
    ++counters_.unexpected;
    return;
  }
  std::uint16_t code = 0;
  if (message.message_class() == StunClass::error) {
    const auto error = message.error_code();
    if (!error) {
      ++counters_.malformed;
      return;
    }
    code = error->code;
    if (repeat(message, *pending, code, now)) return;
  }
  // RFC 8489 section 9.2.5. A challenge alone may come without: its sender may know no key.
  const bool challenge = code == stun_error::unauthenticated || code == stun_error::stale_nonce;
  if (pending->authenticated && !challenge && !message.integrity_matches(credentials_.key())) {
    ++counters_.bad_integrity;
    transactions_.note_violation(message.transaction(), now);
    expire_requests(now);
    return;
  }
  const TurnTransaction done = transactions_.take(message.transaction());
  if (code != 0) {
    give_up(done.request, error_of(code), code, now);
  } else if (lacks_understanding(message)) {
    give_up(done.request, TurnError::malformed_answer, 0, now);
  } else {
    complete(done.request, message, now);
  }
}

bool TurnAllocation::repeat(const StunMessage& message, const TurnTransaction& transaction,
                            std::uint16_t code, Now now) {
  if (code != stun_error::unauthenticated && code != stun_error::stale_nonce) return false;
  const bool abandoned =
      state_ == TurnState::releasing && transaction.request.kind == Kind::allocate;
  if (abandoned || transaction.request.repeated) return false;
  if (transaction.authenticated) {
    // To credentials that have never worked a 401 is the last word (RFC 8489 section 9.2.5).
    if (code == stun_error::unauthenticated && !addresses_) return false;
    ++counters_.stale_nonces;
  }
  const auto realm = message.text(StunAttribute::realm).value_or(credentials_.realm());
  const auto nonce = message.text(StunAttribute::nonce);
  if (!nonce || !credentials_.challenge(realm, *nonce)) return false;
  TurnTransaction refused = transactions_.take(message.transaction());
  refused.request.repeated = refused.authenticated;
  ask(std::move(refused.request), now);
  return true;
}

void TurnAllocation::complete(const TurnRequest& request, const StunMessage& answer, Now now) {
  switch (request.kind) {
    case Kind::allocate:
      complete_allocate(answer, now);
      break;
    case Kind::refresh:
      prolong(answer, now);
      break;
    case Kind::release:
      end(TurnReleased{});
      break;
    case Kind::permissions:
      for (const SocketAddress& peer : peers_.grant(request.peers, now)) {
        events_.emplace_back(TurnPeerPermitted{peer});
      }
      break;
    case Kind::channel:
      peers_.grant_channel(request.channel, now);
      for (const SocketAddress& peer : peers_.grant({&request.channel.peer, 1}, now)) {
        events_.emplace_back(TurnPeerPermitted{peer});
      }
      break;
  }
}

void TurnAllocation::complete_allocate(const StunMessage& answer, Now now) {
  if (state_ == TurnState::releasing) {
    ask({.kind = Kind::release}, now);
    return;
  }
  const auto relayed = answer.xor_address(StunAttribute::xor_relayed_address);
  const auto mapped = answer.xor_address(StunAttribute::xor_mapped_address);
  if (!relayed || !is_usable(*relayed) || relayed->ip.is_v4() == server_.relay_v6 || !mapped ||
      !is_usable(*mapped)) {
    fail(TurnError::malformed_answer);
    return;
  }
  addresses_ = TurnReady{*relayed, *mapped};
  state_ = TurnState::ready;
  events_.emplace_back(*addresses_);
  prolong(answer, now);
}

void TurnAllocation::prolong(const StunMessage& answer, Now now) {
  const std::chrono::seconds granted(
      answer.u32(StunAttribute::lifetime).value_or(lifetime_default_seconds));
  const Duration lifetime = std::clamp<Duration>(granted, lifetime_min, lifetime_max);
  expires_at_ = now.monotonic + lifetime;
  refresh_at_ = expires_at_ - std::min(refresh_margin, lifetime / 2);
}

void TurnAllocation::give_up(const TurnRequest& request, TurnError error, std::uint16_t code,
                             Now now) {
  switch (request.kind) {
    case Kind::allocate:
    case Kind::release:
      fail(error, code);
      break;
    case Kind::refresh:
      give_up_refresh(error, code, now);
      break;
    case Kind::permissions:
      refuse_peers(request, error, code, now);
      break;
    case Kind::channel:
      peers_.refuse_channel(request.channel);
      if (error == TurnError::allocation_mismatch) fail(error, code);
      break;
  }
}

// The allocation lives on until the time that was granted last is over.
void TurnAllocation::give_up_refresh(TurnError error, std::uint16_t code, Now now) {
  if (is_final(error)) {
    fail(error, code);
    return;
  }
  refresh_at_ = now.monotonic + refresh_retry_interval;
}

void TurnAllocation::refuse_peers(const TurnRequest& request, TurnError error, std::uint16_t code,
                                  Now now) {
  if (error == TurnError::allocation_mismatch) {
    fail(error, code);
    return;
  }
  // A silent server is not silent because of one of the peers.
  const bool answered = code != 0;
  const std::span<const SocketAddress> peers(request.peers);
  const std::size_t step = answered ? peers.size() : 1;
  for (std::size_t i = 0; i < peers.size(); i += step) {
    if (!peers_.refuse(peers.subspan(i, step), now)) continue;
    events_.emplace_back(TurnPeerRefused{peers[i], error, code});
  }
}

void TurnAllocation::ask(TurnRequest request, Now now) {
  TurnTransaction transaction;
  random_.fill(transaction.id);
  transaction.message = encode_request(request, server_, credentials_, transaction.id);
  transaction.authenticated = credentials_.active();
  transaction.request = std::move(request);
  transactions_.add(std::move(transaction), now);
  ++counters_.requests;
}

void TurnAllocation::ask_for_peers(Now now) {
  if (state_ != TurnState::ready) return;
  while (has_room_for_peers()) {
    std::vector<SocketAddress> peers = peers_.take_due_permissions(now);
    if (peers.empty()) break;
    ask({.kind = Kind::permissions, .peers = std::move(peers)}, now);
  }
  while (has_room_for_peers()) {
    const auto binding = peers_.take_due_channel(now);
    if (!binding) break;
    ask({.kind = Kind::channel, .channel = *binding}, now);
  }
}

// One place is for the allocation's own refresh.
bool TurnAllocation::has_room_for_peers() const {
  return transactions_.size() + 1 < turn_transaction_count_max;
}

void TurnAllocation::handle_timeout(Now now) {
  counters_.retransmissions += transactions_.handle_timeout(now);
  expire_requests(now);
  if (state_ != TurnState::ready) return;
  if (now.monotonic >= expires_at_) {
    fail(TurnError::expired);
    return;
  }
  if (now.monotonic >= refresh_at_) {
    refresh_at_ = Instant::max();
    ask({.kind = Kind::refresh}, now);
  }
  ask_for_peers(now);
}

void TurnAllocation::expire_requests(Now now) {
  while (const auto expired = transactions_.take_expired(now)) {
    const TurnError error =
        expired->integrity_violated ? TurnError::integrity_violated : TurnError::no_answer;
    give_up(expired->request, error, 0, now);
  }
}

Instant TurnAllocation::next_timeout() const {
  const Instant next = transactions_.next_timeout();
  if (state_ != TurnState::ready) return next;
  const Instant peers = has_room_for_peers() ? peers_.next_timeout() : Instant::max();
  return std::min({next, refresh_at_, expires_at_, peers});
}

bool TurnAllocation::permit(const SocketAddress& peer, Now now) {
  if (state_ == TurnState::releasing || state_ == TurnState::ended) return false;
  return peer.ip.is_v4() != server_.relay_v6 && peers_.permit(peer, now);
}

bool TurnAllocation::is_permitted(const SocketAddress& peer) const {
  return state_ == TurnState::ready && peers_.has_permission(peer.ip);
}

bool TurnAllocation::bind_channel(const SocketAddress& peer, Now now) {
  return permit(peer, now) && peers_.bind_channel(peer, now);
}

std::size_t TurnAllocation::wrap(const SocketAddress& peer, BytesView payload,
                                 MutableBytesView out) {
  if (state_ != TurnState::ready) return 0;
  if (const auto channel = peers_.bound_channel(peer)) {
    return encode_channel_data(*channel, payload, server_.transport, out);
  }
  if (!peers_.has_permission(peer.ip)) return 0;
  TransactionId id{};
  random_.fill(id);
  return encode_send_indication(peer, payload, id, out);
}

void TurnAllocation::release(Now now) {
  switch (state_) {
    case TurnState::idle:
      end(TurnReleased{});
      break;
    case TurnState::allocating:
      // The server's answer shows whether there is something to give back.
      state_ = TurnState::releasing;
      break;
    case TurnState::ready:
      state_ = TurnState::releasing;
      transactions_.clear();
      ask({.kind = Kind::release}, now);
      break;
    case TurnState::releasing:
    case TurnState::ended:
      break;
  }
}

void TurnAllocation::transmit(DatagramBatch& out, Now now) {
  ask_for_peers(now);
  transactions_.transmit(path_, out);
}

// To one who wants it released, an allocation that does not exist is no failure.
void TurnAllocation::fail(TurnError error, std::uint16_t code) {
  end(state_ == TurnState::releasing ? TurnEvent(TurnReleased{}) : TurnFailed{error, code});
}

void TurnAllocation::end(TurnEvent last_event) {
  state_ = TurnState::ended;
  transactions_.clear();
  events_.emplace_back(std::move(last_event));
}

}  // namespace pigeon::ice
