#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

#include "base/random.hpp"
#include "base/time.hpp"
#include "net/tls_client_context.hpp"
#include "net/websocket/client_session.hpp"

namespace pigeon::runtime {

struct HubSocketOptions {
  /// From the attempt to the open WebSocket: name, connection, TLS and handshake together. Less
  /// than `signaling::HubLinksOptions` has, because here it is known what took so long.
  Duration open_time_max = 9s;
  net::websocket::ClientSessionOptions session;
};

/// How far an attempt to reach a hub has come, in this order; `secured` only where the URL says
/// `wss`.
enum class HubStage : std::uint8_t { name_found, connected, secured, opened };

/// What a `HubSocket` tells, on its loop's thread and never inside one of its own functions. It may
/// be destroyed in any of these.
struct HubSocketCallbacks {
  std::function<void()> opened;
  std::function<void(std::string_view text)> text;
  /// The last one, once. Also if the connection never opened; `reason` is a sentence with the cause
  /// and the next step. 1006: the connection ended without a word, or was never a WebSocket.
  std::function<void(std::uint16_t code, std::string_view reason)> closed;
  /// For whoever wants to know how far it comes. Unlike the others it must not end the socket.
  std::function<void(HubStage stage)> reached = {};
};

/// A WebSocket connection to a hub: resolves the name without blocking the loop, tries one address
/// after another, and speaks TLS where the URL says `wss`. Belongs to the thread of its loop.
/// Bounded: a hub that does not read what waits for it is given up, and so is one that is silent.
/// A name is looked up on a thread of the loop's resolver, for whose end the loop's destructor
/// waits.
class HubSocket {
 public:
  /// Begins to connect. `trusted` decides whose certificates are taken; its error, if it could not
  /// be loaded, closes connections that need it.
  HubSocket(boost::asio::io_context& loop, std::string_view url,
            const Result<net::TlsClientContext, std::string>& trusted,
            const HubSocketOptions& options, Random random, HubSocketCallbacks callbacks);
  HubSocket(const HubSocket&) = delete;
  HubSocket& operator=(const HubSocket&) = delete;
  /// Ends the connection at once. Nothing is told any more.
  ~HubSocket();

  /// Sends a text message; does nothing if the connection is not open. More than the session's
  /// `queue_bytes_max` waiting closes the connection.
  void send(std::string_view text);
  /// Closes after everything was sent; `closed` follows, after `close_time_max` at the latest. The
  /// code is one that RFC 6455 lets an endpoint send.
  void close(std::uint16_t code, std::string_view reason);

 private:
  class Connection;

  std::shared_ptr<Connection> connection_;
};

}  // namespace pigeon::runtime
