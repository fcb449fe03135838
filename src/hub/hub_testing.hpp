#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "hub/hub.hpp"
#include "wire/client_message.hpp"
#include "wire/json_reader.hpp"

namespace pigeon::hub {

/// A hub for tests with its time and the outputs of each connection.
class HubUnderTest {
 public:
  explicit HubUnderTest(HubOptions options = {})
      : hub_(std::move(options), Random::from_number(1), now_) {}

  /// Opens a connection; `peer_id` as it stands in the query.
  ConnectionId open(std::string_view peer_id, std::string address = "10.0.0.1") {
    const ConnectionId connection{next_++};
    feed(ConnectionOpened{connection, {{"peerId", std::string(peer_id)}}, std::move(address)});
    return connection;
  }

  /// Opens a connection and announces in a namespace.
  ConnectionId join(std::string_view peer_id, std::string_view network = "global",
                    std::uint32_t max_peers = 3) {
    const ConnectionId connection = open(peer_id);
    send(connection, wire::encode_announce(peer_id, network, max_peers, ""));
    return connection;
  }

  void send(ConnectionId connection, std::string_view text) {
    feed(MessageReceived{connection, text});
  }
  void signal(ConnectionId from, std::string_view type, std::string_view target,
              std::string_view data = "{}", std::string_view network = "global") {
    send(from, R"({"type":")" + std::string(type) + R"(","targetPeerId":")" + std::string(target) +
                   R"(","networkName":")" + std::string(network) + R"(","data":)" +
                   std::string(data) + "}");
  }
  void close(ConnectionId connection, std::uint16_t code = 1001) {
    feed(ConnectionClosed{connection, code, "bye"});
  }

  SendResponse get(std::string path, std::string method = "GET",
                   std::string host = "hub.example:3000") {
    feed(HttpRequest{.connection = ConnectionId{next_++},
                     .method = std::move(method),
                     .path = std::move(path),
                     .host = std::move(host),
                     .address = "10.0.0.9"});
    return responses_.back();
  }

  /// Lets time pass, with every timeout at its moment.
  void pass(Duration duration) {
    const Instant end = now_.monotonic + duration;
    while (hub_.next_timeout() <= end) {
      set_time(std::max(hub_.next_timeout(), now_.monotonic));
      feed(Timeout{});
    }
    set_time(end);
  }

  void feed(const Input& input) {
    hub_.handle(input, now_);
    for (Output& output : hub_.take_outputs()) {
      std::visit([this](auto& typed) { keep(typed); }, output);
    }
  }

  /// Messages sent to a connection since the last call.
  std::vector<std::string> take(ConnectionId connection) {
    return std::exchange(texts_[connection], {});
  }
  /// The same, only those of a type.
  std::vector<std::string> take(ConnectionId connection, std::string_view type) {
    std::vector<std::string> found;
    for (std::string& text : take(connection)) {
      if (text.starts_with(R"({"type":")" + std::string(type) + "\"")) found.push_back(text);
    }
    return found;
  }
  std::size_t pings(ConnectionId connection) { return std::exchange(pings_[connection], 0); }
  std::optional<CloseConnection> closed(ConnectionId connection) {
    const auto found = closes_.find(connection);
    if (found == closes_.end()) return std::nullopt;
    return found->second;
  }
  bool drained() const { return drained_; }
  const std::vector<HubEvent>& events() const { return events_; }
  const Hub& hub() const { return hub_; }
  Now now() const { return now_; }

 private:
  void keep(SendText& output) { texts_[output.connection].push_back(std::move(output.text)); }
  void keep(const SendPing& output) { ++pings_[output.connection]; }
  void keep(const CloseConnection& output) { closes_[output.connection] = output; }
  void keep(SendResponse& output) { responses_.push_back(std::move(output)); }
  void keep(Emit& output) { events_.push_back(std::move(output.event)); }
  void keep(const Drained& /*output*/) { drained_ = true; }
  void set_time(Instant instant) {
    now_.monotonic = instant;
    now_.wall_ms = 1'700'000'000'000 + instant.time_since_epoch() / std::chrono::milliseconds(1);
  }

  Now now_{.monotonic = Instant(1h), .wall_ms = 1'700'000'000'000};
  Hub hub_;
  std::uint64_t next_ = 1;
  std::map<ConnectionId, std::vector<std::string>> texts_;
  std::map<ConnectionId, std::size_t> pings_;
  std::map<ConnectionId, CloseConnection> closes_;
  std::vector<SendResponse> responses_;
  std::vector<HubEvent> events_;
  bool drained_ = false;
};

inline const std::string alice(40, 'a');
inline const std::string bob(40, 'b');
inline const std::string carol(40, 'c');

}  // namespace pigeon::hub
