#include "runtime/hub_loop.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "net/clock.hpp"

namespace pigeon::runtime {

namespace {

/// Refused connections that are told why at the same time; others are just closed.
constexpr std::size_t told_refusals_max = 64;
/// Outputs for which memory is kept from turn to turn.
constexpr std::size_t kept_outputs_max = 1'024;

}  // namespace

HubLoop::HubLoop(EventLoop& loop, DriverShare& share, std::size_t index,
                 std::optional<net::TlsContext> tls, std::vector<net::FileDescriptor> listening,
                 Calls calls)
    : loop_(loop),
      index_(index),
      calls_(std::move(calls)),
      services_(share, index),
      connections_(static_cast<std::uint8_t>(index)),
      tls_(std::move(tls)),
      deadline_timer_(loop.context()),
      core_timer_(loop.context()) {
  services_.serve_readable = [this](ConnectionId id) {
    Connection* connection = connections_.find(id);
    if (connection == nullptr) return;
    begin_turn();
    connection->receive();
    finish_turn();
  };
  services_.serve_writable = [this](ConnectionId id) {
    Connection* connection = connections_.find(id);
    if (connection == nullptr) return;
    begin_turn();
    connection->resume_writing();
    finish_turn();
  };
  const auto on_accept = [this](net::FileDescriptor accepted, const IpAddress& address) {
    accept(std::move(accepted), address);
  };
  const auto on_shortage = [this](int error) {
    services_.share.refusals.add(Refused::descriptors);
    calls_.short_of_descriptors(error);
  };
  for (net::FileDescriptor& socket : listening) {
    listeners_.push_back(std::make_unique<net::Listener>(loop_.context(), std::move(socket),
                                                         on_accept, on_shortage));
  }
}

void HubLoop::start() {
  for (const auto& listener : listeners_) listener->start();
}

void HubLoop::accept(net::FileDescriptor socket, const IpAddress& address) {
  using enum Admissions::Verdict;
  switch (services_.share.admissions.enter(address, net::read_clock().monotonic)) {
    case admitted:
      return add(std::move(socket), address, std::nullopt);
    case too_many:
      services_.share.refusals.add(Refused::connections);
      return;
    case too_many_of_address:
      return refuse(std::move(socket), address, Refused::connections_per_address);
    case too_often:
      return refuse(std::move(socket), address, Refused::connects_per_address);
  }
}

void HubLoop::refuse(net::FileDescriptor socket, const IpAddress& address, Refused reason) {
  // A TLS handshake would cost more than the refusal saves.
  if (tls_ || refused_count_ >= told_refusals_max) return services_.share.refusals.add(reason);
  ++refused_count_;
  add(std::move(socket), address, reason);
}

void HubLoop::add(net::FileDescriptor socket, const IpAddress& address,
                  std::optional<Refused> refused) {
  begin_turn();
  net::Stream stream = tls_ ? net::Stream(loop_.context(), std::move(socket), *tls_)
                            : net::Stream(loop_.context(), std::move(socket));
  Connection* connection = connections_.add([&](ConnectionId id) {
    return std::make_unique<Connection>(services_, id, std::move(stream), address, refused);
  });
  if (connection != nullptr) {
    connection->start();
  } else if (!refused) {
    services_.share.admissions.leave(address);
  }
  finish_turn();
}

void HubLoop::take_mail() {
  begin_turn();
  finish_turn(true);
}

void HubLoop::tell(const hub::Input& input) {
  begin_turn();
  services_.tell(input);
  finish_turn();
}

void HubLoop::stop_listening() {
  for (const auto& listener : listeners_) listener->stop();
}

void HubLoop::close() {
  begin_turn();
  is_closed_ = true;
  stop_listening();
  connections_.for_each([](Connection& connection) { connection.end_if_idle(); });
  finish_turn();
}

void HubLoop::drop_all() {
  begin_turn();
  connections_.for_each([](Connection& connection) { connection.drop(); });
  finish_turn();
}

void HubLoop::begin_turn() { services_.set_now(net::read_clock()); }

/// Exchanges inputs for outputs with the core until nothing is left to be done.
void HubLoop::finish_turn(bool woken) {
  do {
    resume();
    tell_closed();
    if (services_.turn.has_begun() || woken) exchange(std::exchange(woken, false));
    flush();
  } while (!services_.closed.empty() || !services_.to_resume.empty());
  bury();
  arm_deadline_timer();
}

void HubLoop::exchange(bool woken) {
  services_.turn.finish(handover_, woken);
  if (handover_.others_have_work) wake_others();
  if (handover_.timeout) arm_core_timer(*handover_.timeout);
  carry_out(handover_.outputs);
}

/// At the end of the handlers that are ready now.
void HubLoop::wake_others() {
  if (std::exchange(is_waking_, true)) return;
  loop_.post([this] {
    is_waking_ = false;
    calls_.wake(services_.share.monitor.call_others(index_));
  });
}

void HubLoop::tell_closed() {
  for (const hub::ConnectionClosed& closed : services_.closed) services_.tell(closed);
  services_.closed.clear();
}

void HubLoop::resume() {
  const auto ids = std::exchange(services_.to_resume, {});
  for (const ConnectionId id : ids) {
    if (Connection* connection = connections_.find(id)) connection->resume_reading();
  }
}

void HubLoop::carry_out(std::vector<hub::Output>& outputs) {
  for (hub::Output& output : outputs) {
    std::visit([this](auto& typed) { carry_out(typed); }, output);
  }
  outputs.clear();
  if (outputs.capacity() > kept_outputs_max) std::vector<hub::Output>().swap(outputs);
}

void HubLoop::carry_out(hub::SendText& text) {
  Connection* connection = connections_.find(text.connection);
  if (connection != nullptr) connection->send_text(std::move(text.text));
}

void HubLoop::carry_out(hub::SendPing& ping) {
  Connection* connection = connections_.find(ping.connection);
  if (connection != nullptr) connection->send_ping();
}

void HubLoop::carry_out(hub::CloseConnection& close) {
  Connection* connection = connections_.find(close.connection);
  if (connection != nullptr) connection->close(close.code, close.reason);
}

void HubLoop::carry_out(hub::SendResponse& response) {
  Connection* connection = connections_.find(response.connection);
  if (connection != nullptr) connection->respond(std::move(response));
}

void HubLoop::flush() {
  // A connection that is given up, or has answered its last request, wants to be flushed again.
  while (!services_.to_flush.empty()) {
    flushing_.swap(services_.to_flush);
    for (Connection* connection : flushing_) connection->flush();
    flushing_.clear();
  }
}

void HubLoop::bury() {
  for (const Connection* connection : services_.ended) {
    if (connection->is_refused()) {
      --refused_count_;
    } else {
      services_.share.admissions.leave(connection->address());
    }
    connections_.remove(connection->id());
  }
  services_.ended.clear();
  if (!is_closed_ || is_emptied_ || connections_.size() > 0) return;
  is_emptied_ = true;
  calls_.emptied();
}

void HubLoop::serve_deadlines() {
  begin_turn();
  for (net::DeadlineList& list : services_.deadlines) {
    while (net::DeadlineEntry* entry = list.pop_due(services_.now().monotonic)) {
      // Nothing but connections is in these lists.
      static_cast<Connection*>(entry)->handle_deadline();  // NOLINT(*-static-cast-downcast)
    }
  }
  finish_turn();
}

void HubLoop::arm_deadline_timer() {
  Instant next = Instant::max();
  for (const net::DeadlineList& list : services_.deadlines) next = std::min(next, list.next());
  // Deadlines that are no longer wanted make it fire in vain, which is cheaper than to follow them.
  if (next >= deadline_armed_) return;
  deadline_armed_ = next;
  deadline_timer_.expires_at(net::to_steady(next));
  deadline_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    deadline_armed_ = Instant::max();
    serve_deadlines();
  });
}

void HubLoop::arm_core_timer(Instant at) {
  core_timer_.expires_at(net::to_steady(at));
  core_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    begin_turn();
    services_.turn.handle_timeout(services_.now());
    finish_turn();
  });
}

}  // namespace pigeon::runtime
