#include "bench/load/swarm.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include "bench/load/clock.hpp"

namespace pigeon::bench {
namespace {

constexpr std::size_t read_size = 256 * 1024;
constexpr std::size_t connecting_max = 64;
// Clients per source address stay below what a hub allows one address.
constexpr unsigned source_count = 64;
constexpr unsigned source_first = 2;

}  // namespace

Swarm::Swarm(std::uint16_t port, Listener& listener, SSL_CTX* tls)
    : port_(port),
      listener_(listener),
      tls_(tls),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(read_size) {}

Swarm::~Swarm() { ::close(epoll_fd_); }

ClientIndex Swarm::connect(std::string_view target, ClientOptions options) {
  const ClientIndex index = clients_.size();
  const unsigned source = source_first + static_cast<unsigned>(index % source_count);
  Client& client = clients_.emplace_back();
  client.connection = Connection(port_, source, options.receive_buffer, tls_);
  client.reads = options.reads;
  client.request = upgrade_request(target, port_);
  epoll_event event{};
  event.events = client.watched = EPOLLIN | EPOLLOUT;
  event.data.u64 = index;
  epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, client.connection.fd(), &event);
  return index;
}

void Swarm::connect_all(std::span<const std::string> targets, double seconds_max) {
  const std::int64_t deadline = now_ns() + static_cast<std::int64_t>(seconds_max * 1e9);
  const std::size_t before = open_count_;
  std::size_t begun = 0;
  while (open_count_ - before < targets.size()) {
    while (begun < targets.size() && begun - (open_count_ - before) < connecting_max) {
      connect(targets[begun++]);
    }
    poll(milliseconds_ns(100));
    if (closed_count_ > 0) throw std::runtime_error("the server closed a connection at its start");
    if (now_ns() > deadline) throw std::runtime_error("connecting takes too long");
  }
}

void Swarm::send(ClientIndex index, std::string_view text) {
  Client& client = clients_[index];
  if (client.state != State::open) return;
  send_frame(client, Opcode::text, text);
  watch(index);
}

void Swarm::poll(std::int64_t timeout_ns) {
  std::array<epoll_event, 512> events{};
  const timespec timeout{.tv_sec = timeout_ns / 1'000'000'000,
                         .tv_nsec = timeout_ns % 1'000'000'000};
  const int count =
      epoll_pwait2(epoll_fd_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    handle(static_cast<ClientIndex>(event.data.u64), event.events);
  }
}

void Swarm::run(double seconds) {
  const std::int64_t end = now_ns() + static_cast<std::int64_t>(seconds * 1e9);
  while (now_ns() < end) poll(milliseconds_ns(10));
}

void Swarm::start_reading(ClientIndex index) {
  clients_[index].reads = true;
  watch(index);
}

bool Swarm::is_open(ClientIndex index) const { return clients_[index].state == State::open; }
bool Swarm::is_closed(ClientIndex index) const { return clients_[index].state == State::closed; }

std::size_t Swarm::unsent_bytes(ClientIndex index) const { return clients_[index].unsent.size(); }
std::uint64_t Swarm::received_bytes(ClientIndex index) const { return clients_[index].received; }

void Swarm::handle(ClientIndex index, std::uint32_t events) {
  const State state = clients_[index].state;
  if (state == State::closed) return;
  if (state == State::connecting || state == State::securing) return establish(index);
  if ((events & EPOLLOUT) != 0) flush(index);
  const bool ended = (events & (EPOLLHUP | EPOLLERR)) != 0;
  if ((events & EPOLLIN) != 0 || ended) read_some(index);
}

void Swarm::establish(ClientIndex index) {
  Client& client = clients_[index];
  const bool ready = client.connection.establish();
  client.state = ready ? State::upgrading : State::securing;
  if (ready) client.unsent = std::exchange(client.request, {});
  if (ready) flush(index);
  watch(index);
}

void Swarm::read_some(ClientIndex index) {
  Client& client = clients_[index];
  const std::size_t kept = client.unread.size();
  if (kept + 16'384 > buffer_.size()) buffer_.resize(2 * buffer_.size());
  std::memcpy(buffer_.data(), client.unread.data(), kept);
  const Transfer got = client.connection.read(buffer_.data() + kept, buffer_.size() - kept);
  if (got.end == Transfer::End::closed) return close(index);
  client.received += got.bytes;
  const std::string_view bytes(buffer_.data(), kept + got.bytes);
  const std::size_t taken = take(index, bytes);
  // The listener may have added clients and so moved this one.
  if (clients_[index].state != State::closed) clients_[index].unread = bytes.substr(taken);
}

std::size_t Swarm::take(ClientIndex index, std::string_view bytes) {
  std::size_t taken = 0;
  if (clients_[index].state == State::upgrading) {
    const auto size = take_upgrade_answer(bytes);
    if (!size) return 0;
    taken = *size;
    clients_[index].state = State::open;
    ++open_count_;
    watch(index);
  }
  while (clients_[index].state == State::open) {
    const auto frame = take_frame(bytes.substr(taken));
    if (!frame) break;
    taken += frame->size;
    take_frame_of(index, *frame);
  }
  return taken;
}

void Swarm::take_frame_of(ClientIndex index, const ServerFrame& frame) {
  switch (frame.opcode) {
    case Opcode::text:
      return listener_.on_text(index, frame.payload);
    case Opcode::ping:
      send_frame(clients_[index], Opcode::pong, frame.payload);
      return watch(index);
    case Opcode::pong:
      return;
    case Opcode::close:
      clients_[index].close_code = close_code(frame.payload);
      send_frame(clients_[index], Opcode::close, frame.payload);
      return close(index);
  }
}

void Swarm::send_frame(Client& client, Opcode opcode, std::string_view payload) {
  // xorshift32: a mask must change, not be secret, in a test.
  mask_ ^= mask_ << 13;
  mask_ ^= mask_ >> 17;
  mask_ ^= mask_ << 5;
  write_client_frame(frame_, opcode, payload, mask_);
  std::string_view rest = frame_;
  if (client.unsent.empty()) {
    rest.remove_prefix(client.connection.write(rest.data(), rest.size()).bytes);
  }
  client.unsent.append(rest);
}

void Swarm::flush(ClientIndex index) {
  Client& client = clients_[index];
  if (client.unsent.empty()) return;
  const Transfer sent = client.connection.write(client.unsent.data(), client.unsent.size());
  client.unsent.erase(0, sent.bytes);
  watch(index);
}

void Swarm::watch(ClientIndex index) {
  Client& client = clients_[index];
  if (client.state == State::closed) return;
  const bool reads = client.reads || client.state != State::open;
  const bool writes = !client.unsent.empty() || client.connection.wants_write();
  const std::uint32_t wanted = (reads ? EPOLLIN : 0U) | (writes ? EPOLLOUT : 0U);
  if (wanted == client.watched) return;
  epoll_event event{};
  event.events = client.watched = wanted;
  event.data.u64 = index;
  epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, client.connection.fd(), &event);
}

void Swarm::close(ClientIndex index) {
  Client& client = clients_[index];
  if (client.state == State::open) --open_count_;
  ++closed_count_;
  client.state = State::closed;
  client.connection = Connection();
  client.unread = {};
  client.unsent = {};
  listener_.on_closed(index, client.close_code);
}

}  // namespace pigeon::bench
