#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "net/http/response_parser.hpp"
#include "net/send_queue.hpp"
#include "net/websocket/decoder.hpp"
#include "net/websocket/frame.hpp"
#include "net/websocket/handshake.hpp"
#include "pigeon/result.hpp"

namespace pigeon::net::websocket {

struct ClientSessionOptions {
  /// Bytes of the head of the server's response; a larger one ends the session.
  std::size_t head_bytes_max = 8'192;
  /// Bytes of one message of the server; a larger one ends the session with 1009.
  std::uint32_t message_bytes_max = 1024 * 1024;
  /// Bytes that wait to be written; more end the session: the server does not read.
  std::size_t queue_bytes_max = std::size_t{1} << 20U;
  /// Silence of the server after which it is asked by a ping, and again until it is given up.
  Duration silence_max = 30s;
  /// The server's part in closing.
  Duration close_time_max = 2s;
};

// What a session tells.

struct SessionOpened {};
struct TextReceived {
  std::string text;
};
/// The last event. 1006: the connection ended without a word, or was never a WebSocket.
struct SessionClosed {
  std::uint16_t code = 1006;
  /// A sentence.
  std::string reason;
};
using SessionEvent = std::variant<SessionOpened, TextReceived, SessionClosed>;

/// The client's end of a WebSocket connection (RFC 6455 without extensions) as bytes in and bytes
/// out: opening handshake, text messages, pings, closing handshake. After each call the owner
/// writes `queue`, acts on `take_events`, and calls `handle_timeout` at `next_timeout`; after
/// `SessionClosed` it writes what it can and closes the connection.
class ClientSession {
 public:
  /// Begins with the request. `host` is that of the URL with its port if it has one, and names the
  /// server in sentences; `target` begins with `/`.
  static Result<ClientSession, HandshakeError> create(std::string_view host,
                                                      std::string_view target,
                                                      const ClientSessionOptions& options,
                                                      Random random, Now now);

  bool is_open() const { return state_ == State::open; }
  bool has_ended() const { return state_ == State::ended; }

  /// Bytes of the server. They are unmasked in place.
  void receive(MutableBytesView input, Now now);
  /// The connection has ended; `cause` is a clause such as "reset by the other side", or empty.
  void lose(std::string_view cause);

  /// Sends a message (UTF-8). Does nothing if the session is not open.
  void send_text(std::string_view text);
  /// Begins the closing handshake; before the opening it ends the session. The code is one that
  /// `may_be_sent`.
  void close(CloseCode code, std::string_view reason, Now now);

  void handle_timeout(Now now);
  Instant next_timeout() const { return deadline_; }

  /// What is to be written, in order.
  SendQueue& queue() { return queue_; }
  std::vector<SessionEvent> take_events();

 private:
  enum class State : std::uint8_t {
    /// The response has not come as a whole.
    handshake,
    open,
    /// Our close frame is sent; the server's has not come.
    closing,
    ended,
  };
  struct FrameSink;

  ClientSession(std::string_view host, std::string key, const ClientSessionOptions& options,
                Random random);

  MutableBytesView receive_head(MutableBytesView input);
  void finish_handshake();
  void refuse_head(http::ResponseError error);
  void refuse_response();
  void send_control(const ControlFrame& frame);
  void send_close(std::optional<CloseCode> code, std::string_view reason);
  void check_queue();
  void end(std::uint16_t code, std::string reason);
  std::string server() const { return "The server at " + host_; }
  MaskKey mask();

  ClientSessionOptions options_;
  std::string host_;
  std::string key_;
  Random random_;
  State state_ = State::handshake;
  bool is_pinged_ = false;
  Instant deadline_ = Instant::max();
  http::ResponseParser response_;
  /// The parser has taken something of the head.
  bool has_begun_ = false;
  /// Bytes of the head that the parser has left.
  std::string head_;
  Decoder decoder_;
  SendQueue queue_;
  std::vector<SessionEvent> events_;
};

}  // namespace pigeon::net::websocket
