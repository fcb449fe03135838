#pragma once

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "base/bytes.hpp"
#include "net/file_descriptor.hpp"
#include "net/io_result.hpp"
#include "net/send_queue.hpp"
#include "net/tls_session.hpp"

namespace pigeon::net {

/// A non-blocking stream connection of an event loop, with or without TLS. Belongs to the thread of
/// its loop. Handlers of waits that are cut off by the end of the stream are still called, with an
/// error.
class Stream {
 public:
  /// Room that `read` needs.
  static constexpr std::size_t read_bytes_min = TlsSession::record_bytes_max;

  Stream(boost::asio::io_context& loop, FileDescriptor socket);
  /// A server's end of TLS.
  Stream(boost::asio::io_context& loop, FileDescriptor socket, const TlsContext& context);
  /// A client's end of TLS, which trusts only a certificate for `host`.
  Stream(boost::asio::io_context& loop, FileDescriptor socket, const TlsClientContext& context,
         const std::string& host);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  Stream(Stream&&) = default;
  Stream& operator=(Stream&&) = delete;
  ~Stream() { close(); }

  bool is_secure() const { return tls_ != nullptr; }

  /// The next step of the TLS handshake; `done` at once without TLS.
  IoResult handshake();
  /// Why the handshake failed, at once after it: a sentence with the cause and the next step.
  std::string handshake_failure() const;
  /// Reads what is there; `out` has at least `read_bytes_min` bytes.
  IoResult read(MutableBytesView out);
  /// Writes from the front of the queue, and takes out what was written, until all is written or
  /// the socket takes no more. `scratch` has at least `TlsSession::record_bytes_max` bytes.
  IoStatus write(SendQueue& queue, MutableBytesView scratch);
  /// Drops from the queue what has not been begun to be written.
  void drop_unsent(SendQueue& queue) const { queue.drop_unsent(committed_); }
  /// Tells the other end that nothing follows; reading goes on.
  void finish_sending();
  /// Closes. What has been written is still delivered by the system.
  void close();
  /// Closes and drops what has not been delivered.
  void reset();

  /// Calls `handler(error_code)` once when reading makes sense.
  template <class Handler>
  void wait_readable(Handler handler) {
    descriptor_.async_wait(Descriptor::wait_read, std::move(handler));
  }
  /// Calls `handler(error_code)` once when writing makes sense.
  template <class Handler>
  void wait_writable(Handler handler) {
    descriptor_.async_wait(Descriptor::wait_write, std::move(handler));
  }

 private:
  using Descriptor =
      boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

  IoStatus write_plain(SendQueue& queue);
  IoStatus write_secure(SendQueue& queue, MutableBytesView scratch);

  Descriptor descriptor_;
  std::unique_ptr<TlsSession> tls_;
  // Bytes at the front of the queue that TLS has put into a record which the socket did not take
  // yet.
  std::uint32_t committed_ = 0;
};

}  // namespace pigeon::net
