#include "rtc/ice/relays.hpp"

#include <algorithm>

#include "rtc/ice/gatherer.hpp"

namespace pigeon::ice {

Relays::Relays(const AgentOptions& options, Random random) : random_(random) {
  const std::size_t count = std::min(options.turn_servers.size(), options.servers_max);
  relays_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) relays_.push_back({.server = options.turn_servers[i]});
}

void Relays::add_base(const SocketAddress& base, Now now, std::vector<Event>& events) {
  for (Relay& relay : relays_) {
    if (relay.allocation || relay.stream != 0) continue;
    if (relay.server.transport == TurnTransport::tcp) {
      relay.stream = ++last_stream_;
      events.emplace_back(OpenStream{relay.stream, relay.server.address});
      continue;
    }
    const AddressPair path{base, relay.server.address};
    const bool reachable = base.ip.is_v4() == path.remote.ip.is_v4() &&
                           base.ip.is_loopback() == path.remote.ip.is_loopback();
    // Two allocations on one path could not be told apart (RFC 8656 section 5).
    if (reachable && !serves(path)) allocate(relay, base, now);
  }
}

void Relays::allocate(Relay& relay, const SocketAddress& base, Now now) {
  relay.allocation.emplace(relay.server, base, random_.split());
  relay.allocation->start(now);
}

void Relays::remove_base(const SocketAddress& base) {
  for (Relay& relay : relays_) {
    if (relay.stream == 0 && relay.allocation && relay.allocation->local_base() == base) {
      drop(relay);
    }
  }
}

void Relays::drop(Relay& relay) {
  if (relay.relayed) changes_.emplace_back(RelayGone{*relay.relayed});
  if (relay.stream != 0) to_close_.push_back(relay.stream);
  relay.relayed.reset();
  relay.allocation.reset();
  relay.stream = 0;
}

bool Relays::serves(const AddressPair& path) const {
  return std::any_of(relays_.begin(), relays_.end(), [&](const Relay& relay) {
    return relay.stream == 0 && relay.allocation && relay.server.address == path.remote &&
           relay.allocation->local_base() == path.local;
  });
}

std::optional<Relays::Relayed> Relays::receive(const AddressPair& path, BytesView datagram,
                                               Now now) {
  for (Relay& relay : relays_) {
    if (relay.stream != 0 || !relay.allocation || relay.server.address != path.remote ||
        relay.allocation->local_base() != path.local) {
      continue;
    }
    const auto received = relay.allocation->receive(datagram, now);
    if (!received || !relay.relayed) return std::nullopt;
    return Relayed{{*relay.relayed, received->peer}, received->payload};
  }
  return std::nullopt;
}

Relays::Relay* Relays::find_stream(StreamId id) {
  const auto found = std::find_if(relays_.begin(), relays_.end(),
                                  [&](const Relay& relay) { return relay.stream == id; });
  return id == 0 || found == relays_.end() ? nullptr : &*found;
}

Relays::Relay* Relays::find_relayed(const SocketAddress& relayed) {
  const auto found = std::find_if(relays_.begin(), relays_.end(),
                                  [&](const Relay& relay) { return relay.relayed == relayed; });
  return found == relays_.end() ? nullptr : &*found;
}

void Relays::stream_opened(StreamId id, const SocketAddress& local, Now now) {
  Relay* relay = find_stream(id);
  if (relay != nullptr && !relay->allocation) allocate(*relay, local, now);
}

std::optional<Relays::Relayed> Relays::receive_stream(StreamId id, BytesView& bytes, Now now) {
  Relay* relay = find_stream(id);
  if (relay == nullptr || !relay->allocation) {
    bytes = {};
    return std::nullopt;
  }
  const auto received = relay->allocation->receive_stream(bytes, now);
  if (!received) {
    bytes = {};
    return std::nullopt;
  }
  if (!relay->relayed) return std::nullopt;
  return Relayed{{*relay->relayed, received->peer}, received->payload};
}

void Relays::stream_closed(StreamId id) {
  Relay* relay = find_stream(id);
  if (relay == nullptr) return;
  drop(*relay);
  // It is closed already.
  std::erase(to_close_, id);
}

void Relays::permit(const AddressPair& path, Now now) {
  Relay* relay = find_relayed(path.local);
  if (relay != nullptr) relay->allocation->permit(path.remote, now);
}

void Relays::bind_channel(const AddressPair& path, Now now) {
  Relay* relay = find_relayed(path.local);
  if (relay != nullptr) relay->allocation->bind_channel(path.remote, now);
}

bool Relays::is_relayed(const AddressPair& path) const {
  return std::any_of(relays_.begin(), relays_.end(),
                     [&](const Relay& relay) { return relay.relayed == path.local; });
}

void Relays::send(const AddressPair& path, BytesView payload, DatagramBatch& out,
                  std::vector<Event>& events) {
  Relay* relay = find_relayed(path.local);
  if (relay == nullptr) return;
  const std::size_t size_max = payload.size() + turn_overhead_max;
  if (relay->stream != 0) {
    Bytes bytes(size_max);
    bytes.resize(relay->allocation->wrap(path.remote, payload, bytes));
    if (!bytes.empty()) events.emplace_back(SendStream{relay->stream, std::move(bytes)});
    return;
  }
  const std::size_t size = relay->allocation->wrap(path.remote, payload, out.reserve(size_max));
  out.commit({relay->allocation->local_base(), relay->server.address}, size);
}

void Relays::handle_timeout(Now now) {
  for (Relay& relay : relays_) {
    if (relay.allocation) relay.allocation->handle_timeout(now);
  }
}

Instant Relays::next_timeout() const {
  Instant next = Instant::max();
  for (const Relay& relay : relays_) {
    if (relay.allocation) next = std::min(next, relay.allocation->next_timeout());
  }
  return next;
}

void Relays::transmit(DatagramBatch& out, std::vector<Event>& events, Now now) {
  for (Relay& relay : relays_) {
    if (!relay.allocation) continue;
    if (relay.stream == 0) {
      relay.allocation->transmit(out, now);
      continue;
    }
    DatagramBatch stream;
    relay.allocation->transmit(stream, now);
    for (const DatagramBatch::Datagram& message : stream.datagrams()) {
      const BytesView bytes = stream.payload(message);
      events.emplace_back(SendStream{relay.stream, {bytes.begin(), bytes.end()}});
    }
  }
  for (const StreamId id : std::exchange(to_close_, {})) events.emplace_back(CloseStream{id});
}

std::vector<RelayChange> Relays::take_changes() {
  for (Relay& relay : relays_) {
    if (relay.allocation) collect(relay);
  }
  return std::exchange(changes_, {});
}

void Relays::collect(Relay& relay) {
  for (const TurnEvent& event : relay.allocation->take_events()) {
    if (const auto* addresses = std::get_if<TurnReady>(&event)) {
      relay.relayed = addresses->relayed;
      changes_.emplace_back(ready(relay, *addresses));
    } else if (const auto* permitted = std::get_if<TurnPeerPermitted>(&event)) {
      if (relay.relayed) {
        changes_.emplace_back(RelayPermits{{*relay.relayed, permitted->peer}});
      }
    }
  }
  if (relay.allocation->state() != TurnState::ended) return;
  if (relay.relayed) changes_.emplace_back(RelayGone{*relay.relayed});
  relay.relayed.reset();
  if (relay.stream != 0) to_close_.push_back(std::exchange(relay.stream, 0));
}

RelayReady Relays::ready(const Relay& relay, const TurnReady& addresses) const {
  // What takes a detour over TCP comes last; among equals the order of the servers counts.
  constexpr std::uint16_t over_udp = 0xffff;
  constexpr std::uint16_t over_tcp = 0x7fff;
  const bool is_tcp = relay.server.transport == TurnTransport::tcp;
  const auto index = static_cast<std::uint16_t>(&relay - relays_.data());
  const auto preference = static_cast<std::uint16_t>((is_tcp ? over_tcp : over_udp) - index);
  const IpAddress& base = relay.allocation->local_base().ip;
  RelayReady result;
  using enum CandidateType;
  result.relayed = {.foundation = make_foundation(relayed, base, relay.server.address.ip),
                    .priority = candidate_priority(relayed, preference),
                    .address = addresses.relayed,
                    .type = relayed,
                    .related = addresses.mapped};
  if (is_tcp) return result;
  result.reflexive = {
      .foundation = make_foundation(server_reflexive, base, relay.server.address.ip),
      .priority = candidate_priority(server_reflexive, preference),
      .address = addresses.mapped,
      .type = server_reflexive,
      .related = relay.allocation->local_base()};
  return result;
}

bool Relays::pending() const {
  return std::any_of(relays_.begin(), relays_.end(), [](const Relay& relay) {
    if (!relay.allocation) return relay.stream != 0;
    return relay.allocation->state() == TurnState::allocating;
  });
}

void Relays::release(Now now) {
  for (Relay& relay : relays_) {
    if (relay.allocation) relay.allocation->release(now);
  }
}

}  // namespace pigeon::ice
