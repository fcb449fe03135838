#include "hub/hub.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "hub/admission.hpp"
#include "hub/counters.hpp"
#include "hub/crowding.hpp"
#include "hub/drain.hpp"
#include "hub/http_api.hpp"
#include "hub/introducer.hpp"
#include "hub/liveness.hpp"
#include "hub/outbox.hpp"
#include "hub/peer_table.hpp"
#include "hub/rate_limiter.hpp"
#include "hub/roster.hpp"
#include "hub/switchboard.hpp"
#include "hub/view.hpp"
#include "wire/server_message.hpp"

namespace pigeon::hub {

struct Hub::Impl {
  Impl(HubOptions chosen, Random stream, Now now)
      : options(std::move(chosen)),
        random(std::move(stream)),
        started(now),
        hub_id(random.id<PeerId>()),
        peers(random),
        limiter(options.limits, random),
        out(counters),
        introducer(options.introductions, peers, networks, random.split(), now.monotonic),
        switchboard(options, peers, networks, introducer, limiter, counters),
        admission(options, peers, counters),
        liveness(options.liveness),
        drain(options.liveness) {}

  void on(const ConnectionOpened& opened, Now now);
  void on(const MessageReceived& message, Now now);
  void on(const PongReceived& pong, Now now);
  void on(const ConnectionClosed& closed, Now now);
  void on(const HttpRequest& request, Now now);
  void on(const DrainRequested& request, Now now);
  void on(const DriverReport& report, Now now);
  void on(const Timeout& timeout, Now now);

  void accept(Candidate candidate, Now now);
  void heard_from(Peer& peer, Now now);
  void remove(Peer& peer, std::uint16_t code, const std::string& reason, Now now);
  void replace_silent(const wire::SpelledId& id, Now now);
  View view(Now now) const {
    return {options, peers, networks, counters, hub_id, started, now, drain.has_begun()};
  }

  HubOptions options;
  Random random;
  Now started;
  PeerId hub_id;
  Counters counters;
  PeerTable peers;
  Networks networks;
  RateLimiter limiter;
  Outbox out;
  Introducer introducer;
  Switchboard switchboard;
  Admission admission;
  Crowding crowding;
  Liveness liveness;
  Drain drain;
};

void Hub::Impl::on(const ConnectionOpened& opened, Now now) {
  auto candidate = admission.opened(opened, now, out);
  if (drain.has_begun()) drain.add(opened.connection, now.monotonic);
  if (candidate) accept(*std::move(candidate), now);
}

void Hub::Impl::accept(Candidate candidate, Now now) {
  const std::vector<std::string> held = std::move(candidate.held);
  Peer& peer = peers.insert(std::make_unique<Peer>(
      candidate.connection, candidate.id, std::move(candidate.address),
      bucket_for(options.limits.announces_per_peer), bucket_for(options.limits.messages_per_peer),
      bucket_for(options.limits.bytes_per_peer)));
  peer.connected_wall_ms = now.wall_ms;
  ++counters.connections_opened;
  peer.remote_address = std::move(candidate.remote_address);
  liveness.watch(peer, now.monotonic);
  const std::string id = peer.id.to_text();
  out.send(peer, MessageKind::connected,
           encode(wire::Connected{.peer_id = id, .timestamp = now.wall_ms}), now);
  out.emit(HubPeerConnected{id, peers.size()});
  for (const std::string& text : held) {
    if (peer.closing) return;
    switchboard.receive(peer, text, now, out);
  }
}

void Hub::Impl::heard_from(Peer& peer, Now now) {
  peer.heard_at = now.monotonic;
  if (!peer.contested) return;
  admission.owner_answered(peer, out);
  peer.contested = false;
}

void Hub::Impl::on(const MessageReceived& message, Now now) {
  Peer* peer = peers.find(message.connection);
  if (peer == nullptr) {
    admission.hold(message.connection, message.text);
    return;
  }
  if (peer->closing) return;
  heard_from(*peer, now);
  switchboard.receive(*peer, message.text, now, out);
}

void Hub::Impl::on(const PongReceived& pong, Now now) {
  Peer* peer = peers.find(pong.connection);
  if (peer != nullptr && !peer->closing) heard_from(*peer, now);
}

void Hub::Impl::on(const ConnectionClosed& closed, Now now) {
  admission.withdraw(closed.connection);
  if (Peer* peer = peers.find(closed.connection)) remove(*peer, closed.code, closed.reason, now);
}

void Hub::Impl::remove(Peer& peer, std::uint16_t code, const std::string& reason, Now now) {
  const wire::SpelledId id = peer.id;
  switchboard.depart(peer, false, now, out);
  peers.erase(peer);
  out.emit(HubPeerDisconnected{id.to_text(), code, reason, peers.size()});
  if (auto newcomer = admission.owner_left(id)) accept(*std::move(newcomer), now);
}

void Hub::Impl::replace_silent(const wire::SpelledId& id, Now now) {
  Peer* owner = peers.find(id);
  if (owner == nullptr) return;
  const std::string reason = "Replaced by a new connection";
  out.close(*owner, 1008, reason);
  remove(*owner, 1008, reason, now);
}

void Hub::Impl::on(const HttpRequest& request, Now now) {
  ++counters.requests;
  if (limiter.take_request(request.address, now.monotonic)) {
    out.add(answer(request, view(now), random));
  } else {
    counters.refused(Refusal::request_rate);
    out.add(too_many_requests(request, view(now)));
  }
}

void Hub::Impl::on(const DrainRequested& /*request*/, Now now) {
  std::vector<ConnectionId> connections = admission.waiting();
  for (const Peer* peer : peers.sorted()) connections.push_back(peer->connection);
  drain.begin(std::move(connections), random, now.monotonic);
  drain.handle_timeout(peers, admission, now.monotonic, out);
}

void Hub::Impl::on(const DriverReport& report, Now now) {
  counters.buffered_bytes = report.buffered_bytes;
  counters.resident_bytes = report.resident_bytes;
  for (const auto& [reason, times] : report.refused) counters.driver_refusals[reason] += times;
  crowding.report(counters, now.monotonic, out);
}

void Hub::Impl::on(const Timeout& /*timeout*/, Now now) {
  while (const auto id = admission.next_silent_owner(now.monotonic)) replace_silent(*id, now);
  liveness.handle_timeout(peers, now.monotonic, out);
  introducer.handle_timeout(now, out);
  drain.handle_timeout(peers, admission, now.monotonic, out);
}

Hub::Hub(HubOptions options, Random random, Now now)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(random), now)) {}
Hub::Hub(Hub&&) noexcept = default;
Hub& Hub::operator=(Hub&&) noexcept = default;
Hub::~Hub() = default;

void Hub::handle(const Input& input, Now now) {
  std::visit([&](const auto& typed) { impl_->on(typed, now); }, input);
}

std::vector<Output> Hub::take_outputs() { return impl_->out.take(); }

Instant Hub::next_timeout() const {
  return std::min({impl_->admission.next_timeout(), impl_->liveness.next_timeout(),
                   impl_->introducer.next_timeout(), impl_->drain.next_timeout()});
}

HubStats Hub::stats(Now now) const {
  HubStats stats;
  stats.running = !impl_->drain.has_begun();
  stats.connections = impl_->peers.size();
  stats.peers = impl_->networks.member_count();
  stats.networks = impl_->networks.size();
  stats.connections_max = impl_->options.limits.connections_max;
  stats.uptime = std::chrono::duration_cast<std::chrono::milliseconds>(impl_->view(now).uptime());
  for (const std::uint64_t count : impl_->counters.in) stats.messages_in += count;
  for (const std::uint64_t count : impl_->counters.out) stats.messages_out += count;
  stats.host = impl_->options.listen.host;
  stats.port = impl_->options.listen.port;
  return stats;
}

std::vector<HubPeer> Hub::peers() const {
  std::vector<HubPeer> list;
  for (const Peer* peer : impl_->peers.sorted()) {
    list.push_back(
        {.peer_id = peer->id.to_text(),
         .network = peer->network != nullptr ? peer->network->name : std::string(),
         .remote_address = peer->remote_address.empty() ? peer->address : peer->remote_address,
         .announced = peer->network != nullptr,
         .connected_at_ms = peer->connected_wall_ms,
         .announced_at_ms = peer->announced_wall_ms});
  }
  return list;
}

}  // namespace pigeon::hub
