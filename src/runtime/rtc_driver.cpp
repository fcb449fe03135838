#include "runtime/rtc_driver.hpp"

#include <type_traits>
#include <utility>
#include <variant>

#include "suite/random_bytes.hpp"

namespace pigeon::runtime {

RtcDriver::RtcDriver(RtcLoopOptions options, Poller poller)
    : options_(std::move(options)),
      poller_(std::move(poller)),
      random_(suite::random_seed()),
      router_(random_.split()),
      certificate_(dtls::Certificate::generate(net::read_clock())),
      certificate_made_at_(net::read_clock().monotonic) {}

Result<std::shared_ptr<RtcDriver>, std::string> RtcDriver::create(const RtcLoopOptions& options) {
  for (const std::string& address : options.addresses) {
    if (!IpAddress::parse(address)) {
      return Unexpected("addresses: '" + address +
                        "' is no IP address. Write one of this machine, "
                        "as in '192.0.2.1' or '2001:db8::1'.");
    }
  }
  auto poller = Poller::create();
  if (!poller) {
    return Unexpected("The system gives no descriptors for a loop (" + poller.error() +
                      "). Close some, or raise the limit on open files.");
  }
  return std::shared_ptr<RtcDriver>(new RtcDriver(options, *std::move(poller)));
}

void RtcDriver::run_once(std::chrono::microseconds wait_max) {
  if (is_running_) return;
  is_running_ = true;
  ++wake_;
  const bool is_busy = !touched_.empty();
  for (const Poller::Ready& ready : poller_.wait(is_busy ? 0us : wait_max)) serve(ready);
  run_timers();
  settle_touched();
  is_running_ = false;
  set_alarm();
}

int RtcDriver::descriptor() {
  is_observed_ = true;
  set_alarm();
  return poller_.descriptor();
}

void RtcDriver::set_alarm() {
  // `run_once` itself looks at the list and needs no alarm for it.
  const bool is_urgent = is_observed_ && !touched_.empty();
  poller_.wake_at(is_urgent ? Instant{} : timers_.next());
}

void RtcDriver::serve(const Poller::Ready& ready) {
  const auto found = watched_.find(ready.id);
  if (found == watched_.end()) return;
  const Watched watched = found->second;
  if (watched.stream != nullptr) {
    serve_stream(*watched.connection, *watched.stream, ready);
    return;
  }
  if (ready.is_writable && watched.port->is_blocked()) resume(*watched.port);
  if (ready.is_readable) receive(*watched.port, watched.connection);
}

void RtcDriver::run_timers() {
  const Now now = net::read_clock();
  due_.clear();
  timers_.find_due(now.monotonic, due_);
  for (const rtc::ConnectionId id : due_) {
    RtcConnection* const connection = find(id);
    connection->peer.handle_timeout(now);
    touch(*connection);
  }
}

void RtcDriver::touch(RtcConnection& connection) {
  if (std::exchange(connection.is_touched, true)) return;
  // Once in a wake is each connection's share.
  const bool had_its_turn = is_running_ && connection.settled_in == wake_;
  (had_its_turn ? touched_again_ : touched_).push_back(connection.id);
  if (!is_running_) set_alarm();
}

void RtcDriver::settle_touched() {
  // The list grows when the application calls one connection in an event of another.
  // NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < touched_.size(); ++i) {
    if (RtcConnection* const connection = find(touched_[i])) settle(*connection);
  }
  touched_.clear();
  touched_.swap(touched_again_);
}

void RtcDriver::settle(RtcConnection& connection) {
  connection.settled_in = wake_;
  // Still counts as touched, as what the application does in these events is sent right now.
  tell(connection);
  connection.is_touched = false;
  const bool has_more = transmit(connection);
  // Sending tells, too: of room in buffers, and of bytes for TURN servers.
  const bool has_told = tell(connection);
  if (connection.is_released && !connection.is_waiting) {
    remove(connection);
    return;
  }
  if (has_more || has_told) touch(connection);
  follow_ufrag(connection);
  timers_.set(connection.timer, connection.id, connection.peer.next_timeout());
}

bool RtcDriver::tell(RtcConnection& connection) {
  std::vector<rtc::Event> events = connection.peer.take_events(net::read_clock());
  for (rtc::Event& event : events) {
    std::visit([&](auto& one) { act(connection, one); }, event);
  }
  return !events.empty();
}

template <class OneEvent>
void RtcDriver::act(RtcConnection& connection, OneEvent& event) {
  if constexpr (std::is_same_v<OneEvent, rtc::TcpConnect>) {
    open_stream(connection, event);
  } else if constexpr (std::is_same_v<OneEvent, rtc::TcpSend>) {
    write_stream(connection, event);
  } else if constexpr (std::is_same_v<OneEvent, rtc::TcpClose>) {
    close_stream(connection, event.stream);
  } else if (!connection.is_released && connection.on_event) {
    connection.on_event(std::move(event));
  }
}

void RtcDriver::follow_ufrag(RtcConnection& connection) {
  // An ICE restart brings another one. Should somebody have it already, which 32 bits of chance
  // make unlikely, the restart finds no path and the application tries again.
  if (!connection.own_ports.empty() || connection.ufrag == connection.peer.local_ufrag()) return;
  connection.ufrag = connection.peer.local_ufrag();
  router_.add(connection.ufrag, connection.id);
}

void RtcDriver::release(RtcConnection& connection) {
  connection.is_released = true;
  connection.peer.close(net::read_clock());
  touch(connection);
}

void RtcDriver::remove(RtcConnection& connection) {
  timers_.set(connection.timer, connection.id, Instant::max());
  router_.remove(connection.id);
  for (const auto& port : connection.own_ports) {
    watched_.erase(port->watch());
    past_.sent_datagrams += port->socket().counters().sent_datagrams;
    past_.received_datagrams += port->socket().counters().received_datagrams;
    past_.send_blocked += port->socket().counters().send_blocked;
  }
  for (const auto& stream : connection.streams) watched_.erase(stream->watch());
  // Its subscriber may own other connections, which are released as it goes.
  const auto found = connections_.find(connection.id);
  const std::unique_ptr<RtcConnection> gone = std::move(found->second);
  connections_.erase(found);
}

void RtcDriver::close() {
  std::vector<pigeon::PeerConnection::OnEvent> subscribers;
  std::vector<rtc::ConnectionId> ids;
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  const Now now = net::read_clock();
  is_running_ = true;
  for (const rtc::ConnectionId id : ids) {
    RtcConnection* const connection = find(id);
    // Handles may outlive the loop, so the connection stays where it is.
    subscribers.push_back(std::exchange(connection->on_event, nullptr));
    connection->peer.close(now);
    transmit(*connection);
    tell(*connection);
  }
  is_running_ = false;
}

RtcConnection* RtcDriver::find(rtc::ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

RtcLoopStats RtcDriver::stats() const {
  RtcLoopStats stats;
  stats.connections = connections_.size();
  stats.datagrams_sent = past_.sent_datagrams;
  stats.datagrams_received = past_.received_datagrams;
  stats.send_blocked = past_.send_blocked;
  const auto add = [&stats](const UdpPort& port) {
    stats.datagrams_sent += port.socket().counters().sent_datagrams;
    stats.datagrams_received += port.socket().counters().received_datagrams;
    stats.send_blocked += port.socket().counters().send_blocked;
  };
  for (const auto& port : shared_ports_) add(*port);
  for (const auto& [id, connection] : connections_) {
    for (const auto& port : connection->own_ports) add(*port);
  }
  const rtc::RouterCounters& router = router_.counters();
  stats.datagrams_unroutable =
      router.unknown_username + router.unknown_address + router.malformed + router.unknown_kind;
  return stats;
}

}  // namespace pigeon::runtime
