#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "base/socket_address.hpp"

namespace pigeon::sim {

/// How a NAT treats datagrams (RFC 4787 sections 4 and 5); the older names are those of RFC 3489.
enum class NatKind : std::uint8_t {
  /// One outer port for each inner one, open to everybody.
  full_cone,
  /// The same, open to addresses that were sent to.
  restricted_cone,
  /// The same, open to addresses and ports that were sent to.
  port_restricted_cone,
  /// Another outer port for each destination, open to that alone.
  symmetric,
};

/// Translates between the addresses behind it and its own one.
class Nat {
 public:
  Nat(NatKind kind, const IpAddress& outer) : kind_(kind), outer_(outer) {}

  /// Where a datagram to `destination` seems to come from; the way back is open from now on.
  SocketAddress translate_out(const SocketAddress& inner, const SocketAddress& destination) {
    const Flow flow{inner, kind_ == NatKind::symmetric ? destination : SocketAddress()};
    const auto [place, is_new] = ports_.emplace(flow, next_port_);
    if (is_new) {
      inner_[next_port_] = inner;
      ++next_port_;
    }
    opened_[place->second].insert(destination);
    return {outer_, place->second};
  }

  /// Whom a datagram to `port` of the outer address is for; nothing if it is not let in.
  std::optional<SocketAddress> translate_in(const SocketAddress& source, std::uint16_t port) const {
    const auto inner = inner_.find(port);
    if (inner == inner_.end() || !lets_in(source, port)) return std::nullopt;
    return inner->second;
  }

  /// Forgets everything, as after a restart or a timeout: flows get new ports.
  void rebind() {
    ports_.clear();
    inner_.clear();
    opened_.clear();
  }

  const IpAddress& outer() const { return outer_; }

 private:
  struct Flow {
    SocketAddress inner;
    /// Unspecified unless mappings differ by destination.
    SocketAddress destination;

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted <=>.
    friend auto operator<=>(const Flow&, const Flow&) = default;
  };

  bool lets_in(const SocketAddress& source, std::uint16_t port) const {
    if (kind_ == NatKind::full_cone) return true;
    const auto opened = opened_.find(port);
    if (opened == opened_.end()) return false;
    if (kind_ != NatKind::restricted_cone) return opened->second.contains(source);
    const auto same_address = opened->second.lower_bound({source.ip, 0});
    return same_address != opened->second.end() && same_address->ip == source.ip;
  }

  NatKind kind_;
  IpAddress outer_;
  std::uint16_t next_port_ = 40'000;
  std::map<Flow, std::uint16_t> ports_;
  std::map<std::uint16_t, SocketAddress> inner_;
  std::map<std::uint16_t, std::set<SocketAddress>> opened_;
};

}  // namespace pigeon::sim
