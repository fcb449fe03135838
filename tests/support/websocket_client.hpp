#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/byte_stream.hpp"
#include "tests/support/frame.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/tcp_stream.hpp"

namespace pigeon::test {

/// How a connection ended, as a client sees it.
struct Ending {
  /// 1005 for a close frame without a code, 1006 for no close frame at all.
  std::uint16_t code = 1006;
  std::string reason;
};

/// A right request for a WebSocket; more fields may be added, each ending in CR LF.
std::string upgrade_request(std::string_view target, std::string_view more_fields = {});

/// Throws `Failure` unless the response is the right answer to `upgrade_request`.
void check_upgrade_response(const HttpResponse& response);

/// A WebSocket client that can send anything and reads strictly.
class WebSocketClient {
 public:
  /// Connects and upgrades; throws `Failure` if the hub refuses that.
  WebSocketClient(const Route& route, std::string_view target);
  /// The same over any other stream.
  WebSocketClient(std::unique_ptr<ByteStream> stream, std::string_view target);

  /// Sends bytes as they are; false if the hub has closed.
  bool send_bytes(std::string_view bytes, Deadline deadline = Deadline()) {
    return stream_->send(bytes, deadline);
  }
  bool send(const ClientFrame& frame);
  bool send_text(std::string_view text) { return send({.payload = std::string(text)}); }

  /// The next frame; nothing when the hub has ended the connection.
  std::optional<ServerFrame> receive(Deadline deadline = Deadline());
  /// The next text message; answers pings on the way. Throws `Failure` if the connection ends
  /// first.
  std::string receive_text(Deadline deadline = Deadline());
  /// Waits for the hub's close frame and the end of the connection, and drops what comes before.
  /// Answers the close frame, and pings on the way.
  Ending wait_closed(Deadline deadline = Deadline());
  /// Whether `receive` has a whole frame at hand and need not wait.
  bool has_frame();
  /// The close frame that has come, if one has.
  const std::optional<Ending>& ending() const { return ending_; }

  ByteStream& stream() { return *stream_; }

 private:
  void note_close(const ServerFrame& frame);

  std::unique_ptr<ByteStream> stream_;
  FrameReader frames_;
  std::optional<ServerFrame> at_hand_;
  std::optional<Ending> ending_;
  bool has_sent_close_ = false;
};

/// True if a close frame may carry the code.
bool may_be_on_the_wire(std::uint16_t code);

}  // namespace pigeon::test
