#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/datagram_batch.hpp"
#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "rtc/ice/stun/types.hpp"
#include "rtc/ice/turn/peers.hpp"
#include "rtc/ice/turn/types.hpp"

namespace pigeon::ice {

/// What the server is asked for.
struct TurnRequest {
  enum class Kind : std::uint8_t { allocate, refresh, release, permissions, channel };

  Kind kind = Kind::allocate;
  /// Of `permissions`.
  std::vector<SocketAddress> peers{};
  /// Of `channel`.
  ChannelBinding channel{};
  /// It has been repeated because of a stale nonce. Once is enough: a server whose nonces are
  /// stale at once would otherwise be asked for ever.
  bool repeated = false;
};

/// A request on its way.
struct TurnTransaction {
  TransactionId id{};
  TurnRequest request;
  /// The whole message, for retransmission.
  Bytes message;
  /// It carries integrity, so its answer has to.
  bool authenticated = false;
};

/// The requests without an answer, at most `turn_transaction_count_max`, and when they are sent
/// again or given up (RFC 8489 sections 6.2.1 and 6.2.2).
class TurnTransactions {
 public:
  /// A request that got no answer.
  struct Expired {
    TurnRequest request;
    /// There were answers, but without valid integrity (RFC 8489 section 9.2.5).
    bool integrity_violated = false;
  };

  explicit TurnTransactions(TurnTransport transport) : transport_(transport) {}

  std::size_t size() const { return pending_.size(); }
  /// Begins one; there are fewer than `turn_transaction_count_max`.
  void add(TurnTransaction transaction, Now now);
  /// Null if there is none of that id.
  const TurnTransaction* find(const TransactionId& id) const;
  /// Ends one; it is there.
  TurnTransaction take(const TransactionId& id);
  /// An answer had no valid integrity. Over UDP the right one may still come; on a stream nothing
  /// can come any more, so that the request expires at once.
  void note_violation(const TransactionId& id, Now now);
  void clear() { pending_.clear(); }

  /// Marks what has to be sent again and says how many those are.
  std::size_t handle_timeout(Now now);
  /// Takes out one whose time is over.
  std::optional<Expired> take_expired(Now now);
  Instant next_timeout() const;

  /// Writes what has to be sent, each request a datagram.
  void transmit(const AddressPair& path, DatagramBatch& out);

 private:
  struct Pending {
    TurnTransaction transaction;
    Duration timeout{};
    Instant resend_at{};
    Instant expires_at{};
    bool unsent = true;
    bool integrity_violated = false;
  };

  Pending* find_pending(const TransactionId& id);

  std::vector<Pending> pending_;
  TurnTransport transport_;
};

}  // namespace pigeon::ice
