#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/bytes.hpp"
#include "base/keyed_hash.hpp"
#include "base/random.hpp"
#include "base/socket_address.hpp"
#include "rtc/ice/stun/message.hpp"

namespace pigeon::rtc {

/// Names a connection among those that share a socket. The owner chooses it.
enum class ConnectionId : std::uint32_t {};

struct RouterOptions {
  /// Remote addresses held for one connection; at the limit the one learned first is forgotten. Of
  /// the pairs of candidates only few are ever in use.
  std::size_t address_count_max = 16;
  /// Username fragments of one connection; at the limit the oldest is forgotten. During an ICE
  /// restart there are two (RFC 8445 section 9).
  std::size_t ufrag_count_max = 2;
  /// Requests of one connection that wait for a response; at the limit the oldest is forgotten. Two
  /// round trips of 800 ms at the pace of RFC 8445 section 14.2, 50 ms.
  std::size_t request_count_max = 32;
};

struct RouterCounters {
  std::uint64_t by_username = 0;
  std::uint64_t by_transaction = 0;
  std::uint64_t by_address = 0;
  /// Dropped: a STUN request for no connection here.
  std::uint64_t unknown_username = 0;
  /// Dropped: from an address that no connection has accepted.
  std::uint64_t unknown_address = 0;
  /// Dropped: says it is STUN and is not well-formed.
  std::uint64_t malformed = 0;
  /// Dropped: of no protocol of WebRTC.
  std::uint64_t unknown_kind = 0;
};

/// Tells which of the connections that share a socket a datagram is for. Reading datagrams never
/// grows it: strangers can only be counted.
///
/// STUN requests go to whom their USERNAME names, even if their address belongs to another
/// connection: only so can a peer that starts anew from the same port reach its new connection.
/// STUN responses go to whoever sent the request. All else goes by the remote address.
class ConnectionRouter {
 public:
  /// Each limit is 1 or more.
  explicit ConnectionRouter(Random random, const RouterOptions& options = {});

  /// Lets a connection be found by the username fragment of its own side. False if another one has
  /// it: draw another. One that it has already becomes its latest.
  bool add(std::string_view ufrag, ConnectionId id);
  /// Forgets all about a connection.
  void remove(ConnectionId id);

  /// Gives an address to a connection that has accepted a request from there, if no other one has
  /// it: anybody who speaks to one connection can put the address of another one's peer as sender
  /// on a request. True if it is this connection's now.
  bool claim(const SocketAddress& remote, ConnectionId id);
  /// Gives an address to a connection whose own request was answered from there: only who receives
  /// at an address can move it. Returns who lost it to this connection. Nothing happens for a
  /// connection that was not added.
  std::optional<ConnectionId> learn(const SocketAddress& remote, ConnectionId id);
  /// Has to see the STUN datagrams that a connection sends, so that the responses find it; ignores
  /// all that are no requests.
  void note_sent(BytesView datagram, ConnectionId id);

  /// The connection that a datagram is for; nothing if it is to be dropped, which is counted.
  std::optional<ConnectionId> route(const AddressPair& path, BytesView datagram);

  const RouterCounters& counters() const { return counters_; }
  std::size_t connection_count() const { return connections_.size(); }
  std::size_t address_count() const { return by_address_.size(); }
  std::size_t request_count() const { return by_transaction_.size(); }

 private:
  /// All keys but the ids of connections come from the network.
  class Hash {
   public:
    using is_transparent = void;
    using is_avalanching = void;
    explicit Hash(Random& random) : hash_(random) {}
    std::size_t operator()(std::string_view ufrag) const { return hash_(ufrag); }
    std::size_t operator()(const ice::TransactionId& id) const { return hash_(BytesView(id)); }
    std::size_t operator()(const SocketAddress& address) const;

   private:
    KeyedHash hash_;
  };
  struct IdHash {
    std::size_t operator()(ConnectionId id) const { return static_cast<std::size_t>(id); }
  };
  /// What a connection has in the tables; of each the oldest first.
  struct Connection {
    std::vector<std::string> ufrags;
    std::vector<SocketAddress> addresses;
    std::vector<ice::TransactionId> requests;
  };
  template <class Key>
  using Table = boost::unordered_flat_map<Key, ConnectionId, Hash, std::equal_to<>>;

  Connection* find(ConnectionId id);
  template <class Key>
  static std::optional<ConnectionId> find_in(const Table<Key>& table, const auto& key);
  std::optional<ConnectionId> route_stun(const SocketAddress& remote, BytesView datagram);
  std::optional<ConnectionId> route_request(const ice::StunMessage& request);
  std::optional<ConnectionId> take_request(const ice::TransactionId& transaction);
  std::optional<ConnectionId> route_by_address(const SocketAddress& remote);

  RouterOptions options_;
  Table<std::string> by_ufrag_;
  Table<SocketAddress> by_address_;
  Table<ice::TransactionId> by_transaction_;
  boost::unordered_flat_map<ConnectionId, Connection, IdHash> connections_;
  RouterCounters counters_;
};

}  // namespace pigeon::rtc
