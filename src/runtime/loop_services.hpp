#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "hub/input.hpp"
#include "net/deadline_list.hpp"
#include "net/send_queue.hpp"
#include "runtime/connection_id.hpp"
#include "runtime/driver_share.hpp"

namespace pigeon::runtime {

class Connection;

/// What a connection may wait for; each kind has one length.
enum class Deadline : std::uint8_t {
  /// A whole request, its TLS handshake included.
  request,
  /// The next request of a connection that is kept alive.
  next_request,
  /// The next part of an answer to go out: `AnswerProgress`.
  answer,
  /// A reader that lets its queue grow too long.
  overfull,
  /// The other end's part in closing.
  closing,
};
inline constexpr std::size_t deadline_count = 5;

/// What one loop does for its connections: memory that they share, deadlines, the way to the core,
/// and lists of what is to be done with them when they have all had their say.
class LoopServices {
 public:
  /// Bytes read from a socket at once.
  static constexpr std::size_t read_bytes = 65'536;
  /// The same while it is HTTP: heads are small, and what follows a request has to be kept.
  static constexpr std::size_t request_read_bytes = 16'384;

  /// `index` is that of the loop.
  LoopServices(DriverShare& share, std::size_t index);

  /// Shared by all connections; its content is lost when the connection's part of the turn ends.
  /// Has room for `read_bytes`, and for what is read of a request after a head that is not
  /// complete; the decoder's padding may be read behind it.
  MutableBytesView read_buffer();
  MutableBytesView scratch() { return scratch_; }

  /// The moment of this turn.
  Now now() const { return now_; }
  void set_now(Now now) { now_ = now; }
  /// The same as HTTP writes it.
  const std::string& date();

  /// Gives the core an input.
  void tell(const hub::Input& input) { turn.handle(input, now_); }
  /// Sets the connection's only deadline.
  void set_deadline(Connection& connection, Deadline deadline);

  std::unique_ptr<net::SendQueue> take_queue();
  /// Takes back an empty queue.
  void give_queue(std::unique_ptr<net::SendQueue> queue);

  DriverShare& share;
  HubMonitor::Turn turn;
  std::array<net::DeadlineList, deadline_count> deadlines;
  /// Called when a socket is ready.
  std::function<void(ConnectionId)> serve_readable;
  std::function<void(ConnectionId)> serve_writable;

  // Filled by connections, emptied by the loop at the end of each turn.
  std::vector<hub::ConnectionClosed> closed;
  std::vector<Connection*> to_flush;
  std::vector<ConnectionId> to_resume;
  std::vector<Connection*> ended;

 private:
  Now now_{};
  Bytes read_buffer_;
  Bytes scratch_;
  std::vector<std::unique_ptr<net::SendQueue>> spare_queues_;
  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace pigeon::runtime
