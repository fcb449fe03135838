#include "tests/interop/rtc/usrsctp_conversation.hpp"

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace pigeon::test {

namespace {

/// How long our side waits for a packet before it looks at what the other side has told.
constexpr Duration glance = 2ms;
constexpr std::size_t checksum_at = 8;
constexpr int socket_buffer_size = 4 * 1'024 * 1'024;

void require(bool condition, const char* what) {
  if (!condition) throw Failure(std::string(what) + ": " + std::strerror(errno));
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

net::FileDescriptor open_socket() {
  net::FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  require(socket.is_open(), "socket");
  const sockaddr_in address = loopback(0);
  require(::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
          "bind");
  for (const int name : {SO_RCVBUF, SO_SNDBUF}) {
    ::setsockopt(socket.number(), SOL_SOCKET, name, &socket_buffer_size, sizeof socket_buffer_size);
  }
  return socket;
}

std::uint16_t port_of(const net::FileDescriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  require(::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size) == 0,
          "getsockname");
  return ntohs(address.sin_port);
}

bool is_lost(std::uint64_t every, std::uint64_t count) { return every != 0 && count % every == 0; }

}  // namespace

Bytes series_message(std::uint32_t seed, std::uint32_t index, std::size_t size) {
  Bytes bytes(size);
  std::uint32_t word = seed * 0x9e37'79b1U + index;
  if (word == 0) word = 1;
  for (std::size_t at = 0; at < size; ++at) {
    if (at % 4 == 0) {
      word ^= word << 13U;
      word ^= word >> 17U;
      word ^= word << 5U;
    }
    bytes[at] = static_cast<std::uint8_t>(word >> (8 * (at % 4)));
  }
  return bytes;
}

std::string fnv_digest(BytesView bytes) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325U;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100'0000'01b3U;
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIx64, hash);
  return text.data();
}

std::string message_line(sctp::StreamId stream, sctp::Ppid ppid, bool ordered, BytesView message) {
  return "message " + std::to_string(stream) + ' ' +
         std::to_string(static_cast<std::uint32_t>(ppid)) +
         (ordered ? " ordered " : " unordered ") + std::to_string(message.size()) + ' ' +
         fnv_digest(message);
}

UsrsctpConversation::UsrsctpConversation(sctp::AssociationOptions options)
    : socket_(open_socket()),
      process_({USRSCTP_PEER_BINARY}, {}, ChildProcess::Input::written),
      ours_(options, Random::from_number(7)) {
  const std::string line = process_.wait_for_line("udp ");
  if (line.empty()) throw Failure("usrsctp_peer did not start: " + process_.output());
  const sockaddr_in address = loopback(static_cast<std::uint16_t>(std::stoi(line.substr(4))));
  require(
      ::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
      "connect");
  command("peer " + std::to_string(port_of(socket_)));
}

Now UsrsctpConversation::now() {
  const auto since = Clock::now().time_since_epoch();
  return {.monotonic = Instant(std::chrono::duration_cast<Duration>(since)), .wall_ms = 0};
}

void UsrsctpConversation::command(std::string_view line) const {
  process_.write(std::string(line) + '\n');
}

std::vector<std::string> UsrsctpConversation::told(std::string_view beginning) const {
  const std::string output = process_.output();
  std::vector<std::string> lines;
  std::string_view rest = output;
  for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos;) {
    if (rest.starts_with(beginning)) lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return lines;
}

std::size_t UsrsctpConversation::count_told(std::string_view line) const {
  const std::vector<std::string> lines = told(line);
  return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), line));
}

void UsrsctpConversation::connect() {
  command("listen");
  ours_.connect(now());
  run_until("the association to be up", [&] {
    return ours_.state() == sctp::AssociationState::established && !told("up ").empty();
  });
}

void UsrsctpConversation::step() {
  Instant next = std::min(ours_.next_timeout(), now().monotonic + glance);
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now().monotonic).count();
  pollfd ready{.fd = socket_.number(), .events = POLLIN, .revents = 0};
  ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(0, wait)));
  receive_waiting();
  if (ours_.next_timeout() <= now().monotonic) ours_.handle_timeout(now());
  flush();
}

void UsrsctpConversation::receive_waiting() {
  std::array<std::uint8_t, 65'536> packet;
  for (;;) {
    const ssize_t size = ::recv(socket_.number(), packet.data(), packet.size(), MSG_DONTWAIT);
    if (size <= 0) return;
    if (is_lost(wire_.lost_in, ++seen_.packets_in)) continue;
    ours_.receive(BytesView(packet).first(static_cast<std::size_t>(size)), now());
    flush();
  }
}

void UsrsctpConversation::flush() {
  std::array<std::uint8_t, 65'536> packet;
  while (const std::size_t size = ours_.transmit(packet, now())) {
    seen_.largest_out = std::max(seen_.largest_out, size);
    const auto* const sum = packet.data() + checksum_at;
    if (std::all_of(sum, sum + 4, [](std::uint8_t byte) { return byte == 0; })) {
      ++seen_.zero_checksums_out;
    }
    if (is_lost(wire_.lost_out, ++seen_.packets_out)) continue;
    // What the kernel does not take is lost, as on any network.
    ::send(socket_.number(), packet.data(), size, 0);
  }
  for (sctp::AssociationEvent& event : ours_.take_events()) events_.push_back(std::move(event));
}

void UsrsctpConversation::give_up(std::string_view what) const {
  throw Failure("waited in vain for: " + std::string(what) + "\nusrsctp told:\n" +
                process_.output());
}

}  // namespace pigeon::test
