#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/ip_address.hpp"
#include "base/token_bucket.hpp"
#include "hub/output.hpp"
#include "net/deadline_list.hpp"
#include "net/http/request_parser.hpp"
#include "net/http/response.hpp"
#include "net/send_queue.hpp"
#include "net/stream.hpp"
#include "net/websocket/decoder.hpp"
#include "runtime/connection_id.hpp"
#include "runtime/loop_services.hpp"

namespace pigeon::runtime {

/// One accepted connection: TLS handshake if there is TLS, HTTP requests, perhaps a WebSocket, its
/// end. Lives on the thread of its loop. Small while it is an idle WebSocket: what it needs for the
/// rest is on the heap only as long as it is needed.
class Connection : public net::DeadlineEntry {
 public:
  /// A `refused` connection hears that its address has too many, whatever it asks for; with the
  /// reason to count.
  Connection(LoopServices& services, ConnectionId id, net::Stream stream, const IpAddress& address,
             std::optional<Refused> refused);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  ConnectionId id() const { return id_; }
  const IpAddress& address() const { return address_; }
  bool is_refused() const { return refused_.has_value(); }

  void start();
  /// The socket is readable.
  void receive();
  /// The socket is writable.
  void resume_writing();
  /// Reads the request that came together with the one before.
  void resume_reading();
  void handle_deadline();

  // What the core wants. Does nothing if the connection is no longer one that it can be done with.
  void send_text(std::string text);
  void send_ping();
  void close(std::uint16_t code, std::string_view reason);
  void respond(hub::SendResponse&& response);

  /// Writes what waits, as far as the socket takes it, and looks at the limits of what stays.
  void flush();

  /// The hub accepts no more: ends if nothing but another request could come.
  void end_if_idle();
  /// Ends at once and forgets what is unsent.
  void drop();

 private:
  enum class Phase : std::uint8_t {
    tls_handshake,
    /// HTTP, reading a request.
    request,
    /// HTTP, between a request and the end of its answer. Nothing is read.
    answer,
    /// WebSocket.
    open,
    /// WebSocket, a close frame has been sent and none has come.
    closing,
    /// All has been said: what waits is written, what comes is dropped.
    lingering,
    gone,
  };
  /// The reading of HTTP requests, one after another.
  struct Http;
  struct FrameSink;

  bool wants_input() const;
  void read_input();
  void wait_readable();
  void wait_writable();
  void step_tls_handshake();
  /// True if something was read. Otherwise ends the connection if it must.
  bool has_read(const net::IoResult& result);
  net::SendQueue& queue();
  void flush_later();
  void finish_writing();
  void enforce_limits();
  bool account();
  void set_deadline(Deadline deadline);
  void linger();
  void vanish();
  void end();

  // HTTP: connection_http.cpp.
  void receive_request();
  void read_request(MutableBytesView input);
  bool accept_head(MutableBytesView rest);
  void upgrade(MutableBytesView rest);
  void ask_core();
  void answer_error(Refused reason, unsigned status, std::string_view sentence,
                    std::vector<net::http::Field> fields = {});
  void answer(unsigned status, std::span<const net::http::Field> fields, std::string body);
  void finish_answer();

  // WebSocket: connection_websocket.cpp.
  void receive_frames(MutableBytesView input);
  void receive_close(std::optional<net::websocket::CloseCode> code, std::string_view reason);
  bool take_control_frame();
  void fail(Refused reason, net::websocket::CloseCode code, std::string_view sentence);
  void give_up(Refused reason, std::string_view sentence);
  void send_close(std::optional<net::websocket::CloseCode> code, std::string_view reason);
  void report_closed(std::uint16_t code, std::string_view reason);

  LoopServices& services_;
  ConnectionId id_;
  net::Stream stream_;
  std::unique_ptr<net::SendQueue> queue_;
  std::unique_ptr<Http> http_;
  net::websocket::Decoder decoder_;
  // Null until the client sends its first control frame: most send none.
  std::unique_ptr<TokenBucket> control_frames_;
  // Bytes that are accounted for in the budget.
  std::size_t held_bytes_ = 0;
  IpAddress address_;
  Phase phase_;
  Deadline deadline_ = Deadline::request;
  std::uint8_t pings_unanswered_ = 0;
  std::optional<Refused> refused_;
  bool waits_readable_ = false;
  bool waits_writable_ = false;
  bool is_to_flush_ = false;
  bool has_finished_sending_ = false;
};

}  // namespace pigeon::runtime
