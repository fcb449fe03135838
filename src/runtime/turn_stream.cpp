#include "runtime/turn_stream.hpp"

#include <array>
#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "net/socket_io.hpp"
#include "net/system_address.hpp"

namespace pigeon::runtime {

std::optional<TurnStream> TurnStream::open(std::uint32_t number, const SocketAddress& server,
                                           WatchId watch) {
  const net::Endpoint endpoint = net::to_endpoint(server);
  net::FileDescriptor socket(
      ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return std::nullopt;
  const int on = 1;
  ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* const address = reinterpret_cast<const sockaddr*>(&endpoint.address);
  if (::connect(socket.number(), address, endpoint.size) != 0 && errno != EINPROGRESS) {
    return std::nullopt;
  }
  return TurnStream(std::move(socket), number, watch);
}

std::optional<SocketAddress> TurnStream::finish_connecting() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return std::nullopt;
  sockaddr_storage local{};
  socklen_t local_size = sizeof local;
  if (::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&local), &local_size) != 0) {
    return std::nullopt;
  }
  is_connected_ = true;
  return net::to_socket_address(local);
}

bool TurnStream::write(BytesView message) {
  if (waiting_.size() - sent_ + message.size() > waiting_bytes_max) return true;
  const bool has_waited = sent_ < waiting_.size();
  waiting_.insert(waiting_.end(), message.begin(), message.end());
  return has_waited || !is_connected_ || flush();
}

bool TurnStream::flush() {
  while (sent_ < waiting_.size()) {
    iovec piece{waiting_.data() + sent_, waiting_.size() - sent_};
    const net::IoResult result = net::send(socket_.number(), std::span(&piece, 1));
    if (result.status == net::IoStatus::wants_write) break;
    if (result.status != net::IoStatus::done) return false;
    sent_ += result.bytes;
  }
  // What is gone goes from the front once it is the larger part, so that each byte moves once.
  if (sent_ * 2 >= waiting_.size()) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(sent_));
    sent_ = 0;
  }
  return true;
}

net::IoResult TurnStream::read(MutableBytesView out) { return net::receive(socket_.number(), out); }

}  // namespace pigeon::runtime
