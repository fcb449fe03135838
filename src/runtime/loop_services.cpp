#include "runtime/loop_services.hpp"

#include <algorithm>
#include <utility>

#include "net/http/response.hpp"
#include "net/tls_session.hpp"
#include "net/websocket/decoder.hpp"
#include "runtime/connection.hpp"

namespace pigeon::runtime {

namespace {

constexpr std::size_t spare_queues_max = 256;
constexpr Duration next_request_time = std::chrono::seconds(net::http::keep_alive_seconds);
constexpr Duration closing_time = 2s;

}  // namespace

LoopServices::LoopServices(DriverShare& shared, std::size_t index)
    : share(shared),
      turn(shared.monitor, index),
      // In the order of `Deadline`.
      deadlines{net::DeadlineList(shared.options.limits.handshake_time_max),
                net::DeadlineList(next_request_time),
                net::DeadlineList(shared.options.limits.queue_time_max),
                net::DeadlineList(shared.options.limits.queue_time_max),
                net::DeadlineList(closing_time)},
      read_buffer_(
          std::max(read_bytes, shared.options.limits.handshake_bytes_max + request_read_bytes) +
          net::websocket::Decoder::payload_padding),
      scratch_(net::TlsSession::record_bytes_max) {}

MutableBytesView LoopServices::read_buffer() {
  const MutableBytesView all(read_buffer_);
  return all.first(all.size() - net::websocket::Decoder::payload_padding);
}

const std::string& LoopServices::date() {
  const std::int64_t second = now_.wall_ms / 1000;
  if (second != date_second_) {
    date_second_ = second;
    date_ = net::http::format_date(now_.wall_ms);
  }
  return date_;
}

void LoopServices::set_deadline(Connection& connection, Deadline deadline) {
  deadlines[static_cast<std::size_t>(deadline)].add(connection, now_.monotonic);
}

std::unique_ptr<net::SendQueue> LoopServices::take_queue() {
  if (spare_queues_.empty()) return std::make_unique<net::SendQueue>();
  auto queue = std::move(spare_queues_.back());
  spare_queues_.pop_back();
  return queue;
}

void LoopServices::give_queue(std::unique_ptr<net::SendQueue> queue) {
  if (spare_queues_.size() == spare_queues_max) return;
  queue->shrink();
  spare_queues_.push_back(std::move(queue));
}

}  // namespace pigeon::runtime
