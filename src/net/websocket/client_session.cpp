#include "net/websocket/client_session.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/text.hpp"

namespace pigeon::net::websocket {

namespace {

/// Bytes of the server's words that a sentence repeats.
constexpr std::size_t quoted_bytes_max = 200;

/// The server's words without what a terminal could take for a command.
std::string quoted(std::string_view words) {
  std::string text(first_bytes(words, quoted_bytes_max));
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return is_utf8(as_bytes(text)) ? text : std::string();
}

/// Whether more could make it a response.
bool may_become_response(std::string_view head) {
  constexpr std::string_view beginning = "HTTP/1.";
  return beginning.starts_with(head.substr(0, beginning.size()));
}

/// What to do about a response with this status.
std::string advice(const http::ResponseParser& response) {
  const unsigned status = response.status();
  if (status == 429 || status == 503) return "It is too busy: wait before you try again.";
  if (status == 401 || status == 403) return "It does not let you in: ask whoever runs it.";
  if (status >= 300 && status < 400) {
    const std::string place = quoted(response.field("Location"));
    if (!place.empty()) return "It points to " + place + ": use that address.";
  }
  if (status >= 500) return "It is out of order: try again later.";
  return "Check that the address is that of a hub.";
}

}  // namespace

/// Carries out what the decoder finds.
struct ClientSession::FrameSink {
  ClientSession& session;

  void message(Opcode opcode, BytesView payload) {
    // After our own close frame nothing but the server's is of interest.
    if (!session.is_open()) return;
    if (opcode == Opcode::text) {
      session.events_.emplace_back(TextReceived{std::string(as_text(payload))});
      return;
    }
    session.send_close(CloseCode::unsupported_data, "Text messages only");
    session.end(static_cast<std::uint16_t>(CloseCode::unsupported_data),
                session.server() + " sent a binary message, which hubs do not.");
  }
  void ping(BytesView payload) {
    if (session.is_open()) session.send_control(encode_pong(payload, session.mask()));
  }
  void pong(BytesView /*payload*/) {}
  void close(std::optional<CloseCode> code, std::string_view reason) {
    if (session.has_ended()) return;
    // RFC 6455 section 5.5.1: answered with the same code, unless it is itself an answer.
    if (session.is_open()) session.send_close(code, {});
    const auto number = static_cast<std::uint16_t>(code.value_or(CloseCode::no_status));
    std::string sentence = session.server() + " closed the connection (" + std::to_string(number);
    if (const std::string words = quoted(reason); !words.empty()) sentence += ": " + words;
    session.end(number, sentence + ").");
  }
  void error(CloseCode code, std::string_view sentence) {
    if (session.has_ended()) return;
    if (session.is_open()) session.send_close(code, sentence);
    session.end(
        static_cast<std::uint16_t>(code),
        session.server() + " breaks the WebSocket protocol: " + std::string(sentence) + ".");
  }
};

Result<ClientSession, HandshakeError> ClientSession::create(std::string_view host,
                                                            std::string_view target,
                                                            const ClientSessionOptions& options,
                                                            Random random, Now now) {
  std::string key = make_key(random);
  auto request = encode_request(host, target, key);
  if (!request) return Unexpected(request.error());
  ClientSession session(host, std::move(key), options, random);
  session.queue_.push(std::move(*request));
  session.deadline_ = now.monotonic + options.silence_max;
  return session;
}

ClientSession::ClientSession(std::string_view host, std::string key,
                             const ClientSessionOptions& options, Random random)
    : options_(options),
      host_(host),
      key_(std::move(key)),
      random_(random),
      response_(options.head_bytes_max),
      decoder_(Role::client, {.message_bytes_max = options.message_bytes_max}) {}

void ClientSession::receive(MutableBytesView input, Now now) {
  if (state_ == State::handshake) input = receive_head(input);
  if (state_ == State::handshake || has_ended()) return;
  if (state_ == State::open) {
    deadline_ = now.monotonic + options_.silence_max;
    is_pinged_ = false;
  }
  FrameSink sink{*this};
  decoder_.decode(input, sink);
  check_queue();
}

/// Gives what is behind the head.
MutableBytesView ClientSession::receive_head(MutableBytesView input) {
  const std::size_t before = head_.size();
  // Beyond its bound the head is refused anyway.
  const std::size_t room = options_.head_bytes_max + 1;
  head_.append(as_text(input.first(std::min(input.size(), room))));
  // Servers of other protocols say so in their first bytes, and may say nothing more.
  if (!has_begun_ && !may_become_response(head_)) {
    refuse_head(http::ResponseError::bad_syntax);
    return {};
  }
  const auto used = response_.feed(head_);
  if (!used) {
    refuse_head(used.error());
    return {};
  }
  if (!response_.is_complete()) {
    has_begun_ = has_begun_ || *used > 0;
    head_.erase(0, *used);
    return {};
  }
  PIGEON_ASSERT(*used >= before);
  head_ = std::string();
  finish_handshake();
  return input.subspan(*used - before);
}

void ClientSession::refuse_head(http::ResponseError error) {
  end(static_cast<std::uint16_t>(CloseCode::abnormal),
      server() + " is no hub: what it sent " + std::string(http::to_string(error)) +
          ". Check host and port, and whether it wants ws or wss.");
}

void ClientSession::finish_handshake() {
  if (response_.status() != 101) return refuse_response();
  const std::string upgrade = response_.field("Upgrade");
  const std::string connection = response_.field("Connection");
  const std::string accept = response_.field("Sec-WebSocket-Accept");
  const std::string extensions = response_.field("Sec-WebSocket-Extensions");
  const std::string protocol = response_.field("Sec-WebSocket-Protocol");
  const auto checked = check_response({.status = response_.status(),
                                       .upgrade = upgrade,
                                       .connection = connection,
                                       .accept = accept,
                                       .extensions = extensions,
                                       .protocol = protocol},
                                      key_);
  if (!checked) {
    return end(static_cast<std::uint16_t>(CloseCode::abnormal),
               server() + " does not open a WebSocket: " + std::string(to_string(checked.error())) +
                   ". Check that the address is that of a hub.");
  }
  state_ = State::open;
  events_.emplace_back(SessionOpened{});
}

void ClientSession::refuse_response() {
  std::string sentence = server() + " answers " + std::to_string(response_.status());
  if (const std::string words = quoted(response_.reason()); !words.empty()) sentence += " " + words;
  end(static_cast<std::uint16_t>(CloseCode::abnormal),
      sentence + " instead of opening a WebSocket. " + advice(response_));
}

void ClientSession::lose(std::string_view cause) {
  const bool was_opening = state_ == State::handshake;
  std::string sentence = server() + " ended the connection ";
  sentence += was_opening ? "before it opened a WebSocket" : "without a word";
  if (!cause.empty()) sentence.append(" (").append(cause).append(")");
  sentence += was_opening ? ". Check host and port, and whether it wants ws or wss." : ".";
  end(static_cast<std::uint16_t>(CloseCode::abnormal), std::move(sentence));
}

void ClientSession::send_text(std::string_view text) {
  if (!is_open()) return;
  const MaskKey key = mask();
  const FrameHeader header = encode_header(Opcode::text, text.size(), key);
  std::string frame;
  frame.reserve(header.size + text.size());
  frame.append(as_text(header.view())).append(text);
  auto* const payload = reinterpret_cast<std::uint8_t*>(frame.data()) + header.size;
  apply_mask({payload, text.size()}, key);
  queue_.push(std::move(frame));
  check_queue();
}

void ClientSession::close(CloseCode code, std::string_view reason, Now now) {
  if (state_ == State::handshake) {
    return end(static_cast<std::uint16_t>(code), "The connection was given up.");
  }
  if (!is_open()) return;
  send_close(code, reason);
  state_ = State::closing;
  deadline_ = now.monotonic + options_.close_time_max;
}

void ClientSession::handle_timeout(Now now) {
  if (has_ended() || now.monotonic < deadline_) return;
  if (state_ == State::open && !is_pinged_) {
    is_pinged_ = true;
    deadline_ = now.monotonic + options_.silence_max;
    return send_control(encode_ping({}, mask()));
  }
  end(static_cast<std::uint16_t>(CloseCode::abnormal), server() + " does not answer any more.");
}

std::vector<SessionEvent> ClientSession::take_events() { return std::exchange(events_, {}); }

void ClientSession::send_control(const ControlFrame& frame) {
  queue_.push(std::string(as_text(frame.view())));
}

void ClientSession::send_close(std::optional<CloseCode> code, std::string_view reason) {
  send_control(encode_close(code, reason, mask()));
}

void ClientSession::check_queue() {
  if (has_ended() || queue_.cost() <= options_.queue_bytes_max) return;
  end(static_cast<std::uint16_t>(CloseCode::abnormal),
      server() + " reads too slowly: the connection was given up.");
}

void ClientSession::end(std::uint16_t code, std::string reason) {
  if (std::exchange(state_, State::ended) == State::ended) return;
  deadline_ = Instant::max();
  events_.emplace_back(SessionClosed{code, std::move(reason)});
}

/// RFC 6455 section 10.3: anew for each frame.
MaskKey ClientSession::mask() {
  MaskKey key{};
  random_.fill(key);
  return key;
}

}  // namespace pigeon::net::websocket
