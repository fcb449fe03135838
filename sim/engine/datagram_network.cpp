#include "sim/engine/datagram_network.hpp"

#include <algorithm>
#include <utility>

namespace pigeon::sim {

namespace {
constexpr std::uint32_t chances = 10'000;
}  // namespace

void DatagramNetwork::bind(const SocketAddress& address, Receiver receiver) {
  receivers_[address] = std::move(receiver);
}

void DatagramNetwork::put_behind(const IpAddress& inner, Nat& nat) {
  behind_[inner] = &nat;
  outer_[nat.outer()] = &nat;
}

void DatagramNetwork::cut_off(const IpAddress& address, bool is_cut_off) {
  cut_off_[address] = is_cut_off;
}

bool DatagramNetwork::is_cut_off(const IpAddress& address) const {
  const auto found = cut_off_.find(address);
  return found != cut_off_.end() && found->second;
}

void DatagramNetwork::send(const SocketAddress& from, const SocketAddress& to, BytesView datagram) {
  ++counters_.sent;
  if (datagram.size() > conditions_.datagram_size_max) {
    ++counters_.too_large;
    return;
  }
  if (is_cut_off(from.ip) || random_.chance(conditions_.loss, chances)) {
    ++counters_.lost;
    return;
  }
  const auto nat = behind_.find(from.ip);
  // Hosts behind the same NAT see each other directly.
  const auto other = behind_.find(to.ip);
  const bool is_inside =
      nat != behind_.end() && other != behind_.end() && nat->second == other->second;
  if (other != behind_.end() && !is_inside) {
    // An inner address means nothing outside.
    ++counters_.not_let_in;
    return;
  }
  const bool is_translated = nat != behind_.end() && !is_inside;
  const SocketAddress source = is_translated ? nat->second->translate_out(from, to) : from;
  const auto queued = queueing_delay({from.ip, to.ip}, datagram.size());
  if (!queued) {
    ++counters_.queue_full;
    return;
  }
  carry(source, to, datagram, *queued);
  if (random_.chance(conditions_.duplication, chances)) carry(source, to, datagram, *queued);
}

std::optional<Duration> DatagramNetwork::queueing_delay(const Direction& direction,
                                                        std::size_t size) {
  if (conditions_.bandwidth == 0) return Duration::zero();
  const Instant now = scheduler_.now().monotonic;
  Instant& busy_until = busy_until_[direction];
  busy_until = std::max(busy_until, now);
  const std::uint64_t second = 1'000'000;
  const auto waiting = static_cast<std::uint64_t>((busy_until - now).count());
  if (waiting * conditions_.bandwidth / second > conditions_.queue_max) return std::nullopt;
  busy_until += Duration(static_cast<std::int64_t>(size * second / conditions_.bandwidth));
  return busy_until - now;
}

void DatagramNetwork::carry(const SocketAddress& from, const SocketAddress& to, BytesView datagram,
                            Duration queued) {
  const auto spread = static_cast<std::uint64_t>(conditions_.jitter.count());
  const Duration late(static_cast<std::int64_t>(random_.below(spread + 1)));
  scheduler_.after(conditions_.delay + late + queued,
                   [this, from, to, bytes = Bytes(datagram.begin(), datagram.end())] {
                     arrive(from, to, bytes);
                   });
}

void DatagramNetwork::arrive(const SocketAddress& from, const SocketAddress& to,
                             BytesView datagram) {
  SocketAddress inner = to;
  if (const auto nat = outer_.find(to.ip); nat != outer_.end()) {
    const auto translated = nat->second->translate_in(from, to.port);
    if (!translated) {
      ++counters_.not_let_in;
      return;
    }
    inner = *translated;
  }
  const auto receiver = receivers_.find(inner);
  if (receiver == receivers_.end() || is_cut_off(inner.ip)) {
    ++counters_.lost;
    return;
  }
  ++counters_.delivered;
  // A copy, because the receiver may unbind itself.
  const Receiver receive = receiver->second;
  receive({inner, from}, datagram);
}

}  // namespace pigeon::sim
