#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"
#include "rtc/ice/stun/message.hpp"
#include "rtc/ice/turn/credentials.hpp"
#include "rtc/ice/turn/transactions.hpp"
#include "rtc/ice/turn/types.hpp"

namespace pigeon::ice {

StunMethod method_of(TurnRequest::Kind kind);

/// The message that asks `server` for something (RFC 8656 sections 7.1, 8.1, 10.1 and 12.1), with
/// integrity if the credentials are active.
Bytes encode_request(const TurnRequest& request, const TurnServer& server,
                     const TurnCredentials& credentials, const TransactionId& id);

/// Data for a peer without a channel (RFC 8656 section 11.1). The size; 0 if it does not fit.
std::size_t encode_send_indication(const SocketAddress& peer, BytesView payload,
                                   const TransactionId& id, MutableBytesView out);

/// Data of a peer without a channel (RFC 8656 section 11.4); nothing if it is something else, such
/// as the report of an ICMP message.
std::optional<RelayedDatagram> read_data_indication(const StunMessage& message);

/// What an error code means (RFC 8489 section 14.8, RFC 8656 section 19).
TurnError error_of(std::uint16_t code);

}  // namespace pigeon::ice
