#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/types.h>

#include "bench/load/connection.hpp"
#include "bench/load/websocket.hpp"

namespace pigeon::bench {

using ClientIndex = std::size_t;

/// How a client is made.
struct ClientOptions {
  /// False: the client never reads after its handshake, until `start_reading`.
  bool reads = true;
  /// Bytes of the kernel's receive buffer; 0: as the system likes.
  int receive_buffer = 0;
};

/// Many WebSocket clients on one epoll loop in one thread. Every frame costs a system call at most
/// on each way, so a loaded server works harder than its load. Pings are answered.
class Swarm {
 public:
  /// Told of what arrives; called from `poll` only, and may send from there.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void on_text(ClientIndex index, std::string_view text) = 0;
    /// `code` 1006: without a close frame.
    virtual void on_closed(ClientIndex index, std::uint16_t code) = 0;
  };

  /// Clients of the server at 127.0.0.1:`port`, over TLS if there is a context.
  Swarm(std::uint16_t port, Listener& listener, SSL_CTX* tls = nullptr);
  ~Swarm();
  Swarm(const Swarm&) = delete;
  Swarm& operator=(const Swarm&) = delete;

  /// Begins to connect; `target` as in `/?peerId=...`.
  ClientIndex connect(std::string_view target, ClientOptions options = {});
  /// Connects to all targets, a bounded number at a time, and waits until all are open. Throws
  /// std::runtime_error if one is refused or `seconds_max` pass.
  void connect_all(std::span<const std::string> targets, double seconds_max);

  /// Sends a text message; what the kernel does not take is queued. Nothing if the client is not
  /// open.
  void send(ClientIndex index, std::string_view text);
  /// Waits for events, at most `timeout_ns`, and handles them.
  void poll(std::int64_t timeout_ns);
  /// Polls for `seconds`.
  void run(double seconds);
  void start_reading(ClientIndex index);

  bool is_open(ClientIndex index) const;
  bool is_closed(ClientIndex index) const;
  /// Bytes that wait because the kernel does not take them.
  std::size_t unsent_bytes(ClientIndex index) const;
  std::uint64_t received_bytes(ClientIndex index) const;
  std::size_t size() const { return clients_.size(); }
  std::size_t open_count() const { return open_count_; }
  std::size_t closed_count() const { return closed_count_; }

 private:
  enum class State : std::uint8_t { connecting, securing, upgrading, open, closed };

  struct Client {
    Connection connection;
    State state = State::connecting;
    bool reads = true;
    std::uint32_t watched = 0;
    std::uint16_t close_code = 1006;
    std::uint64_t received = 0;
    std::string request;
    std::string unread;
    std::string unsent;
  };

  void handle(ClientIndex index, std::uint32_t events);
  void establish(ClientIndex index);
  void read_some(ClientIndex index);
  std::size_t take(ClientIndex index, std::string_view bytes);
  void take_frame_of(ClientIndex index, const ServerFrame& frame);
  void send_frame(Client& client, Opcode opcode, std::string_view payload);
  void flush(ClientIndex index);
  void watch(ClientIndex index);
  void close(ClientIndex index);

  std::uint16_t port_;
  Listener& listener_;
  SSL_CTX* tls_;
  int epoll_fd_;
  std::uint32_t mask_ = 0x9e3779b9;
  std::size_t open_count_ = 0;
  std::size_t closed_count_ = 0;
  std::vector<Client> clients_;
  std::vector<char> buffer_;
  std::string frame_;
};

}  // namespace pigeon::bench
