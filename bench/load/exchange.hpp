#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/types.h>

#include "bench/load/messages.hpp"
#include "bench/load/swarm.hpp"

namespace pigeon::bench {

/// What one stretch of an exchange gave.
struct Round {
  std::uint64_t messages = 0;
  double seconds = 0;
  /// Nanoseconds from sending (when paced: from the moment it was due) to arriving, of each
  /// message.
  std::vector<std::int64_t> latencies;
  /// Messages that were not part of the load, as `peer-discovered`.
  std::uint64_t others = 0;
};

/// Clients in pairs that send each other offers, the greater id, and answers through a server.
/// Every message is checked: it arrives once, at its target, with its data unchanged.
class Exchange final : public Swarm::Listener {
 public:
  /// `clients` is even. A client sends `burst` messages when it is its turn.
  Exchange(std::uint16_t port, std::size_t clients, std::size_t message_bytes,
           std::size_t burst = 1);

  /// Connects, announces everybody in one namespace and waits until the server has calmed down.
  void join();
  /// Keeps `window` messages under way for `seconds`.
  Round run_closed(double seconds, std::size_t window);
  /// Sends `rate` messages a second, whatever comes back.
  Round run_paced(double seconds, double rate);
  /// Waits for what is under way, at most 3 s.
  void finish();

  /// Another client of the same loop, whose messages are only counted.
  ClientIndex add_bystander(std::size_t number, ClientOptions options);
  Swarm& swarm() { return swarm_; }

  std::uint64_t sent() const { return next_sequence_; }
  /// After `finish`: messages that have not arrived.
  std::size_t lost() const { return under_way_; }
  /// Messages that arrived twice, changed or at the wrong client, and closed connections, with the
  /// first of them in words.
  std::size_t faults() const { return faults_; }
  const std::string& first_fault() const { return first_fault_; }

  void on_text(ClientIndex client, std::string_view text) override;
  void on_closed(ClientIndex client, std::uint16_t code) override;

 private:
  struct Slot {
    std::uint64_t sequence = 0;
    std::int64_t sent_at = 0;
    bool under_way = false;
  };

  ClientIndex sender_of(std::uint64_t sequence) const { return sequence / burst_ % clients_; }
  void send_next(std::int64_t sent_at);
  void receive_description(ClientIndex client, std::string_view data);
  void fault(std::string what);
  Round take_round(std::int64_t begin);

  Swarm swarm_;
  std::size_t clients_;
  std::size_t burst_;
  std::vector<Description> descriptions_;
  std::vector<Slot> slots_;
  std::uint64_t next_sequence_ = 0;
  std::size_t under_way_ = 0;
  std::size_t faults_ = 0;
  std::string first_fault_;
  Round round_;
};

}  // namespace pigeon::bench
