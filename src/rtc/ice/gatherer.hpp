#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/datagram_batch.hpp"
#include "base/random.hpp"
#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "rtc/ice/candidate.hpp"
#include "rtc/ice/options.hpp"
#include "rtc/ice/stun/message.hpp"

namespace pigeon::ice {

/// Makes the local candidates: one for each local address, and what STUN servers see of it
/// (RFC 8445 section 5.1.1). Bounded by local addresses times servers.
class Gatherer {
 public:
  Gatherer(AgentOptions options, Random random);

  /// A socket's address. False if it makes no candidate: known, of no use, or one too many.
  bool add_base(const SocketAddress& base, Now now);
  void remove_base(const SocketAddress& base);
  /// No more bases follow.
  void end_of_bases() { ended_ = true; }
  /// Adds a candidate that was learned otherwise; a relayed one can be the local end of pairs.
  void add(Candidate candidate);
  void remove_relayed(const SocketAddress& relayed);

  /// Whether a STUN message answers a question to a server.
  bool receive(const AddressPair& path, const StunMessage& message);
  /// Appends what is to be asked now.
  void handle_timeout(Now now, DatagramBatch& out);
  Instant next_timeout() const;

  /// All candidates, in the order in which they were found.
  std::span<const Candidate> candidates() const { return candidates_; }
  /// The candidate whose datagrams carry this local address: host or relayed. Null if unknown.
  const Candidate* local_end(const SocketAddress& address) const;
  const Candidate* find(const SocketAddress& address) const;
  /// Whether no server owes an answer and the bases have ended.
  bool complete() const { return ended_ && queries_.empty(); }

 private:
  struct Query {
    TransactionId transaction{};
    AddressPair path;
    Instant deadline{};
    Duration wait{};
    std::size_t transmissions = 0;
  };

  bool usable(const IpAddress& ip) const;
  void ask_servers(const SocketAddress& base, Now now);

  AgentOptions options_;
  Random random_;
  std::vector<Candidate> candidates_;
  std::size_t base_count_ = 0;
  std::vector<Query> queries_;
  bool ended_ = false;
};

/// Equal for equal type, base and server (RFC 8445 section 5.1.1.3), digits only.
std::string make_foundation(CandidateType type, const IpAddress& base, const IpAddress& server);

/// The local preference that is part of a candidate's priority.
std::uint16_t local_preference(const Candidate& candidate);

}  // namespace pigeon::ice
