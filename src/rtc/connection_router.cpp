#include "rtc/connection_router.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.hpp"
#include "rtc/datagram_kind.hpp"

namespace pigeon::rtc {

namespace {

/// Adds a key to those of a connection and, at the limit, takes the oldest out of the table.
template <class Key, class Table>
void append(std::vector<Key>& keys, Key key, std::size_t count_max, Table& table) {
  if (keys.size() == count_max) {
    table.erase(keys.front());
    keys.erase(keys.begin());
  }
  keys.push_back(std::move(key));
}

}  // namespace

std::size_t ConnectionRouter::Hash::operator()(const SocketAddress& address) const {
  std::array<std::uint8_t, 18> bytes{};
  std::copy(address.ip.bytes().begin(), address.ip.bytes().end(), bytes.begin());
  bytes[16] = static_cast<std::uint8_t>(address.port >> 8U);
  bytes[17] = static_cast<std::uint8_t>(address.port);
  return hash_(BytesView(bytes));
}

ConnectionRouter::ConnectionRouter(Random random, const RouterOptions& options)
    : options_(options),
      by_ufrag_(0, Hash(random)),
      by_address_(0, Hash(random)),
      by_transaction_(0, Hash(random)) {
  PIGEON_ASSERT(options.address_count_max >= 1);
  PIGEON_ASSERT(options.ufrag_count_max >= 1);
  PIGEON_ASSERT(options.request_count_max >= 1);
}

bool ConnectionRouter::add(std::string_view ufrag, ConnectionId id) {
  if (const auto owner = find_in(by_ufrag_, ufrag)) {
    if (*owner != id) return false;
    // The latest again, as when an ICE restart is taken back.
    std::vector<std::string>& ufrags = connections_[id].ufrags;
    const auto known = std::ranges::find(ufrags, ufrag);
    std::rotate(known, known + 1, ufrags.end());
    return true;
  }
  append(connections_[id].ufrags, std::string(ufrag), options_.ufrag_count_max, by_ufrag_);
  by_ufrag_.emplace(ufrag, id);
  return true;
}

void ConnectionRouter::remove(ConnectionId id) {
  const Connection* connection = find(id);
  if (connection == nullptr) return;
  for (const std::string& ufrag : connection->ufrags) by_ufrag_.erase(ufrag);
  for (const SocketAddress& address : connection->addresses) by_address_.erase(address);
  for (const ice::TransactionId& request : connection->requests) by_transaction_.erase(request);
  connections_.erase(id);
}

bool ConnectionRouter::claim(const SocketAddress& remote, ConnectionId id) {
  if (const auto owner = find_in(by_address_, remote)) return *owner == id;
  learn(remote, id);
  return by_address_.contains(remote);
}

std::optional<ConnectionId> ConnectionRouter::learn(const SocketAddress& remote, ConnectionId id) {
  Connection* connection = find(id);
  if (connection == nullptr) return std::nullopt;
  const auto previous = find_in(by_address_, remote);
  if (previous == id) return std::nullopt;
  if (previous) std::erase(find(*previous)->addresses, remote);
  append(connection->addresses, remote, options_.address_count_max, by_address_);
  by_address_.insert_or_assign(remote, id);
  return previous;
}

void ConnectionRouter::note_sent(BytesView datagram, ConnectionId id) {
  if (kind_of(datagram) != DatagramKind::stun) return;
  Connection* connection = find(id);
  const auto message = ice::decode_stun(datagram);
  if (connection == nullptr || !message) return;
  if (message->message_class() != ice::StunClass::request) return;
  // A request that is sent again keeps its transaction.
  if (!by_transaction_.emplace(message->transaction(), id).second) return;
  append(connection->requests, message->transaction(), options_.request_count_max, by_transaction_);
}

std::optional<ConnectionId> ConnectionRouter::route(const AddressPair& path, BytesView datagram) {
  switch (kind_of(datagram)) {
    case DatagramKind::stun:
      return route_stun(path.remote, datagram);
    case DatagramKind::dtls:
    case DatagramKind::turn_channel:
    case DatagramKind::media:
      return route_by_address(path.remote);
    case DatagramKind::unknown:
      break;
  }
  ++counters_.unknown_kind;
  return std::nullopt;
}

std::optional<ConnectionId> ConnectionRouter::route_stun(const SocketAddress& remote,
                                                         BytesView datagram) {
  const auto message = ice::decode_stun(datagram);
  if (!message) {
    ++counters_.malformed;
    return std::nullopt;
  }
  switch (message->message_class()) {
    case ice::StunClass::request:
      return route_request(*message);
    case ice::StunClass::success:
    case ice::StunClass::error:
      if (const auto id = take_request(message->transaction())) return id;
      break;
    case ice::StunClass::indication:
      break;
  }
  return route_by_address(remote);
}

std::optional<ConnectionId> ConnectionRouter::route_request(const ice::StunMessage& request) {
  // RFC 8445 section 7.2.2: the fragment of the receiver, a colon, and that of the sender.
  const std::string_view username = request.text(ice::StunAttribute::username).value_or("");
  const std::size_t colon = username.find(':');
  const bool is_check =
      request.method() == ice::StunMethod::binding && colon != std::string_view::npos;
  const auto id = is_check ? find_in(by_ufrag_, username.substr(0, colon)) : std::nullopt;
  ++(id ? counters_.by_username : counters_.unknown_username);
  return id;
}

std::optional<ConnectionId> ConnectionRouter::take_request(const ice::TransactionId& transaction) {
  const auto id = find_in(by_transaction_, transaction);
  if (!id) return std::nullopt;
  by_transaction_.erase(transaction);
  std::erase(find(*id)->requests, transaction);
  ++counters_.by_transaction;
  return id;
}

std::optional<ConnectionId> ConnectionRouter::route_by_address(const SocketAddress& remote) {
  const auto id = find_in(by_address_, remote);
  ++(id ? counters_.by_address : counters_.unknown_address);
  return id;
}

ConnectionRouter::Connection* ConnectionRouter::find(ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : &found->second;
}

template <class Key>
std::optional<ConnectionId> ConnectionRouter::find_in(const Table<Key>& table, const auto& key) {
  const auto found = table.find(key);
  if (found == table.end()) return std::nullopt;
  return found->second;
}

}  // namespace pigeon::rtc
