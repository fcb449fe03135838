#include "runtime/connection.hpp"

#include <utility>

#include "runtime/connection_http_state.hpp"

namespace pigeon::runtime {

using net::IoResult;
using net::IoStatus;

Connection::Connection(LoopServices& services, ConnectionId id, net::Stream stream,
                       const IpAddress& address, std::optional<Refused> refused)
    : services_(services),
      id_(id),
      stream_(std::move(stream)),
      decoder_(net::websocket::Role::server,
               {.message_bytes_max =
                    static_cast<std::uint32_t>(services.share.options.limits.message_bytes_max)}),
      address_(address),
      phase_(stream_.is_secure() ? Phase::tls_handshake : Phase::request),
      refused_(refused) {}

Connection::~Connection() = default;

void Connection::start() {
  set_deadline(is_refused() ? Deadline::closing : Deadline::request);
  wait_readable();
}

bool Connection::wants_input() const {
  return phase_ == Phase::request || phase_ == Phase::open || phase_ == Phase::closing ||
         phase_ == Phase::lingering;
}

void Connection::receive() {
  waits_readable_ = false;
  read_input();
  if (wants_input()) wait_readable();
}

void Connection::read_input() {
  switch (phase_) {
    case Phase::tls_handshake:
      return step_tls_handshake();
    case Phase::request:
      return receive_request();
    case Phase::open:
    case Phase::closing: {
      const MutableBytesView buffer = services_.read_buffer();
      const IoResult result = stream_.read(buffer.first(LoopServices::read_bytes));
      if (has_read(result)) receive_frames(buffer.first(result.bytes));
      return;
    }
    case Phase::lingering:
      has_read(stream_.read(services_.read_buffer().first(LoopServices::read_bytes)));
      return;
    case Phase::answer:
    case Phase::gone:
      return;
  }
}

bool Connection::has_read(const IoResult& result) {
  if (result.status == IoStatus::wants_write) wait_writable();
  if (result.status == IoStatus::ended || result.status == IoStatus::failed) vanish();
  return result.status == IoStatus::done;
}

void Connection::resume_writing() {
  waits_writable_ = false;
  if (phase_ == Phase::tls_handshake) return step_tls_handshake();
  flush_later();
  // TLS may have wanted to write before it could read.
  if (stream_.is_secure() && wants_input()) read_input();
}

void Connection::step_tls_handshake() {
  switch (stream_.handshake().status) {
    case IoStatus::done:
      phase_ = Phase::request;
      return wait_readable();
    case IoStatus::wants_read:
      return wait_readable();
    case IoStatus::wants_write:
      return wait_writable();
    default:
      services_.share.refusals.add(Refused::tls_handshake);
      return end();
  }
}

void Connection::wait_readable() {
  if (std::exchange(waits_readable_, true)) return;
  stream_.wait_readable([&services = services_, id = id_](const boost::system::error_code& error) {
    if (!error) services.serve_readable(id);
  });
}

void Connection::wait_writable() {
  if (std::exchange(waits_writable_, true)) return;
  stream_.wait_writable([&services = services_, id = id_](const boost::system::error_code& error) {
    if (!error) services.serve_writable(id);
  });
}

net::SendQueue& Connection::queue() {
  if (queue_ == nullptr) queue_ = services_.take_queue();
  flush_later();
  return *queue_;
}

void Connection::flush_later() {
  if (!std::exchange(is_to_flush_, true)) services_.to_flush.push_back(this);
}

void Connection::flush() {
  is_to_flush_ = false;
  if (phase_ == Phase::gone) return;
  if (queue_ != nullptr && !waits_writable_) {
    const IoStatus status = stream_.write(*queue_, services_.scratch());
    if (status == IoStatus::wants_write) wait_writable();
    // TLS would want to read before it writes only in a renegotiation, and there are none.
    if (status != IoStatus::wants_write && status != IoStatus::done) return vanish();
    const bool is_answering = phase_ == Phase::answer && http_->is_answered;
    if (is_answering && http_->progress.has_advanced(queue_->bytes())) {
      set_deadline(Deadline::answer);
    }
  }
  if (queue_ == nullptr || queue_->empty()) finish_writing();
  enforce_limits();
}

void Connection::finish_writing() {
  if (queue_ != nullptr) services_.give_queue(std::exchange(queue_, nullptr));
  if (phase_ == Phase::answer && http_->is_answered) return finish_answer();
  if (phase_ == Phase::lingering && !std::exchange(has_finished_sending_, true)) {
    stream_.finish_sending();
  }
}

/// The limits of what one reader, and all together, may leave lying.
void Connection::enforce_limits() {
  if (phase_ == Phase::gone) return;
  const HubLimits& limits = services_.share.options.limits;
  // What they cost: many short ones hold much more than their bytes.
  const std::size_t bytes = queue_ == nullptr ? 0 : queue_->cost();
  if (phase_ == Phase::open) {
    const bool is_overfull = waits() && deadline_ == Deadline::overfull;
    if (bytes > limits.queue_bytes_hard) return give_up(Refused::queue_bytes, "Reading too slowly");
    if (bytes > limits.queue_bytes_soft && !is_overfull) set_deadline(Deadline::overfull);
    if (bytes <= limits.queue_bytes_soft && is_overfull) leave();
  }
  if (account()) return;
  if (phase_ == Phase::open) return give_up(Refused::buffered_bytes, "The hub is out of memory");
  services_.share.refusals.add(Refused::buffered_bytes);
  drop();
}

/// Counts what the connection holds in memory; false if all together hold too much.
bool Connection::account() {
  std::size_t held = decoder_.buffered_bytes();
  if (queue_ != nullptr) held += queue_->cost();
  if (http_ != nullptr) held += http_->unread.size();
  if (held == held_bytes_) return true;
  return services_.share.budget.change(std::exchange(held_bytes_, held), held);
}

void Connection::set_deadline(Deadline deadline) {
  deadline_ = deadline;
  services_.set_deadline(*this, deadline);
}

void Connection::handle_deadline() {
  switch (deadline_) {
    case Deadline::request:
      services_.share.refusals.add(Refused::handshake_time);
      return end();
    case Deadline::next_request:
      return end();
    case Deadline::overfull:
      return give_up(Refused::queue_time, "Reading too slowly");
    case Deadline::answer:
      services_.share.refusals.add(Refused::queue_time);
      return drop();
    case Deadline::closing:
      // What the system has taken may still be delivered, unless the reader keeps more from being
      // sent.
      return queue_ != nullptr ? drop() : vanish();
  }
}

/// Waits for the other end to close, so that it reads what it was told before the socket goes.
void Connection::linger() {
  phase_ = Phase::lingering;
  set_deadline(Deadline::closing);
  flush_later();
}

void Connection::vanish() {
  if (phase_ == Phase::open || phase_ == Phase::closing) report_closed(1006, {});
  end();
}

void Connection::end() {
  if (std::exchange(phase_, Phase::gone) == Phase::gone) return;
  leave();
  stream_.close();
  services_.share.budget.change(std::exchange(held_bytes_, 0), 0);
  services_.ended.push_back(this);
}

void Connection::end_if_idle() {
  if (phase_ == Phase::tls_handshake || phase_ == Phase::request) end();
}

void Connection::drop() {
  if (phase_ == Phase::open || phase_ == Phase::closing) report_closed(1006, {});
  if (phase_ != Phase::gone) stream_.reset();
  end();
}

}  // namespace pigeon::runtime
