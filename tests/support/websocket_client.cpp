#include "tests/support/websocket_client.hpp"

#include <tuple>
#include <utility>

namespace pigeon::test {

namespace {

// The example of RFC 6455 section 1.3.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::string describe(const Ending& ending) {
  return std::to_string(ending.code) + " '" + ending.reason + "'";
}

}  // namespace

std::string upgrade_request(std::string_view target, std::string_view more_fields) {
  std::string request = "GET ";
  request.append(target).append(" HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n");
  request.append("Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
  return request.append(key).append("\r\n").append(more_fields).append("\r\n");
}

void check_upgrade_response(const HttpResponse& response) {
  if (response.status != 101) {
    throw Failure("upgrade refused: " + std::to_string(response.status) + " " + response.body);
  }
  if (response.field("upgrade") != "websocket") throw Failure("Upgrade is not websocket");
  if (response.field("connection") != "Upgrade") throw Failure("Connection is not Upgrade");
  if (response.field("sec-websocket-accept") != accept) throw Failure("wrong accept value");
  // RFC 6455 section 4.1: what was not asked for may not be granted.
  if (response.has("sec-websocket-extensions")) throw Failure("extension that nobody asked for");
  if (response.has("sec-websocket-protocol")) throw Failure("subprotocol that nobody asked for");
}

WebSocketClient::WebSocketClient(const Route& route, std::string_view target)
    : WebSocketClient(std::make_unique<TcpStream>(route), target) {}

WebSocketClient::WebSocketClient(std::unique_ptr<ByteStream> stream, std::string_view target) {
  HttpClient http(std::move(stream));
  http.send(upgrade_request(target));
  check_upgrade_response(http.receive());
  std::string behind;
  std::tie(stream_, behind) = http.release();
  frames_.feed(behind);
}

bool WebSocketClient::send(const ClientFrame& frame) {
  has_sent_close_ = has_sent_close_ || frame.opcode == opcode::close;
  return send_bytes(encode(frame));
}

bool WebSocketClient::has_frame() {
  if (!at_hand_) at_hand_ = frames_.next();
  return at_hand_.has_value();
}

std::optional<ServerFrame> WebSocketClient::receive(Deadline deadline) {
  while (!has_frame()) {
    const std::string bytes = stream_->receive(deadline);
    if (bytes.empty()) {
      if (frames_.pending_bytes() > 0) throw Failure("the hub ends inside a frame");
      return std::nullopt;
    }
    frames_.feed(bytes);
  }
  if (ending_) throw Failure("the hub sends a frame behind its close frame");
  if (at_hand_->opcode == opcode::close) note_close(*at_hand_);
  return std::exchange(at_hand_, std::nullopt);
}

void WebSocketClient::note_close(const ServerFrame& frame) {
  ending_ = Ending{.code = 1005, .reason = {}};
  if (frame.payload.empty()) return;
  if (frame.payload.size() == 1) throw Failure("close frame of one byte");
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(frame.payload[i]); };
  ending_->code = static_cast<std::uint16_t>(byte(0) << 8U | byte(1));
  ending_->reason = frame.payload.substr(2);
  if (!may_be_on_the_wire(ending_->code)) throw Failure("invalid code: " + describe(*ending_));
}

std::string WebSocketClient::receive_text(Deadline deadline) {
  while (auto frame = receive(deadline)) {
    if (frame->opcode == opcode::text) return frame->payload;
    if (frame->opcode == opcode::ping) send({.opcode = opcode::pong, .payload = frame->payload});
    if (frame->opcode == opcode::binary) throw Failure("the hub sends a binary message");
  }
  throw Failure("connection ended: " + describe(ending_.value_or(Ending())));
}

Ending WebSocketClient::wait_closed(Deadline deadline) {
  while (auto frame = receive(deadline)) {
    if (frame->opcode == opcode::ping) send({.opcode = opcode::pong, .payload = frame->payload});
    if (frame->opcode == opcode::close && !has_sent_close_) {
      send({.opcode = opcode::close, .payload = frame->payload.substr(0, 2)});
    }
  }
  return ending_.value_or(Ending());
}

// RFC 6455 section 7.4 and the registry of the IANA.
bool may_be_on_the_wire(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

}  // namespace pigeon::test
