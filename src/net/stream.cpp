#include "net/stream.hpp"

#include <array>

#include <sys/socket.h>

#include "base/assert.hpp"
#include "net/socket_io.hpp"

namespace pigeon::net {

namespace {
/// Pieces of one gathering write; a frame takes two.
constexpr std::size_t pieces_max = 64;
}  // namespace

Stream::Stream(boost::asio::io_context& loop, FileDescriptor socket)
    : descriptor_(loop.get_executor()) {
  boost::system::error_code error;
  descriptor_.assign(socket.number(), error);
  // If the loop could not register it, the socket closes here and every operation fails.
  if (!error) socket.release();
}

Stream::Stream(boost::asio::io_context& loop, FileDescriptor socket, const TlsContext& context)
    : Stream(loop, std::move(socket)) {
  tls_ = std::make_unique<TlsSession>(context, descriptor_.native_handle());
}

Stream::Stream(boost::asio::io_context& loop, FileDescriptor socket,
               const TlsClientContext& context, const std::string& host)
    : Stream(loop, std::move(socket)) {
  tls_ = std::make_unique<TlsSession>(context, descriptor_.native_handle(), host);
}

IoResult Stream::handshake() {
  if (tls_ == nullptr) return {IoStatus::done};
  return tls_->handshake();
}

std::string Stream::handshake_failure() const {
  return tls_ == nullptr ? std::string() : tls_->failure();
}

IoResult Stream::read(MutableBytesView out) {
  if (tls_ != nullptr) return tls_->read(out);
  return receive(descriptor_.native_handle(), out);
}

IoStatus Stream::write(SendQueue& queue, MutableBytesView scratch) {
  return tls_ != nullptr ? write_secure(queue, scratch) : write_plain(queue);
}

IoStatus Stream::write_plain(SendQueue& queue) {
  std::array<iovec, pieces_max> pieces{};
  while (!queue.empty()) {
    const std::size_t count = queue.gather(pieces);
    std::size_t offered = 0;
    for (std::size_t i = 0; i < count; ++i) offered += pieces[i].iov_len;
    const IoResult result = send(descriptor_.native_handle(), {pieces.data(), count});
    if (result.status != IoStatus::done) return result.status;
    queue.consume(result.bytes);
    if (result.bytes < offered) return IoStatus::wants_write;
  }
  return IoStatus::done;
}

IoStatus Stream::write_secure(SendQueue& queue, MutableBytesView scratch) {
  PIGEON_ASSERT(scratch.size() >= TlsSession::record_bytes_max);
  while (!queue.empty()) {
    // Filled from the front each time, so a record that was refused is offered again unchanged.
    const std::size_t size = queue.copy(scratch.first(TlsSession::record_bytes_max));
    const IoResult result = tls_->write(scratch.first(size));
    if (result.status != IoStatus::done) {
      committed_ = static_cast<std::uint32_t>(size);
      return result.status;
    }
    committed_ = 0;
    queue.consume(result.bytes);
  }
  return IoStatus::done;
}

void Stream::finish_sending() {
  if (tls_ != nullptr) tls_->finish_sending();
  ::shutdown(descriptor_.native_handle(), SHUT_WR);
}

void Stream::close() {
  tls_.reset();
  boost::system::error_code ignored;
  descriptor_.close(ignored);
}

void Stream::reset() {
  reset_on_close(descriptor_.native_handle());
  close();
}

}  // namespace pigeon::net
