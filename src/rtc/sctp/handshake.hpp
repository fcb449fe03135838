#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/sctp/packet/init_chunk.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// Extensions that a side has, or that both have.
struct Extensions {
  /// FORWARD-TSN (RFC 3758).
  bool partial_reliability = false;
  /// I-DATA, and I-FORWARD-TSN if messages can be given up (RFC 8260 section 2.2.1).
  bool interleaving = false;
  /// RE-CONFIG (RFC 6525).
  bool reconfiguration = false;
  /// Checksums of 0 are believed (RFC 9653).
  bool zero_checksum = false;
  /// PAD is known (RFC 4820). A receiver should skip unknown chunks of this kind, but not all do.
  bool padding = false;
  friend bool operator==(const Extensions&, const Extensions&) = default;
};

/// Those of `a` that `b` has, too.
Extensions both(const Extensions& a, const Extensions& b);

/// One side as its INIT or INIT-ACK describes it.
struct PeerDescription {
  std::uint32_t tag = 0;
  WireTsn initial_tsn = 0;
  std::uint32_t window = 0;
  /// Streams that it sends on, and that it receives on.
  std::uint16_t streams_out = 0;
  std::uint16_t streams_in = 0;
  Extensions extensions;
  friend bool operator==(const PeerDescription&, const PeerDescription&) = default;
};

/// Nothing if the tag or a number of streams is 0 (RFC 9260 sections 3.3.2 and 3.3.3).
std::optional<PeerDescription> describe_peer(const InitChunk& chunk);

/// Appends INIT. False if it does not fit.
[[nodiscard]] bool write_init(const PeerDescription& self, PacketWriter& packet);
/// Appends INIT-ACK: `self` with what both know of its extensions, the cookie, and the parameters
/// of the INIT that were not known and want to be reported, as far as they fit.
[[nodiscard]] bool write_init_ack(const PeerDescription& self, BytesView cookie,
                                  const TlvList& unknown, PacketWriter& packet);
/// The cookie in an INIT-ACK; nothing if it has none.
std::optional<BytesView> find_cookie(const InitChunk& chunk);
/// Writes the parameters of an INIT that are unknown and want to be reported (RFC 9260 section
/// 3.2.1), each as an unrecognized parameter, as far as they fit into `list`.
void collect_unknown(const InitChunk& chunk, TlvWriter& list);

}  // namespace pigeon::sctp
