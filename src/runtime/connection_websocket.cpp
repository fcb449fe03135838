#include <utility>

#include "net/websocket/frame.hpp"
#include "runtime/connection.hpp"

namespace pigeon::runtime {

using net::websocket::CloseCode;
using net::websocket::Opcode;

/// Carries out what the decoder finds.
struct Connection::FrameSink {
  Connection& connection;

  bool is_open() const { return connection.phase_ == Phase::open; }

  void message(Opcode /*opcode*/, BytesView payload) {
    // After our own close frame nothing but the client's is of interest.
    if (!is_open()) return;
    connection.services_.tell(hub::MessageReceived{connection.id_, as_text(payload)});
  }
  void ping(BytesView payload) {
    if (!is_open()) return;
    connection.queue().push(std::string(as_text(net::websocket::encode_pong(payload).view())));
  }
  void pong(BytesView /*payload*/) {
    if (is_open()) connection.services_.tell(hub::PongReceived{connection.id_});
  }
  void close(std::optional<CloseCode> code, std::string_view reason) {
    connection.receive_close(code, reason);
  }
  void error(CloseCode code, std::string_view sentence) { connection.fail(code, sentence); }
};

void Connection::receive_frames(MutableBytesView input) {
  FrameSink sink{*this};
  decoder_.decode(input, sink);
  enforce_limits();
}

void Connection::receive_close(std::optional<CloseCode> code, std::string_view reason) {
  // RFC 6455 section 5.5.1: answered with the same code, unless it is itself an answer.
  if (phase_ == Phase::open) send_close(code, {});
  report_closed(static_cast<std::uint16_t>(code.value_or(CloseCode::no_status)), reason);
  linger();
}

/// The client has broken the protocol or sent too much.
void Connection::fail(CloseCode code, std::string_view sentence) {
  services_.share.refusals.add(code == CloseCode::message_too_big ? Refused::message_bytes
                                                                  : Refused::protocol_error);
  if (phase_ == Phase::open) send_close(code, sentence);
  report_closed(static_cast<std::uint16_t>(code), sentence);
  linger();
}

/// Ends a connection that costs too much. What has not been begun to be sent is forgotten.
void Connection::give_up(Refused reason, std::string_view sentence) {
  services_.share.refusals.add(reason);
  if (queue_ != nullptr) stream_.drop_unsent(*queue_);
  send_close(CloseCode::try_again_later, sentence);
  report_closed(static_cast<std::uint16_t>(CloseCode::try_again_later), sentence);
  decoder_ = net::websocket::Decoder(net::websocket::Role::server);
  linger();
  account();
}

void Connection::send_text(std::string text) {
  if (phase_ != Phase::open) return;
  const auto header = net::websocket::encode_header(Opcode::text, text.size());
  queue().push(header.view(), std::move(text));
}

void Connection::send_ping() {
  if (phase_ != Phase::open) return;
  queue().push(std::string(as_text(net::websocket::encode_ping({}).view())));
}

void Connection::close(std::uint16_t code, std::string_view reason) {
  if (phase_ != Phase::open) return;
  send_close(static_cast<CloseCode>(code), reason);
  phase_ = Phase::closing;
  set_deadline(Deadline::closing);
}

void Connection::send_close(std::optional<CloseCode> code, std::string_view reason) {
  queue().push(std::string(as_text(net::websocket::encode_close(code, reason).view())));
}

void Connection::report_closed(std::uint16_t code, std::string_view reason) {
  services_.closed.push_back({.connection = id_, .code = code, .reason = std::string(reason)});
}

}  // namespace pigeon::runtime
