#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "rtc/ice/credentials.hpp"
#include "rtc/ice/pair.hpp"
#include "rtc/ice/stun/message.hpp"
#include "rtc/ice/stun/types.hpp"

namespace pigeon::ice {

/// What a Binding request between agents is for. All are answered alike.
enum class CheckPurpose : std::uint8_t {
  /// Whether the pair works.
  connectivity,
  /// The same with USE-CANDIDATE.
  nomination,
  /// Whether the other side still wants our datagrams (RFC 7675); never sent again.
  consent,
};

/// A request that waits for its answer.
struct Check {
  TransactionId transaction{};
  PairId pair = 0;
  std::uint32_t generation = 0;
  AddressPair path;
  CheckPurpose purpose{};
  /// The role it spoke of.
  Role role{};
  Instant sent_at{};
  /// When it is sent again, or given up.
  Instant deadline = Instant::max();
  Duration wait{};
  std::size_t transmissions = 0;
  /// Another check has taken its place; an answer still counts, its absence does not.
  bool superseded = false;
};

/// The requests without an answer; at the bound the oldest is forgotten.
class CheckTable {
 public:
  static constexpr std::size_t count_max = 256;

  Check& add(const Check& check);
  Check* find(const TransactionId& transaction);
  void remove(const TransactionId& transaction);
  /// The first whose deadline has come; null if there is none.
  Check* due(Instant now);
  Instant next_deadline() const;
  bool has(PairId pair, CheckPurpose purpose) const;
  /// The checks of a pair for this purpose are not sent again. An answer to them counts for a
  /// while.
  void supersede(PairId pair, CheckPurpose purpose);
  void drop_generations_before(std::uint32_t generation);
  void clear() { checks_.clear(); }

 private:
  std::vector<Check> checks_;
};

/// What a Binding request between agents says (RFC 8445 section 7.1).
struct CheckRequest {
  TransactionId transaction{};
  const Credentials* local = nullptr;
  const Credentials* remote = nullptr;
  /// The one that a peer-reflexive candidate learned from it would have.
  std::uint32_t priority = 0;
  Role role{};
  std::uint64_t tie_breaker = 0;
  bool use_candidate = false;
};

/// Room for every message that the functions below write.
inline constexpr std::size_t check_message_size_max = 768;
struct CheckBuffer {
  BytesView first(std::size_t size) const { return BytesView(bytes).first(size); }

  std::array<std::uint8_t, check_message_size_max> bytes{};
};

/// They write to `out` and return the size.
std::size_t write_check(const CheckRequest& request, MutableBytesView out);
std::size_t write_answer(const TransactionId& transaction, const SocketAddress& mapped,
                         const std::string& password, MutableBytesView out);
/// An answer that says no; to 420 belongs what was not understood in the request.
std::size_t write_refusal(const StunMessage& request, std::uint16_t code,
                          const std::string& password, MutableBytesView out);

}  // namespace pigeon::ice
