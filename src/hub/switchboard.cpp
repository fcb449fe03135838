#include "hub/switchboard.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <variant>

#include "hub/accounts.hpp"
#include "wire/server_message.hpp"

namespace pigeon::hub {

namespace {

/// `data.reason` with which upstream's peers refuse an offer that had the wrong direction. The pair
/// connects by the offer that crosses it; delivered, the refusal tears that one down as well.
constexpr std::string_view role_conflict = "initiator_role_conflict";

/// Refusals in a row that are answered: the first, and then one in so many.
constexpr std::uint32_t refusal_answer_interval = 64;

MessageKind kind_of(const wire::ClientMessage& message) {
  struct Visitor {
    MessageKind operator()(const wire::Announce&) const { return MessageKind::announce; }
    MessageKind operator()(const wire::Signal& signal) const {
      return static_cast<MessageKind>(signal.type);
    }
    MessageKind operator()(const wire::Goodbye&) const { return MessageKind::goodbye; }
    MessageKind operator()(const wire::Cleanup&) const { return MessageKind::cleanup; }
    MessageKind operator()(const wire::Ping&) const { return MessageKind::ping; }
    MessageKind operator()(const wire::ServerOnly&) const { return MessageKind::other; }
    MessageKind operator()(const wire::Unroutable&) const { return MessageKind::other; }
  };
  return std::visit(Visitor{}, message);
}

}  // namespace

Switchboard::Switchboard(const HubOptions& options, const PeerTable& peers, Networks& networks,
                         Introducer& introducer, RateLimiter& limiter, Counters& counters)
    : options_(options),
      peers_(peers),
      networks_(networks),
      introducer_(introducer),
      limiter_(limiter),
      counters_(counters) {}

void Switchboard::receive(Peer& from, std::string_view text, Now now, Outbox& out) {
  if (!admit(from, text.size(), now, out)) return;
  const auto message = wire::decode_client_message(text, reader_);
  if (!message) {
    counters_.received(MessageKind::other, now.monotonic);
    refuse(from, Refusal::malformed_message, "Invalid message format", {}, now, out);
    return;
  }
  counters_.received(kind_of(*message), now.monotonic);
  const std::uint32_t refusals_before = from.refusals;
  std::visit([&](const auto& typed) { on_message(from, typed, now, out); }, *message);
  if (from.refusals == refusals_before) from.refusals = 0;
}

bool Switchboard::admit(Peer& from, std::size_t bytes, Now now, Outbox& out) {
  const RateLimit& messages = options_.limits.messages_per_peer;
  const RateLimit& volume = options_.limits.bytes_per_peer;
  const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(bytes, volume.burst));
  const Instant at = now.monotonic;
  // What one of the rates refuses takes no token of the others.
  Refusal refusal = Refusal::message_rate;
  Duration wait = wait_for_token(from.messages, messages, at);
  if (wait == Duration::zero()) {
    wait = wait_for_token(from.bytes, volume, at, size);
    if (wait != Duration::zero()) refusal = Refusal::byte_rate;
  }
  if (wait == Duration::zero()) wait = limiter_.take_message(from.address, at);
  if (wait == Duration::zero()) {
    return take_token(from.messages, messages, at) && take_token(from.bytes, volume, at, size);
  }
  counters_.received(MessageKind::other, at);
  refuse_for_now(from, refusal, {}, wait, now, out);
  return false;
}

bool Switchboard::count_refusal(Peer& from, Refusal refusal, Outbox& out) {
  counters_.refused(refusal);
  if (++from.refusals <= options_.limits.refusals_max) return true;
  out.close(from, 1008, "Too many refused messages");
  return false;
}

void Switchboard::refuse(Peer& from, Refusal refusal, std::string_view error, std::string_view type,
                         Now now, Outbox& out) {
  if (!count_refusal(from, refusal, out)) return;
  const wire::ErrorReply reply{.error = error, .original_type = type, .timestamp = now.wall_ms};
  out.send(from, MessageKind::error, encode(reply), now);
}

void Switchboard::refuse_for_now(Peer& from, Refusal refusal, std::string_view type, Duration wait,
                                 Now now, Outbox& out) {
  if (!count_refusal(from, refusal, out)) return;
  if (from.refusals % refusal_answer_interval != 1) return;
  const auto wait_ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  const wire::ErrorReply reply{.error = "Rate limit exceeded",
                               .original_type = type,
                               .retry_after_ms = wait_ms,
                               .timestamp = now.wall_ms};
  out.send(from, MessageKind::error, encode(reply), now);
}

void Switchboard::on_message(Peer& from, const wire::Announce& announce, Now now, Outbox& out) {
  if (!take_token(from.announces, options_.limits.announces_per_peer, now.monotonic)) {
    refuse_for_now(from, Refusal::announce_rate, "announce",
                   from.announces.retry_after(now.monotonic), now, out);
    return;
  }
  if (announce.members.size() > options_.limits.announce_bytes_max) {
    refuse(from, Refusal::announce_too_large, "Announced data is too large", "announce", now, out);
    return;
  }
  Network& network = networks_.at(announce.network);
  if (from.network != nullptr && from.network != &network) depart(from, true, now, out);
  from.members = announce.members;
  from.members.shrink_to_fit();
  from.announced_wall_ms = now.wall_ms;
  set_slots(from, std::min<std::size_t>(announce.max_peers.value_or(static_cast<std::uint32_t>(
                                            options_.introductions.default_slots)),
                                        options_.introductions.slots_max));
  introducer_.announce(from, network, now, out);
  out.emit(HubPeerAnnounced{from.id.to_text(), network.name});
}

void Switchboard::on_message(Peer& from, const wire::Signal& signal, Now now, Outbox& out) {
  if (signal.target.empty()) return;  // Upstream ignores it silently, too.
  const auto target = wire::SpelledId::parse(signal.target);
  Peer* to = target ? peers_.find(*target) : nullptr;
  if (to == nullptr || to->network == nullptr || to->closing) {
    refuse(from, Refusal::unknown_target, wire::unknown_target_error(signal.target),
           to_text(signal.type), now, out);
    return;
  }
  // The message, its target and, once it has announced itself, its sender agree on the namespace.
  const bool is_member = from.network == nullptr || from.network == to->network;
  if (!is_member || signal.network != to->network->name) {
    refuse(from, Refusal::foreign_namespace, wire::unknown_target_error(signal.target),
           to_text(signal.type), now, out);
    return;
  }
  if (signal.type == wire::SignalType::connection_rejected && signal.reason == role_conflict) {
    counters_.refused(Refusal::withheld_rejection);
    return;
  }
  if (signal.type == wire::SignalType::offer && Introducer::crosses_offer(from, *to)) {
    counters_.refused(Refusal::withheld_offer);
    return;
  }
  deliver(from, *to, signal, now, out);
}

void Switchboard::deliver(Peer& from, Peer& to, const wire::Signal& signal, Now now, Outbox& out) {
  const std::string from_id = from.id.to_text();
  out.send(to, static_cast<MessageKind>(signal.type),
           encode(wire::RelayedSignal{.type = signal.type,
                                      .data = signal.data,
                                      .from = from_id,
                                      .to = signal.target,
                                      .network = signal.network,
                                      .timestamp = now.wall_ms}),
           now);
  if (from.network == nullptr || &from == &to) return;
  using enum wire::SignalType;
  if (signal.type == offer) introducer_.offer_relayed(from, to, now, out);
  if (signal.type == answer) introducer_.answer_relayed(from, to, now, out);
  if (signal.type == connection_rejected) introducer_.rejection_relayed(from, to, now);
}

void Switchboard::on_message(Peer& from, const wire::Goodbye& goodbye, Now now, Outbox& out) {
  if (from.network == nullptr) return;
  // It is copied to each listener; upstream's clients put an id, a time and a reason into it.
  std::string_view data = goodbye.data;
  if (data.size() > options_.limits.announce_bytes_max) {
    counters_.refused(Refusal::goodbye_too_large);
    data = "{}";
  }
  const std::string from_id = from.id.to_text();
  for (const Link& link : from.links) {
    if (!link.other->find_link(from)->told) continue;
    const std::string to_id = link.other->id.to_text();
    out.send(*link.other, MessageKind::goodbye,
             encode(wire::RelayedGoodbye{.data = data,
                                         .from = from_id,
                                         .to = to_id,
                                         .network = from.network->name,
                                         .timestamp = now.wall_ms}),
             now);
  }
  depart(from, true, now, out);
  out.emit(HubPeerGoodbye{from_id});
}

void Switchboard::on_message(Peer& /*from*/, const wire::Cleanup& /*cleanup*/, Now /*now*/,
                             Outbox& /*out*/) {}

void Switchboard::on_message(Peer& from, const wire::Ping& /*ping*/, Now now, Outbox& out) {
  const std::string from_id = from.id.to_text();
  out.send(from, MessageKind::pong, encode(wire::Pong{.to = from_id, .timestamp = now.wall_ms}),
           now);
}

void Switchboard::on_message(Peer& /*from*/, const wire::ServerOnly& /*message*/, Now /*now*/,
                             Outbox& /*out*/) {
  counters_.refused(Refusal::unroutable_type);
}

void Switchboard::on_message(Peer& from, const wire::Unroutable& message, Now now, Outbox& out) {
  refuse(from, Refusal::unroutable_type, wire::unroutable_type_error(message.type), {}, now, out);
}

void Switchboard::depart(Peer& peer, bool said_goodbye, Now now, Outbox& out) {
  if (peer.network == nullptr) return;
  Network* network = peer.network;
  introducer_.depart(peer, said_goodbye, now, out);
  networks_.drop_if_empty(network);
}

}  // namespace pigeon::hub
