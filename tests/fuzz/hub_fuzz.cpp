#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "hub/hub.hpp"
#include "tests/fuzz/script.hpp"
#include "wire/json_reader.hpp"
#include "wire/server_message.hpp"

// A hub core under a stranger's script: the first byte of an input chooses the options, the others
// who connects, what is said, what the driver reports, and how time passes. Whatever the script,
// the hub keeps to what its clients and its driver rely on.

namespace {

using namespace pigeon;
using namespace pigeon::hub;
using fuzz::Script;

constexpr std::size_t connections_max = 16;
/// Far more than any input may cause among so few connections.
constexpr std::size_t outputs_max = 1'024;

HubOptions options_for(std::uint8_t choice) {
  HubOptions options;
  if ((choice & 1U) != 0) options.introductions.small_namespace_max = 0;
  if ((choice & 2U) != 0) options.introductions.per_join_max = 2;
  if ((choice & 4U) != 0) options.limits.connections_max = 4;
  if ((choice & 8U) != 0) options.limits.messages_per_peer = {.per_minute = 60, .burst = 5};
  if ((choice & 16U) != 0) options.limits.announces_per_peer = {};
  if ((choice & 32U) != 0) options.limits.refusals_max = 3;
  if ((choice & 64U) != 0) options.liveness.duplicate_time = std::chrono::milliseconds(0);
  if ((choice & 128U) != 0) options.introductions.second_notice = std::chrono::milliseconds(0);
  return options;
}

std::string id_of(std::size_t number) {
  // Two spellings of each, and bits that differ at both ends.
  const std::string digits = number % 2 == 0 ? "0123456789abcdef" : "0123456789ABCDEF";
  return digits[number % 16] + std::string(38, 'a') + digits[number * 7 % 16];
}

/// A connection as its client sees it.
struct Client {
  std::string id;
  bool is_connected = false;
  /// The hub has closed it and the driver has not yet said that it is gone.
  bool is_closing = false;
  /// Whom it has been told of, and has not been told to be gone.
  std::set<std::string> known;
};

class World {
 public:
  explicit World(std::uint8_t choice)
      : hub_(options_for(choice), Random::from_number(choice), now_) {}

  void step(Script& script) {
    switch (script.below(12)) {
      case 0:
      case 1:
        return open(script);
      case 2:
      case 3:
      case 4:
      case 5:
        return say(script);
      case 6:
        return say_anything(script);
      case 7:
        return end(script);
      case 8:
        if (auto connection = pick(script)) feed(PongReceived{*connection});
        return;
      case 9:
        return request(script);
      case 10:
        return drain(script);
      default:
        pass(Duration(std::int64_t{1} << script.below(27)));
    }
  }

  /// Everybody leaves, and nothing may stay behind.
  void finish() {
    while (!clients_.empty()) {
      const ConnectionId connection = clients_.begin()->first;
      clients_.erase(clients_.begin());
      feed(ConnectionClosed{connection, 1006, {}});
    }
    PIGEON_ASSERT(hub_.peers().empty());
    PIGEON_ASSERT(hub_.stats(now_).networks == 0);
    pass(std::chrono::hours(1));
    PIGEON_ASSERT(hub_.next_timeout() == Instant::max());
    PIGEON_ASSERT(drained_count_ == (is_draining_ ? 1U : 0U));
  }

 private:
  std::optional<ConnectionId> pick(Script& script) {
    if (clients_.empty()) return std::nullopt;
    auto at = clients_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(script.below(clients_.size())));
    return at->first;
  }

  void open(Script& script) {
    if (clients_.size() == connections_max) return;
    const ConnectionId connection{++last_connection_};
    const std::size_t choice = script.below(32);
    // Some have no id, a wrong one, or two.
    Query query = {{"peerId", id_of(choice)}};
    if (choice == 29) query.clear();
    if (choice == 30) query.front().second = script.text();
    if (choice == 31) query.emplace_back("peerId", id_of(1));
    clients_[connection].id = query.empty() ? "" : query.front().second;
    feed(ConnectionOpened{connection, query, "10.0.0." + std::to_string(script.below(3))});
  }

  /// A message that means something more often than any bytes do.
  void say(Script& script) {
    const auto connection = pick(script);
    if (!connection) return;
    static constexpr auto types = std::to_array<const char*>(
        {"announce", "announce", "offer", "answer", "ice-candidate", "connection-rejected",
         "goodbye", "ping", "cleanup", "recovery-offer", "unknown", "pong"});
    static constexpr auto reasons =
        std::to_array<const char*>({"max_peers_reached", "initiator_role_conflict"});
    std::string text = R"({"type":")" + std::string(types.at(script.below(types.size())));
    text += R"(","networkName":"n)" + std::to_string(script.below(3)) + R"(","maxPeers":)" +
            std::to_string(script.below(6)) + R"(,"targetPeerId":")" + id_of(script.below(32)) +
            R"(","data":{"reason":")" + reasons.at(script.below(2)) + "\"}}";
    feed(MessageReceived{*connection, text});
  }

  void say_anything(Script& script) {
    const auto connection = pick(script);
    if (!connection) return;
    const std::string text(script.text());
    feed(MessageReceived{*connection, text});
  }

  void end(Script& script) {
    const auto connection = pick(script);
    if (!connection) return;
    clients_.erase(*connection);
    feed(ConnectionClosed{*connection, 1000, std::string(script.text())});
  }

  void request(Script& script) {
    static constexpr auto paths = std::to_array<const char*>(
        {"/health", "/hubs", "/signaling", "/generate-peer-id", "/peers", "/metrics", "/readyz",
         "/livez", "/status.json", "/", "/nothing"});
    static constexpr auto methods = std::to_array<const char*>({"GET", "HEAD", "OPTIONS", "POST"});
    HttpRequest request{.connection = ConnectionId{++last_connection_},
                        .method = methods.at(script.below(4)),
                        .path = paths.at(script.below(paths.size())),
                        .query = {{"namespace", std::string(script.text())}},
                        .host = std::string(script.text()),
                        .accept = {},
                        .secure = false,
                        .address = "10.0.0.9"};
    answers_.clear();
    feed(request);
    PIGEON_ASSERT(answers_.size() == 1);
    PIGEON_ASSERT(answers_.front().connection == request.connection);
    check_response(answers_.front());
    feed(
        DriverReport{.buffered_bytes = 1, .resident_bytes = 2, .refused = {{"handshake_time", 1}}});
  }

  static void check_response(const SendResponse& response) {
    PIGEON_ASSERT(response.status >= 200 && response.status < 600);
    for (const auto& [name, value] : response.headers) {
      PIGEON_ASSERT(value.find_first_of("\r\n") == std::string::npos);
      if (name != "Content-Type" || !value.starts_with("application/json")) continue;
      wire::JsonReader reader;
      PIGEON_ASSERT(response.body.empty() || reader.parse(response.body).has_value());
    }
  }

  /// Rarely, or little else would happen.
  void drain(Script& script) {
    if (script.byte() != 0xd7) return;
    is_draining_ = true;
    feed(DrainRequested{});
  }

  /// The driver comes when the hub has asked it to, or later.
  void pass(Duration duration) {
    const Instant end = now_.monotonic + duration;
    now_.wall_ms += duration.count() / 1'000;
    for (int i = 0; hub_.next_timeout() <= end; ++i) {
      PIGEON_ASSERT(i < 100'000);
      now_.monotonic = std::max(now_.monotonic, hub_.next_timeout());
      feed(Timeout{});
      PIGEON_ASSERT(hub_.next_timeout() > now_.monotonic);
    }
    now_.monotonic = end;
  }

  void feed(const Input& input) {
    hub_.handle(input, now_);
    const std::vector<Output> outputs = hub_.take_outputs();
    PIGEON_ASSERT(outputs.size() <= outputs_max);
    for (const Output& output : outputs) {
      std::visit([&](const auto& typed) { check(typed); }, output);
    }
    check_lists();
  }

  void check(const SendText& output) {
    Client& client = speaking_to(output.connection);
    const auto message = wire::decode_server_message(output.text, reader_);
    PIGEON_ASSERT(message.has_value());
    // `connected` is the first message, and comes once.
    PIGEON_ASSERT(std::holds_alternative<wire::Connected>(*message) == !client.is_connected);
    client.is_connected = true;
    std::visit([&](const auto& typed) { check(client, typed); }, *message);
  }
  void check(const SendPing& output) { speaking_to(output.connection); }
  void check(const CloseConnection& output) {
    speaking_to(output.connection).is_closing = true;
    PIGEON_ASSERT(output.code != 1000);
    PIGEON_ASSERT(output.reason.size() <= 123);
  }
  void check(const SendResponse& output) { answers_.push_back(output); }
  void check(const Emit& /*output*/) {}
  void check(const Drained& /*output*/) {
    ++drained_count_;
    PIGEON_ASSERT(is_draining_);
  }

  static void check(const Client& client, const wire::Connected& message) {
    PIGEON_ASSERT(message.peer_id == client.id);
  }
  static void check(Client& client, const wire::PeerDiscovered& message) {
    PIGEON_ASSERT(message.to == client.id);
    PIGEON_ASSERT(message.peer_id != client.id);
    client.known.emplace(message.peer_id);
  }
  static void check(Client& client, const wire::PeerDisconnected& message) {
    PIGEON_ASSERT(message.to == client.id);
    PIGEON_ASSERT(client.known.erase(std::string(message.peer_id)) == 1);
  }
  static void check(const Client& client, const wire::RelayedSignal& message) {
    PIGEON_ASSERT(message.to == client.id);
    PIGEON_ASSERT(message.from.size() == 40);
  }
  static void check(const Client& client, const wire::RelayedGoodbye& message) {
    PIGEON_ASSERT(client.known.contains(std::string(message.from)));
  }
  static void check(const Client& client, const wire::Pong& message) {
    PIGEON_ASSERT(message.to == client.id);
  }
  static void check(const Client& /*client*/, const wire::ErrorReply& message) {
    PIGEON_ASSERT(!message.error.empty());
  }
  static void check(const Client& /*client*/, const wire::UnknownServerMessage& /*message*/) {
    PIGEON_ASSERT(false);
  }

  Client& speaking_to(ConnectionId connection) {
    const auto found = clients_.find(connection);
    PIGEON_ASSERT(found != clients_.end());
    PIGEON_ASSERT(!found->second.is_closing);
    return found->second;
  }

  /// What the hub tells about itself agrees with itself and with what the clients see.
  void check_lists() const {
    const HubStats stats = hub_.stats(now_);
    const std::vector<HubPeer> peers = hub_.peers();
    PIGEON_ASSERT(stats.connections == peers.size());
    PIGEON_ASSERT(peers.size() <= clients_.size());
    PIGEON_ASSERT(peers.size() <= stats.connections_max);
    PIGEON_ASSERT(stats.running == !is_draining_);
    std::size_t announced = 0;
    std::set<std::string> networks;
    std::set<std::string> ids;
    for (const HubPeer& peer : peers) {
      PIGEON_ASSERT(ids.insert(peer.peer_id).second);
      PIGEON_ASSERT(peer.announced == !peer.network.empty());
      if (!peer.announced) continue;
      ++announced;
      networks.insert(peer.network);
    }
    PIGEON_ASSERT(stats.peers == announced);
    PIGEON_ASSERT(stats.networks == networks.size());
    for (const auto& [connection, client] : clients_) {
      const bool is_listed = ids.contains(client.id);
      PIGEON_ASSERT(!client.is_connected || client.is_closing || is_listed);
    }
  }

  Now now_{.monotonic = Instant(std::chrono::hours(1)), .wall_ms = 1'700'000'000'000};
  hub::Hub hub_;
  wire::JsonReader reader_;
  std::map<ConnectionId, Client> clients_;
  std::vector<SendResponse> answers_;
  std::uint64_t last_connection_ = 0;
  std::size_t drained_count_ = 0;
  bool is_draining_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  World world(script.byte());
  while (!script.is_finished()) world.step(script);
  world.finish();
  return 0;
}
