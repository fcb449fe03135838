#include <limits>
#include <utility>

#include "base/token_bucket.hpp"
#include "net/websocket/frame.hpp"
#include "runtime/connection.hpp"

namespace pigeon::runtime {

using net::websocket::CloseCode;
using net::websocket::Opcode;

namespace {
/// Pings, and pongs that answer none of ours, of one client: far more than any that is alive
/// needs. More closes the connection with 1008.
constexpr TokenRate control_frame_rate{.per_minute = 6'000, .burst = 400};
}  // namespace

/// Carries out what the decoder finds.
struct Connection::FrameSink {
  Connection& connection;

  bool is_open() const { return connection.phase_ == Phase::open; }
  /// Whether the client's part in closing, or its last mistake, has come.
  bool has_ended() const { return !is_open() && connection.phase_ != Phase::closing; }

  void message(Opcode /*opcode*/, BytesView payload) {
    // After our own close frame nothing but the client's is of interest.
    if (!is_open()) return;
    connection.services_.tell(hub::MessageReceived{connection.id_, as_text(payload)});
  }
  void ping(BytesView payload) {
    if (!is_open() || !connection.take_control_frame()) return;
    connection.queue().push(std::string(as_text(net::websocket::encode_pong(payload).view())));
  }
  void pong(BytesView /*payload*/) {
    if (!is_open()) return;
    if (connection.pings_unanswered_ > 0) {
      --connection.pings_unanswered_;
    } else if (!connection.take_control_frame()) {
      return;
    }
    connection.services_.tell(hub::PongReceived{connection.id_});
  }
  void close(std::optional<CloseCode> code, std::string_view reason) {
    if (!has_ended()) connection.receive_close(code, reason);
  }
  void error(CloseCode code, std::string_view sentence) {
    if (has_ended()) return;
    connection.fail(
        code == CloseCode::message_too_big ? Refused::message_bytes : Refused::protocol_error, code,
        sentence);
  }
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

/// Charges a ping, or a pong that answers none of ours, to what the client may send of these:
/// unlike messages they cost nothing in the core, but time and an answer here. False if that was
/// too much, and the connection has ended.
bool Connection::take_control_frame() {
  if (control_frames_ == nullptr) {
    control_frames_ = std::make_unique<TokenBucket>(control_frame_rate);
  }
  if (control_frames_->take(services_.now().monotonic)) return true;
  fail(Refused::control_rate, CloseCode::policy_violation, "Too many pings");
  return false;
}

/// The client has broken the protocol or sent too much.
void Connection::fail(Refused reason, CloseCode code, std::string_view sentence) {
  services_.share.refusals.add(reason);
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
  if (pings_unanswered_ < std::numeric_limits<std::uint8_t>::max()) ++pings_unanswered_;
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
