#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "tests/support/tcp_stream.hpp"
#include "tests/support/websocket_client.hpp"

namespace pigeon::test {

namespace json = boost::json;

/// An id for tests: another for each number, spread over the id space as real ones are.
std::string make_id(std::uint64_t number);

/// The member as text; empty if it is absent or no string.
std::string text_at(const json::object& object, std::string_view member);
/// `data.peerId` of a notice.
std::string subject_of(const json::object& message);

struct PeerOptions {
  std::string network = "global";
  std::string source = "127.0.0.1";
  int receive_buffer = 0;
  /// `maxPeers` of all messages; absent: not sent.
  std::optional<std::uint32_t> max_peers;
};

/// A PeerPigeon client as far as a hub sees it. Keeps every message that comes until a test asks.
class PeerClient {
 public:
  using Inbox = std::deque<json::object>;
  using Matches = std::function<bool(const json::object&)>;

  /// Connects; the hub's `connected` is the first message to come.
  PeerClient(std::uint16_t port, std::string id, PeerOptions options = {});

  const std::string& id() const { return id_; }
  WebSocketClient& socket() { return socket_; }

  /// Sends the message with the envelope's usual members that it lacks.
  void send(json::object message);
  /// `data` holds what is announced besides the id.
  void announce(json::object data = {});
  void signal(std::string_view type, std::string_view target, json::value data);

  /// Takes the first message of the type, come or to come; throws `Failure` if there is none in
  /// time.
  json::object expect(std::string_view type, Deadline deadline = Deadline());
  /// The first that also satisfies `matches`.
  json::object expect(std::string_view type, const Matches& matches,
                      Deadline deadline = Deadline());
  /// The first of the type about that peer.
  json::object expect_about(std::string_view type, std::string_view subject,
                            Deadline deadline = Deadline());

  /// Receives everything that the hub has sent up to now: asks for a pong and waits for it.
  void sync();
  /// The messages that have come and have not been taken, oldest first.
  Inbox& inbox() { return inbox_; }
  std::size_t count(std::string_view type) const;

 private:
  void receive(Deadline deadline);

  std::string id_;
  PeerOptions options_;
  WebSocketClient socket_;
  Inbox inbox_;
};

}  // namespace pigeon::test
