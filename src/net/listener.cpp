#include "net/listener.hpp"

#include <cerrno>
#include <chrono>

#include <sys/socket.h>

#include "net/system_address.hpp"

namespace pigeon::net {

namespace {

/// Connections taken in one go, so that a crowd at the door does not keep those inside waiting.
constexpr int accepted_at_once_max = 64;
constexpr std::chrono::milliseconds shortage_pause{100};

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Listener::Listener(boost::asio::io_context& loop, FileDescriptor socket, OnAccept on_accept,
                   OnShortage on_shortage)
    : socket_(loop.get_executor()),
      pause_(loop),
      on_accept_(std::move(on_accept)),
      on_shortage_(std::move(on_shortage)) {
  boost::system::error_code error;
  socket_.assign(socket.number(), error);
  if (!error) socket.release();
}

void Listener::stop() {
  is_stopped_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  pause_.cancel();
}

void Listener::wait() {
  socket_.async_wait(decltype(socket_)::wait_read, [this](boost::system::error_code error) {
    // Readiness that was noticed before a stop still comes here without an error.
    if (!error && !is_stopped_) accept_waiting();
  });
}

void Listener::pause() {
  pause_.expires_after(shortage_pause);
  pause_.async_wait([this](boost::system::error_code error) {
    if (!error && !is_stopped_) wait();
  });
}

void Listener::accept_waiting() {
  for (int i = 0; i < accepted_at_once_max; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int socket = ::accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&address),
                                 &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      on_accept_(FileDescriptor(socket), to_ip_address(address));
      continue;
    }
    if (is_shortage(errno)) {
      on_shortage_(errno);
      return pause();
    }
    // Others, as ECONNABORTED, concern one connection only.
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
  }
  if (!is_stopped_) wait();
}

}  // namespace pigeon::net
