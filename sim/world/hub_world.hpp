#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "hub/hub.hpp"
#include "sim/engine/network.hpp"
#include "sim/engine/scheduler.hpp"
#include "sim/engine/trace.hpp"

namespace pigeon::sim {

/// The client's end of a simulated connection to the hub.
class HubClient {
 public:
  virtual ~HubClient() = default;
  virtual void receive_text(std::string_view text) = 0;
  virtual void receive_close(std::uint16_t code, std::string_view reason) = 0;
  /// False: the client does not answer the hub's pings.
  virtual bool answers_pings() const { return true; }
};

/// A real hub core on a simulated network. Several can share a clock; they know nothing of each
/// other.
class HubWorld {
 public:
  HubWorld(Scheduler& scheduler, Random random, HubOptions options, NetworkOptions network = {});

  /// Connects; the client stays where it is for as long as the connection lives.
  hub::ConnectionId connect(HubClient& client, std::string peer_id, std::string address);
  /// Sends a text message to the hub.
  void send(hub::ConnectionId connection, std::string text);
  /// Ends the connection from the client's side.
  void disconnect(hub::ConnectionId connection, std::uint16_t code = 1001);
  /// The connection is cut: what is on the way is lost in both directions, and the hub hears of it
  /// after a while.
  void cut(hub::ConnectionId connection);

  void run_for(Duration duration) { scheduler_.run_for(duration); }

  /// The hub is gone: every connection is lost with what is on the way, and new ones are refused
  /// with code 1006.
  void stop_hub();
  /// A new hub that knows nothing takes its place.
  void start_hub() { is_up_ = true; }
  bool is_up() const { return is_up_; }
  void restart_hub();

  Scheduler& scheduler() { return scheduler_; }
  const Scheduler& scheduler() const { return scheduler_; }
  Random& random() { return random_; }
  const Trace& trace() const { return trace_; }
  /// Messages that the hub has sent.
  std::uint64_t sent_count() const { return sent_count_; }

 private:
  void feed(const hub::Input& input);
  void feed_from(hub::ConnectionId connection, const hub::Input& input);
  void end(hub::ConnectionId connection, std::uint16_t code);
  void carry_out(hub::Output output);
  void on(const hub::SendText& send);
  void on(const hub::SendPing& ping);
  void on(const hub::CloseConnection& close);
  void arm();

  HubOptions options_;
  Scheduler& scheduler_;
  Random random_;
  Network network_;
  Trace trace_;
  std::unique_ptr<hub::Hub> hub_;
  bool is_up_ = true;
  /// The clients' ends: whoever has left hears no more.
  std::map<hub::ConnectionId, HubClient*> clients_;
  /// The hub's ends: what was sent before leaving still arrives.
  std::set<hub::ConnectionId> open_;
  /// Of these, those that are cut without the hub knowing.
  std::set<hub::ConnectionId> cut_;
  std::uint64_t next_connection_ = 1;
  std::uint64_t sent_count_ = 0;
  Instant armed_ = Instant::max();
};

}  // namespace pigeon::sim
