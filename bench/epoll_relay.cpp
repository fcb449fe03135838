// The reference that the hub is measured against: a blind relay. It performs the WebSocket upgrade,
// then passes the payload of each frame of client 2k to client 2k+1 and back. It reads no JSON,
// checks no UTF-8, knows no limits: what remains is the price of the system calls.
//
//   epoll_relay PORT
//
// The client's number is the last eight hexadecimal digits of its peerId.

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace {

constexpr std::size_t read_size = 256 * 1024;
constexpr std::uint32_t clients_max = 65'536;

struct Client {
  int fd = -1;
  bool upgraded = false;
  bool waits_for_writable = false;
  std::uint32_t number = 0;
  std::string unread;
  std::string unsent;
};

int epoll_fd = -1;
std::vector<Client*> by_number(clients_max, nullptr);
std::vector<char> buffer(read_size);

void watch(Client& client, bool writable) {
  epoll_event event{};
  event.events = EPOLLIN | (writable ? EPOLLOUT : 0U);
  event.data.ptr = &client;
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, client.fd, &event);
  client.waits_for_writable = writable;
}

void send_bytes(Client& client, const char* bytes, std::size_t size) {
  if (client.unsent.empty()) {
    const ssize_t sent = ::send(client.fd, bytes, size, MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(size)) return;
    // A broken socket is noticed by its next read.
    if (sent < 0 && errno != EAGAIN) return;
    const std::size_t done = sent > 0 ? static_cast<std::size_t>(sent) : 0;
    bytes += done;
    size -= done;
  }
  client.unsent.append(bytes, size);
  if (!client.waits_for_writable) watch(client, true);
}

void flush(Client& client) {
  const ssize_t sent = ::send(client.fd, client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL);
  if (sent > 0) client.unsent.erase(0, static_cast<std::size_t>(sent));
  if (client.unsent.empty()) watch(client, false);
}

void unmask(char* payload, std::size_t size, std::uint32_t key) {
  const std::uint64_t wide = (std::uint64_t{key} << 32) | key;
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, payload + at, 8);
    word ^= wide;
    std::memcpy(payload + at, &word, 8);
  }
  std::array<char, 4> bytes{};
  std::memcpy(bytes.data(), &key, 4);
  for (; at < size; ++at) payload[at] = static_cast<char>(payload[at] ^ bytes[at % 4]);
}

/// Writes the server's header just before the payload; the client's, with its mask, was longer.
char* prepend_header(char* payload, std::size_t size, char first) {
  char* head = payload;
  const auto put = [&head](std::size_t value) { *--head = static_cast<char>(value & 0xff); };
  if (size < 126) {
    put(size);
  } else {
    const std::size_t bytes = size <= 0xffff ? 2 : 8;
    for (std::size_t i = 0; i < bytes; ++i) put(size >> (8 * i));
    put(bytes == 2 ? 126 : 127);
  }
  *--head = first;
  return head;
}

void forward(Client& from, char first, char* payload, std::size_t size) {
  const int opcode = first & 0x0f;
  Client* target = by_number[from.number ^ 1U];
  if (opcode == 0x9) {
    target = &from;
    first = static_cast<char>(0x8a);
  } else if (opcode > 0x2) {
    return;
  }
  if (target == nullptr) return;
  char* head = prepend_header(payload, size, first);
  send_bytes(*target, head, size + static_cast<std::size_t>(payload - head));
}

/// Takes one frame off the front; 0 if it is not complete.
std::size_t take_frame(Client& client, char* data, std::size_t size) {
  if (size < 2) return 0;
  const auto byte = [data](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(data[at]));
  };
  std::size_t length = byte(1) & 0x7f;
  std::size_t head = 2;
  const std::size_t wide = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (size < head + wide) return 0;
  if (wide > 0) length = 0;
  for (std::size_t i = 0; i < wide; ++i) length = (length << 8) | byte(head + i);
  head += wide + 4;
  if (size < head + length) return 0;
  std::uint32_t key = 0;
  std::memcpy(&key, data + head - 4, 4);
  unmask(data + head, length, key);
  forward(client, data[0], data + head, length);
  return head + length;
}

std::string accept_value(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 32> base64{};
  EVP_EncodeBlock(base64.data(), digest.data(), SHA_DIGEST_LENGTH);
  return reinterpret_cast<const char*>(base64.data());
}

/// Answers the upgrade request; its size, 0 if it is not complete, -1 if it is refused.
ssize_t take_upgrade(Client& client, std::string_view data) {
  constexpr std::string_view id_mark = "peerId=";
  constexpr std::string_view key_mark = "Sec-WebSocket-Key: ";
  const std::size_t end = data.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const std::size_t id = data.find(id_mark);
  const std::size_t key = data.find(key_mark);
  if (id > end || key > end || id + id_mark.size() + 40 > end) return -1;
  const char* digits = data.data() + id + id_mark.size() + 32;
  const auto parsed = std::from_chars(digits, digits + 8, client.number, 16);
  if (parsed.ec != std::errc{} || client.number >= clients_max) return -1;
  by_number[client.number] = &client;
  const std::string_view rest = data.substr(key + key_mark.size());
  const std::string answer =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      accept_value(rest.substr(0, rest.find('\r'))) + "\r\n\r\n";
  client.upgraded = true;
  send_bytes(client, answer.data(), answer.size());
  return static_cast<ssize_t>(end + 4);
}

bool take_all(Client& client, char* data, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    ssize_t taken = 0;
    if (client.upgraded) {
      taken = static_cast<ssize_t>(take_frame(client, data + done, size - done));
    } else {
      taken = take_upgrade(client, {data + done, size - done});
    }
    if (taken < 0) return false;
    if (taken == 0) break;
    done += static_cast<std::size_t>(taken);
  }
  client.unread.assign(data + done, size - done);
  return true;
}

bool receive(Client& client) {
  const std::size_t kept = client.unread.size();
  if (kept + 4096 > buffer.size()) return false;
  const ssize_t got = ::recv(client.fd, buffer.data() + kept, buffer.size() - kept, 0);
  if (got < 0 && errno == EAGAIN) return true;
  if (got <= 0) return false;
  // Most reads begin at a frame's border: then nothing is copied.
  if (kept > 0) std::memcpy(buffer.data(), client.unread.data(), kept);
  return take_all(client, buffer.data(), kept + static_cast<std::size_t>(got));
}

int listen_on(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd, 4096) != 0) {
    std::perror("epoll_relay");
    std::exit(1);
  }
  return fd;
}

void accept_client(int listener) {
  const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  const int yes = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  auto client = std::make_unique<Client>();
  client->fd = fd;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = client.get();
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0) {
    (void)client.release();  // Until `drop`.
  } else {
    ::close(fd);
  }
}

void drop(Client* client) {
  if (by_number[client->number] == client) by_number[client->number] = nullptr;
  ::close(client->fd);
  delete client;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view given = argc == 2 ? argv[1] : "";
  int port = 0;
  std::from_chars(given.data(), given.data() + given.size(), port);
  if (port <= 0 || port > 65'535) {
    std::fprintf(stderr, "usage: epoll_relay PORT\n");
    return 2;
  }
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  const int listener = listen_on(static_cast<std::uint16_t>(port));
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
  std::array<epoll_event, 256> events{};
  while (true) {
    const int count = epoll_wait(epoll_fd, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const epoll_event& ready = events[static_cast<std::size_t>(i)];
      auto* client = static_cast<Client*>(ready.data.ptr);
      if (client == nullptr) {
        accept_client(listener);
        continue;
      }
      if ((ready.events & EPOLLOUT) != 0) flush(*client);
      const bool readable = (ready.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
      if (readable && !receive(*client)) drop(client);
    }
  }
}
