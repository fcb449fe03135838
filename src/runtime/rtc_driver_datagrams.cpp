// How datagrams reach the connections of a loop and leave them.
#include <algorithm>
#include <optional>

#include "rtc/datagram_kind.hpp"
#include "runtime/rtc_driver.hpp"

namespace pigeon::runtime {

namespace {

enum class StunClass : std::uint8_t { request, indication, success, error };

/// Of a datagram that is a STUN message: two bits of its type (RFC 8489 section 5).
StunClass stun_class(BytesView datagram) {
  const unsigned high = (datagram[0] & 1U) << 1U;
  const unsigned low = (datagram[1] >> 4U) & 1U;
  return static_cast<StunClass>(high | low);
}

UdpPort* find_among(const std::vector<std::unique_ptr<UdpPort>>& ports,
                    const SocketAddress& local) {
  const auto found = std::find_if(ports.begin(), ports.end(), [&](const auto& port) {
    return port->socket().local_address() == local;
  });
  return found == ports.end() ? nullptr : found->get();
}

}  // namespace

// ---- In

void RtcDriver::receive(UdpPort& port, RtcConnection* owner) {
  // Once in a wake: what is left makes the socket readable again.
  if (!port.socket().receive(buffer_)) return;
  // All of them are there by now.
  const Now now = net::read_clock();
  for (const auto& datagram : buffer_.datagrams()) {
    RtcConnection* const connection = owner != nullptr ? owner : route(datagram);
    if (connection != nullptr) deliver(*connection, datagram, owner == nullptr, now);
  }
}

RtcConnection* RtcDriver::route(const net::DatagramBuffer::Datagram& datagram) {
  const auto id = router_.route(datagram.path, datagram.payload);
  return id ? find(*id) : nullptr;
}

void RtcDriver::deliver(RtcConnection& connection, const net::DatagramBuffer::Datagram& datagram,
                        bool is_shared, Now now) {
  const BytesView payload = datagram.payload;
  const auto input = connection.peer.receive(datagram.path, payload, now);
  touch(connection);
  if (!is_shared || input != ice::Input::consumed) return;
  if (rtc::kind_of(payload) != rtc::DatagramKind::stun) return;
  const StunClass kind = stun_class(payload);
  if (kind == StunClass::request) router_.claim(datagram.path.remote, connection.id);
  if (kind == StunClass::success) router_.learn(datagram.path.remote, connection.id);
}

// ---- Out

bool RtcDriver::transmit(RtcConnection& connection) {
  if (is_held_back(connection)) return false;
  batch_.clear();
  connection.peer.transmit(batch_, net::read_clock());
  if (batch_.empty()) return false;
  const bool is_full = batch_.byte_count() >= batch_bytes_max;
  send(connection);
  return is_full && !connection.is_waiting;
}

bool RtcDriver::is_held_back(RtcConnection& connection) {
  if (connection.is_waiting) return true;
  UdpPort* const port = connection.last_port;
  if (port != nullptr && port->is_blocked()) {
    wait_for_room(connection, *port);
    return true;
  }
  // Once a stream has room, it touches the connection.
  return std::any_of(connection.streams.begin(), connection.streams.end(),
                     [](const auto& stream) { return stream->is_crowded(); });
}

void RtcDriver::send(RtcConnection& connection) {
  if (connection.own_ports.empty()) {
    for (const auto& datagram : batch_.datagrams()) {
      const BytesView payload = batch_.payload(datagram);
      if (rtc::kind_of(payload) == rtc::DatagramKind::stun) {
        router_.note_sent(payload, connection.id);
      }
    }
  }
  const auto datagrams = batch_.datagrams();
  const SocketAddress first = datagrams.front().path.local;
  const bool is_mixed = std::any_of(datagrams.begin(), datagrams.end(),
                                    [&](const auto& one) { return one.path.local != first; });
  if (!is_mixed) {
    send_to(connection, first, batch_);
    return;
  }
  // Only checks of paths go out from several addresses, and they are few.
  for (std::size_t begin = 0; begin < datagrams.size();) {
    const SocketAddress local = datagrams[begin].path.local;
    part_.clear();
    for (; begin < datagrams.size() && datagrams[begin].path.local == local; ++begin) {
      append(part_, datagrams[begin].path, batch_.payload(datagrams[begin]));
    }
    send_to(connection, local, part_);
  }
}

void RtcDriver::send_to(RtcConnection& connection, const SocketAddress& local,
                        DatagramBatch& batch) {
  UdpPort* const port = find_port(connection, local);
  if (port == nullptr) return;
  connection.last_port = port;
  const bool was_blocked = port->is_blocked();
  if (port->send(batch)) return;
  if (!was_blocked) {
    poller_.change(port->socket().descriptor(), port->watch(), Poller::Interest::both);
  }
  wait_for_room(connection, *port);
}

void RtcDriver::wait_for_room(RtcConnection& connection, UdpPort& port) {
  if (std::exchange(connection.is_waiting, true)) return;
  port.waiting_connections().push_back(connection.id);
}

void RtcDriver::resume(UdpPort& port) {
  if (!port.resume()) return;
  poller_.change(port.socket().descriptor(), port.watch(), Poller::Interest::read);
  for (const rtc::ConnectionId id : std::exchange(port.waiting_connections(), {})) {
    RtcConnection* const connection = find(id);
    if (connection == nullptr) continue;
    connection->is_waiting = false;
    touch(*connection);
  }
}

UdpPort* RtcDriver::find_port(RtcConnection& connection, const SocketAddress& local) {
  const auto& ports = connection.own_ports.empty() ? shared_ports_ : connection.own_ports;
  return find_among(ports, local);
}

}  // namespace pigeon::runtime
