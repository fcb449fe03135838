#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/sctp/packet/chunk.hpp"
#include "rtc/sctp/packet/item_list.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/packet/parameter.hpp"
#include "rtc/sctp/packet/tlv.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// "I reset these streams of mine" (RFC 6525 section 4.1).
struct OutgoingResetRequest {
  ReconfigNumber request = 0;
  /// The incoming request that this one follows; else the last one of the other side.
  ReconfigNumber response = 0;
  /// The last TSN that its sender has given to a message before the reset.
  WireTsn last_tsn = 0;
  /// All streams if empty.
  ItemList<StreamId> streams;
};

/// "Please reset these streams of yours" (RFC 6525 section 4.2).
struct IncomingResetRequest {
  ReconfigNumber request = 0;
  /// All streams if empty.
  ItemList<StreamId> streams;
};

/// "Begin anew with every TSN and SSN" (RFC 6525 section 4.3).
struct AssociationResetRequest {
  ReconfigNumber request = 0;
};

/// More streams, of the sender or of the receiver (RFC 6525 sections 4.5 and 4.6).
struct AddStreamsRequest {
  /// Streams to the sender of the request instead of from it.
  bool incoming = false;
  ReconfigNumber request = 0;
  std::uint16_t stream_count = 0;
};

/// The answers of RFC 6525 section 4.4.
enum class ReconfigResult : std::uint32_t {
  nothing_to_do = 0,
  performed = 1,
  denied = 2,
  wrong_ssn = 3,
  already_in_progress = 4,
  bad_request_number = 5,
  in_progress = 6,
};

/// The answer to a request (RFC 6525 section 4.4).
struct ReconfigResponse {
  /// The request that is answered.
  ReconfigNumber response = 0;
  ReconfigResult result = ReconfigResult::nothing_to_do;
  /// The next TSNs of both sides after the reset of an association; both are there or neither.
  struct NextTsns {
    WireTsn sender = 0;
    WireTsn receiver = 0;
    friend bool operator==(const NextTsns&, const NextTsns&) = default;
  };
  std::optional<NextTsns> next;
};

/// The parameters of a RE-CONFIG (RFC 6525 section 3.1): one, or two. Nothing if malformed.
std::optional<TlvList> decode_reconfig(const Chunk& chunk);
/// False if it does not fit.
[[nodiscard]] bool encode_reconfig(const TlvList& parameters, PacketWriter& packet);

/// Each is nothing if the parameter is another or malformed.
std::optional<OutgoingResetRequest> decode_outgoing_reset(const Tlv& parameter);
std::optional<IncomingResetRequest> decode_incoming_reset(const Tlv& parameter);
std::optional<AssociationResetRequest> decode_association_reset(const Tlv& parameter);
std::optional<AddStreamsRequest> decode_add_streams(const Tlv& parameter);
std::optional<ReconfigResponse> decode_reconfig_response(const Tlv& parameter);

/// Each is false if it does not fit.
[[nodiscard]] bool append(TlvWriter& list, const OutgoingResetRequest& request);
[[nodiscard]] bool append(TlvWriter& list, const IncomingResetRequest& request);
[[nodiscard]] bool append(TlvWriter& list, const AssociationResetRequest& request);
[[nodiscard]] bool append(TlvWriter& list, const AddStreamsRequest& request);
[[nodiscard]] bool append(TlvWriter& list, const ReconfigResponse& response);

}  // namespace pigeon::sctp
