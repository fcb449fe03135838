#include "sim/world/rtc_peer.hpp"

#include <algorithm>
#include <utility>

namespace pigeon::sim {

RtcPeer::RtcPeer(rtc::Configuration configuration, const std::vector<SocketAddress>& addresses,
                 DatagramNetwork& network, Scheduler& scheduler, Random random)
    : network_(network),
      scheduler_(scheduler),
      connection_(dtls::Certificate::generate(scheduler.now()), std::move(configuration), random) {
  bind(addresses);
  connection_.end_of_local_addresses(scheduler_.now());
}

RtcPeer::~RtcPeer() {
  *is_alive_ = false;
  for (const SocketAddress& address : addresses_) network_.unbind(address);
}

void RtcPeer::bind(const std::vector<SocketAddress>& addresses) {
  for (const SocketAddress& address : addresses) {
    addresses_.push_back(address);
    connection_.add_local_address(address, scheduler_.now());
    network_.bind(address, [this](const AddressPair& path, BytesView datagram) {
      connection_.receive(path, datagram, scheduler_.now());
      settle();
    });
  }
}

void RtcPeer::move_to(const std::vector<SocketAddress>& addresses) {
  for (const SocketAddress& address : std::exchange(addresses_, {})) {
    network_.unbind(address);
    connection_.remove_local_address(address, scheduler_.now());
  }
  bind(addresses);
  settle();
}

void RtcPeer::settle() {
  // An event's receiver may call settle() again; the outer one carries on.
  if (std::exchange(is_settling_, true)) return;
  while (true) {
    auto events = connection_.take_events(scheduler_.now());
    batch_.clear();
    connection_.transmit(batch_, scheduler_.now());
    if (events.empty() && batch_.empty()) break;
    for (const auto& datagram : batch_.datagrams()) {
      network_.send(datagram.path.local, datagram.path.remote, batch_.payload(datagram));
    }
    for (rtc::Event& event : events) {
      if (on_event_) on_event_(event);
    }
  }
  is_settling_ = false;
  const Instant next = std::max(connection_.next_timeout(), scheduler_.now().monotonic);
  if (next == Instant::max() || next >= wakes_at_) return;
  wakes_at_ = next;
  scheduler_.after(next - scheduler_.now().monotonic, [this, next, alive = is_alive_] {
    if (*alive && wakes_at_ == next) wake();
  });
}

void RtcPeer::wake() {
  wakes_at_ = Instant::max();
  connection_.handle_timeout(scheduler_.now());
  settle();
}

}  // namespace pigeon::sim
