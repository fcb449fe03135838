#include "rtc/ice/turn/requests.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "rtc/ice/stun/writer.hpp"

namespace pigeon::ice {

namespace {

constexpr std::size_t attribute_header_size = 4;
/// The largest request: a batch of IPv6 peers, and the texts at their limits.
constexpr std::size_t request_size_max =
    stun_header_size + turn_permission_batch_max * (attribute_header_size + 20) +
    (attribute_header_size + turn_username_size_max) +
    (attribute_header_size + turn_realm_size_max + 1) +
    (attribute_header_size + turn_nonce_size_max + 1) + (attribute_header_size + 20);

/// RFC 8656 section 18.8: the number of UDP, in the first of four bytes.
constexpr std::uint32_t transport_udp = 17U << 24U;
/// RFC 8656 section 18.6, likewise.
constexpr std::uint32_t family_ipv6 = 2U << 24U;

// Never 0, which would give the allocation back.
std::uint32_t lifetime_of(const TurnServer& server) {
  constexpr std::chrono::seconds day = 24h;
  return static_cast<std::uint32_t>(std::clamp(server.lifetime, 1s, day).count());
}

void write_attributes(StunWriter& writer, const TurnRequest& request, const TurnServer& server) {
  using Kind = TurnRequest::Kind;
  switch (request.kind) {
    case Kind::allocate:
      writer.u32(StunAttribute::requested_transport, transport_udp);
      if (server.relay_v6) writer.u32(StunAttribute::requested_address_family, family_ipv6);
      writer.u32(StunAttribute::lifetime, lifetime_of(server));
      break;
    case Kind::refresh:
      writer.u32(StunAttribute::lifetime, lifetime_of(server));
      break;
    case Kind::release:
      writer.u32(StunAttribute::lifetime, 0);
      break;
    case Kind::permissions:
      for (const SocketAddress& peer : request.peers) {
        writer.xor_address(StunAttribute::xor_peer_address, peer);
      }
      break;
    case Kind::channel:
      writer.u32(StunAttribute::channel_number, std::uint32_t{request.channel.channel} << 16U);
      writer.xor_address(StunAttribute::xor_peer_address, request.channel.peer);
      break;
  }
}

}  // namespace

StunMethod method_of(TurnRequest::Kind kind) {
  using Kind = TurnRequest::Kind;
  switch (kind) {
    case Kind::allocate:
      return StunMethod::allocate;
    case Kind::refresh:
    case Kind::release:
      return StunMethod::refresh;
    case Kind::permissions:
      return StunMethod::create_permission;
    case Kind::channel:
      return StunMethod::channel_bind;
  }
  return {};
}

Bytes encode_request(const TurnRequest& request, const TurnServer& server,
                     const TurnCredentials& credentials, const TransactionId& id) {
  std::array<std::uint8_t, request_size_max> buffer{};
  StunWriter writer(buffer, StunClass::request, method_of(request.kind), id);
  write_attributes(writer, request, server);
  if (credentials.active()) {
    writer.text(StunAttribute::username, credentials.username());
    writer.text(StunAttribute::realm, credentials.realm());
    writer.text(StunAttribute::nonce, credentials.nonce());
    writer.integrity(credentials.key());
  }
  const std::size_t size = writer.finish();
  PIGEON_ASSERT(size != 0);
  return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)};
}

std::size_t encode_send_indication(const SocketAddress& peer, BytesView payload,
                                   const TransactionId& id, MutableBytesView out) {
  StunWriter writer(out, StunClass::indication, StunMethod::send, id);
  writer.xor_address(StunAttribute::xor_peer_address, peer);
  writer.attribute(StunAttribute::data, payload);
  return writer.finish();
}

std::optional<RelayedDatagram> read_data_indication(const StunMessage& message) {
  if (message.message_class() != StunClass::indication) return std::nullopt;
  if (message.method() != StunMethod::data) return std::nullopt;
  const auto peer = message.xor_address(StunAttribute::xor_peer_address);
  const auto payload = message.find(StunAttribute::data);
  if (!peer || !payload) return std::nullopt;
  return RelayedDatagram{*peer, *payload};
}

TurnError error_of(std::uint16_t code) {
  switch (code) {
    case 300:
      return TurnError::alternate_server;
    case 401:
    case 438:
    case 441:
      return TurnError::bad_credentials;
    case 403:
      return TurnError::forbidden;
    case 437:
      return TurnError::allocation_mismatch;
    case 440:
    case 443:
      return TurnError::family_not_supported;
    case 442:
      return TurnError::transport_not_supported;
    case 486:
      return TurnError::quota_reached;
    case 508:
      return TurnError::insufficient_capacity;
    default:
      return TurnError::refused;
  }
}

}  // namespace pigeon::ice
