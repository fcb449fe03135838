#include "rtc/ice/turn/transactions.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace pigeon::ice {

namespace {

/// RFC 8489 section 6.2.1: sent at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s (Rc = 7), then 16 times
/// the first timeout until it is given up.
constexpr Duration first_timeout = 500ms;
constexpr int send_count_max = 7;
/// Also Ti of section 6.2.2, for streams.
constexpr Duration patience = first_timeout * ((1 << (send_count_max - 1)) - 1 + 16);
static_assert(patience == 39'500ms);

}  // namespace

void TurnTransactions::add(TurnTransaction transaction, Now now) {
  PIGEON_ASSERT(pending_.size() < turn_transaction_count_max);
  Pending one{.transaction = std::move(transaction)};
  one.timeout = first_timeout;
  one.resend_at = transport_ == TurnTransport::udp ? now.monotonic + first_timeout : Instant::max();
  one.expires_at = now.monotonic + patience;
  pending_.push_back(std::move(one));
}

const TurnTransaction* TurnTransactions::find(const TransactionId& id) const {
  for (const Pending& one : pending_) {
    if (one.transaction.id == id) return &one.transaction;
  }
  return nullptr;
}

TurnTransaction TurnTransactions::take(const TransactionId& id) {
  Pending* const one = find_pending(id);
  PIGEON_ASSERT(one != nullptr);
  TurnTransaction transaction = std::move(one->transaction);
  pending_.erase(pending_.begin() + (one - pending_.data()));
  return transaction;
}

void TurnTransactions::note_violation(const TransactionId& id, Now now) {
  Pending* const one = find_pending(id);
  PIGEON_ASSERT(one != nullptr);
  one->integrity_violated = true;
  if (transport_ == TurnTransport::tcp) one->expires_at = now.monotonic;
}

std::size_t TurnTransactions::handle_timeout(Now now) {
  std::size_t count = 0;
  for (Pending& one : pending_) {
    if (now.monotonic < one.resend_at || now.monotonic >= one.expires_at) continue;
    one.unsent = true;
    one.timeout *= 2;
    one.resend_at = now.monotonic + one.timeout;
    ++count;
  }
  return count;
}

std::optional<TurnTransactions::Expired> TurnTransactions::take_expired(Now now) {
  const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& one) {
    return one.expires_at <= now.monotonic;
  });
  if (found == pending_.end()) return std::nullopt;
  Expired expired{std::move(found->transaction.request), found->integrity_violated};
  pending_.erase(found);
  return expired;
}

Instant TurnTransactions::next_timeout() const {
  Instant next = Instant::max();
  for (const Pending& one : pending_) {
    next = std::min({next, one.resend_at, one.expires_at});
  }
  return next;
}

void TurnTransactions::transmit(const AddressPair& path, DatagramBatch& out) {
  for (Pending& one : pending_) {
    if (!std::exchange(one.unsent, false)) continue;
    const Bytes& message = one.transaction.message;
    std::copy(message.begin(), message.end(), out.reserve(message.size()).begin());
    out.commit(path, message.size());
  }
}

TurnTransactions::Pending* TurnTransactions::find_pending(const TransactionId& id) {
  for (Pending& one : pending_) {
    if (one.transaction.id == id) return &one;
  }
  return nullptr;
}

}  // namespace pigeon::ice
