// A hub core under a stranger's script: the bytes choose who connects, what is said, and how much
// time passes. The hub never speaks to a connection that is not there, and never to one that it has
// closed.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "hub/hub.hpp"

namespace {

using namespace pigeon;
using namespace pigeon::hub;

class Script {
 public:
  Script(const std::uint8_t* data, std::size_t size)
      : bytes_(reinterpret_cast<const char*>(data), size) {}

  bool finished() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  std::string_view text() {
    const std::string_view taken = bytes_.substr(0, byte());
    bytes_.remove_prefix(taken.size() < bytes_.size() ? taken.size() : bytes_.size());
    return taken;
  }

 private:
  std::string_view bytes_;
};

class World {
 public:
  void step(Script& script) {
    const std::uint8_t action = script.byte();
    const ConnectionId connection{1U + script.byte() % 16U};
    switch (action % 8) {
      case 0:
      case 1:
        open(connection, script);
        break;
      case 2:
      case 3:
        if (open_.contains(connection)) feed(MessageReceived{connection, script.text()});
        break;
      case 4:
        say(connection, script);
        break;
      case 5:
        if (open_.erase(connection) != 0) feed(ConnectionClosed{connection, 1001, {}});
        break;
      case 6:
        if (open_.contains(connection)) feed(PongReceived{connection});
        break;
      default:
        pass(Duration(std::int64_t{1} << (script.byte() % 27)));
    }
  }

 private:
  static std::string id(std::uint8_t number) {
    return std::string(39, 'a') + "0123456789abcdef"[number % 16];
  }

  void open(ConnectionId connection, Script& script) {
    if (!open_.emplace(connection, false).second) return;
    feed(ConnectionOpened{connection, {{"peerId", id(script.byte())}}, "10.0.0.1"});
  }

  /// A message that makes sense more often than random bytes do.
  void say(ConnectionId connection, Script& script) {
    if (!open_.contains(connection)) return;
    static constexpr const char* types[] = {
        "announce", "offer", "answer", "connection-rejected", "goodbye", "recovery-offer"};
    const std::string type = types[script.byte() % 6];
    const std::string text = R"({"type":")" + type + R"(","maxPeers":)" +
                             std::to_string(script.byte() % 5) + R"(,"networkName":"n)" +
                             std::to_string(script.byte() % 2) + R"(","targetPeerId":")" +
                             id(script.byte()) + R"("})";
    feed(MessageReceived{connection, text});
  }

  void pass(Duration duration) {
    const Instant end = now_.monotonic + duration;
    for (int i = 0; i < 64 && hub_.next_timeout() <= end; ++i) {
      if (hub_.next_timeout() > now_.monotonic) now_.monotonic = hub_.next_timeout();
      feed(Timeout{});
    }
    now_.monotonic = end;
  }

  void feed(const Input& input) {
    hub_.handle(input, now_);
    const auto outputs = hub_.take_outputs();
    PIGEON_ASSERT(outputs.size() < 4'096);
    for (const Output& output : outputs) {
      if (const auto* send = std::get_if<SendText>(&output)) expect_open(send->connection);
      if (const auto* ping = std::get_if<SendPing>(&output)) expect_open(ping->connection);
      if (const auto* close = std::get_if<CloseConnection>(&output)) {
        expect_open(close->connection);
        open_[close->connection] = true;
      }
    }
    PIGEON_ASSERT(hub_.stats(now_).connections <= open_.size());
  }

  void expect_open(ConnectionId connection) {
    const auto found = open_.find(connection);
    PIGEON_ASSERT(found != open_.end());
    PIGEON_ASSERT(!found->second);
  }

  Now now_{};
  hub::Hub hub_{HubOptions{}, Random::from_number(1), now_};
  /// Connections, and whether the hub has closed them.
  std::map<ConnectionId, bool> open_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  World world;
  while (!script.finished()) world.step(script);
  return 0;
}
