#include "rtc/sctp/handshake.hpp"

#include <algorithm>
#include <array>

#include "rtc/sctp/packet/parameter.hpp"

namespace pigeon::sctp {

namespace {

constexpr std::size_t parameters_size_max = 512;

bool is_known(ParameterType type) {
  switch (type) {
    case ParameterType::ipv4_address:
    case ParameterType::ipv6_address:
    case ParameterType::state_cookie:
    case ParameterType::unrecognized_parameter:
    case ParameterType::cookie_preservative:
    case ParameterType::supported_address_types:
    case ParameterType::zero_checksum_acceptable:
    case ParameterType::supported_extensions:
    case ParameterType::forward_tsn_supported:
      return true;
    default:
      return false;
  }
}

bool append_extensions_of(const Extensions& extensions, TlvWriter& list) {
  std::array<ChunkType, 5> types{};
  std::size_t count = 0;
  if (extensions.reconfiguration) types[count++] = ChunkType::re_config;
  if (extensions.partial_reliability) types[count++] = ChunkType::forward_tsn;
  if (extensions.interleaving) {
    types[count++] = ChunkType::i_data;
    if (extensions.partial_reliability) types[count++] = ChunkType::i_forward_tsn;
  }
  if (extensions.padding) types[count++] = ChunkType::pad;
  bool fits = true;
  if (extensions.partial_reliability) fits = append(list, ParameterType::forward_tsn_supported);
  if (extensions.zero_checksum) {
    fits =
        fits && append_u32(list, ParameterType::zero_checksum_acceptable, error_detection_by_dtls);
  }
  if (count != 0) {
    fits = fits && append_extensions(list, std::span<const ChunkType>(types.data(), count));
  }
  return fits;
}

InitChunk init_of(const PeerDescription& self, const TlvList& parameters) {
  return {.initiate_tag = self.tag,
          .window = self.window,
          .outbound_streams = self.streams_out,
          .inbound_streams = self.streams_in,
          .initial_tsn = self.initial_tsn,
          .parameters = parameters};
}

}  // namespace

Extensions both(const Extensions& a, const Extensions& b) {
  return {.partial_reliability = a.partial_reliability && b.partial_reliability,
          .interleaving = a.interleaving && b.interleaving,
          .reconfiguration = a.reconfiguration && b.reconfiguration,
          .zero_checksum = a.zero_checksum && b.zero_checksum,
          .padding = a.padding && b.padding};
}

std::optional<PeerDescription> describe_peer(const InitChunk& chunk) {
  if (chunk.initiate_tag == 0) return std::nullopt;
  if (chunk.outbound_streams == 0 || chunk.inbound_streams == 0) return std::nullopt;
  const TlvList& list = chunk.parameters;
  const auto zero = find(list, ParameterType::zero_checksum_acceptable);
  Extensions extensions{
      .partial_reliability = find(list, ParameterType::forward_tsn_supported).has_value(),
      .interleaving = has_extension(list, ChunkType::i_data),
      .reconfiguration = has_extension(list, ChunkType::re_config),
      .zero_checksum = zero && decode_u32(*zero) == error_detection_by_dtls,
      .padding = has_extension(list, ChunkType::pad)};
  // With interleaving, messages are given up by I-FORWARD-TSN only (RFC 8260 section 2.3.1). It is
  // interleaving that stays: a peer that has it uses it with everybody who has it, too.
  if (extensions.interleaving && extensions.partial_reliability) {
    extensions.partial_reliability = has_extension(list, ChunkType::i_forward_tsn);
  }
  return PeerDescription{.tag = chunk.initiate_tag,
                         .initial_tsn = chunk.initial_tsn,
                         .window = chunk.window,
                         .streams_out = chunk.outbound_streams,
                         .streams_in = chunk.inbound_streams,
                         .extensions = extensions};
}

bool write_init(const PeerDescription& self, PacketWriter& packet) {
  std::array<std::uint8_t, parameters_size_max> room{};
  TlvWriter list(room);
  return append_extensions_of(self.extensions, list) &&
         encode(init_of(self, list.written()), ChunkType::init, packet);
}

bool write_init_ack(const PeerDescription& self, BytesView cookie, const TlvList& unknown,
                    PacketWriter& packet) {
  std::array<std::uint8_t, parameters_size_max> room{};
  TlvWriter list(room);
  if (!append(list, ParameterType::state_cookie, cookie)) return false;
  if (!append_extensions_of(self.extensions, list)) return false;
  for (const Tlv& parameter : unknown) {
    if (!list.append(parameter.type, parameter.value)) break;
  }
  return encode(init_of(self, list.written()), ChunkType::init_ack, packet);
}

std::optional<BytesView> find_cookie(const InitChunk& chunk) {
  const auto cookie = find(chunk.parameters, ParameterType::state_cookie);
  if (!cookie || cookie->value.empty()) return std::nullopt;
  return cookie->value;
}

void collect_unknown(const InitChunk& chunk, TlvWriter& list) {
  for (const Tlv& parameter : chunk.parameters) {
    const auto type = static_cast<ParameterType>(parameter.type);
    if (is_known(type)) continue;
    const UnknownRule rule = unknown_rule(type);
    if (rule.report && !append(list, ParameterType::unrecognized_parameter, parameter.whole)) {
      return;
    }
    if (rule.stop) return;
  }
}

}  // namespace pigeon::sctp
