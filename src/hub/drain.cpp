#include "hub/drain.hpp"

#include <algorithm>
#include <span>

namespace pigeon::hub {

void Drain::begin(std::vector<ConnectionId> connections, Random& random, Instant now) {
  if (has_begun()) return;
  // Nobody would come back within the window.
  const Duration window = connections.empty() ? Duration::zero() : options_.drain_window;
  end_ = now + window;
  random.shuffle(std::span(connections));
  const auto count = static_cast<std::int64_t>(connections.size());
  for (std::int64_t i = 0; i < count; ++i) {
    closes_.schedule(now + window * i / count, connections[static_cast<std::size_t>(i)]);
  }
}

void Drain::add(ConnectionId connection, Instant now) {
  closes_.schedule(std::max(now, *end_), connection);
}

void Drain::handle_timeout(const PeerTable& peers, Admission& admission, Instant now, Outbox& out) {
  if (!has_begun()) return;
  while (const auto connection = closes_.pop_due(now)) {
    constexpr std::uint16_t going_away = 1001;
    constexpr const char* reason = "Server shutting down";
    if (Peer* peer = peers.find(*connection)) {
      out.close(*peer, going_away, reason);
    } else if (admission.withdraw(*connection)) {
      out.add(CloseConnection{*connection, going_away, reason});
    }
  }
  if (now < *end_ || is_reported_) return;
  is_reported_ = true;
  out.add(Drained{});
}

Instant Drain::next_timeout() const {
  if (!has_begun()) return Instant::max();
  return is_reported_ ? closes_.next() : std::min(closes_.next(), *end_);
}

}  // namespace pigeon::hub
