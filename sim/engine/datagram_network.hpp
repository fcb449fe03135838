#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "sim/engine/nat.hpp"
#include "sim/engine/scheduler.hpp"

namespace pigeon::sim {

/// What a path does to datagrams. Chances are in units of one in 10,000.
struct PathConditions {
  Duration delay = 10ms;
  /// Added by chance up to this; datagrams overtake each other by it.
  Duration jitter = 0us;
  std::uint32_t loss = 0;
  std::uint32_t duplication = 0;
  /// Longer datagrams vanish without a word.
  std::size_t datagram_size_max = 1'500;
  /// Bytes a second through each direction of the path; 0 is no limit.
  std::uint64_t bandwidth = 0;
  /// Bytes that wait for the limited path; more are dropped.
  std::size_t queue_max = 128 * 1'024;
};

/// Carries datagrams between simulated hosts, some of them behind NATs.
class DatagramNetwork {
 public:
  using Receiver = std::function<void(const AddressPair& path, BytesView datagram)>;

  struct Counters {
    std::uint64_t sent = 0;
    std::uint64_t delivered = 0;
    std::uint64_t lost = 0;
    std::uint64_t too_large = 0;
    std::uint64_t not_let_in = 0;
    std::uint64_t queue_full = 0;
  };

  DatagramNetwork(Scheduler& scheduler, Random random)
      : scheduler_(scheduler), random_(std::move(random)) {}

  /// Conditions of every path from now on.
  void set_conditions(const PathConditions& conditions) { conditions_ = conditions; }
  const PathConditions& conditions() const { return conditions_; }

  /// Lets a host receive at an address.
  void bind(const SocketAddress& address, Receiver receiver);
  void unbind(const SocketAddress& address) { receivers_.erase(address); }
  /// Puts an address behind a NAT; what it sends goes through there.
  void put_behind(const IpAddress& inner, Nat& nat);
  /// Nothing gets from or to the address any more, or it does again.
  void cut_off(const IpAddress& address, bool is_cut_off);

  void send(const SocketAddress& from, const SocketAddress& to, BytesView datagram);

  const Counters& counters() const { return counters_; }

 private:
  /// When a limited direction of a path is free again.
  struct Direction {
    IpAddress from;
    IpAddress to;

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted <=>.
    friend auto operator<=>(const Direction&, const Direction&) = default;
  };

  std::optional<Duration> queueing_delay(const Direction& direction, std::size_t size);
  void carry(const SocketAddress& from, const SocketAddress& to, BytesView datagram,
             Duration queued);
  void arrive(const SocketAddress& from, const SocketAddress& to, BytesView datagram);
  bool is_cut_off(const IpAddress& address) const;

  Scheduler& scheduler_;
  Random random_;
  PathConditions conditions_;
  std::map<SocketAddress, Receiver> receivers_;
  std::map<IpAddress, Nat*> behind_;
  std::map<IpAddress, Nat*> outer_;
  std::map<IpAddress, bool> cut_off_;
  std::map<Direction, Instant> busy_until_;
  Counters counters_;
};

}  // namespace pigeon::sim
