#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/socket_address.hpp"
#include "pigeon/result.hpp"

namespace pigeon::ice {

/// How an agent came to know an address (RFC 8445 section 4).
enum class CandidateType : std::uint8_t { host, peer_reflexive, server_reflexive, relayed };
/// As on the wire: `host`, `prflx`, `srflx`, `relay`.
std::string_view to_string(CandidateType type);

enum class Transport : std::uint8_t { udp, tcp };

/// An address that one agent may be reached at (RFC 8445 section 5.3).
struct Candidate {
  /// Equal for candidates of one type, base and server; 1 to 32 characters.
  std::string foundation;
  /// 1 to 256; data channels have 1 only.
  std::uint16_t component = 1;
  Transport transport = Transport::udp;
  std::uint32_t priority = 0;
  SocketAddress address;
  /// What stood in the place of an IP address, such as a `.local` name; `address` has no meaning
  /// then but for its port.
  std::string host_name;
  CandidateType type = CandidateType::host;
  /// The base of a reflexive candidate, the mapped address of a relayed one.
  std::optional<SocketAddress> related;
  /// `active`, `passive` or `so` (RFC 6544 section 4.5), for TCP.
  std::string tcp_type;
  /// The user name fragment of the generation it belongs to, if it was said.
  std::string ufrag;

  /// Whether `address` is one.
  bool resolved() const { return host_name.empty(); }

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// Why a text is no candidate.
enum class CandidateError { too_long, too_few_fields, malformed_field, unknown_type };
std::string_view to_string(CandidateError error);

/// Longest text that is looked at, in bytes.
inline constexpr std::size_t candidate_text_size_max = 1'024;

/// Reads a candidate-attribute (RFC 8839 section 5.1) with or without `a=` and `candidate:` in
/// front. Unknown extensions are skipped.
Result<Candidate, CandidateError> parse_candidate(std::string_view text);

/// The candidate-attribute from `candidate:` on, without `a=`.
std::string to_text(const Candidate& candidate);

/// RFC 8445 section 5.1.2.1 for component 1.
std::uint32_t candidate_priority(CandidateType type, std::uint16_t local_preference);

}  // namespace pigeon::ice
