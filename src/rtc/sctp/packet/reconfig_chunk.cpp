#include "rtc/sctp/packet/reconfig_chunk.hpp"

namespace pigeon::sctp {

namespace {

bool is(const Tlv& parameter, ParameterType type) {
  return parameter.type == static_cast<std::uint16_t>(type);
}

std::uint8_t* reserve(TlvWriter& list, ParameterType type, std::size_t value_size) {
  return list.reserve(static_cast<std::uint16_t>(type), value_size);
}

}  // namespace

//    0               1               2               3
//   +---------------+---------------+-------------------------------+
//   |  type = 0x82  |   flags = 0   |            length             |
//   +---------------+---------------+-------------------------------+
//   |  a parameter, perhaps a second one                            |
//   +---------------------------------------------------------------+
std::optional<TlvList> decode_reconfig(const Chunk& chunk) {
  if (chunk.type != ChunkType::re_config) return std::nullopt;
  const auto parameters = TlvList::parse(chunk.value);
  if (!parameters) return std::nullopt;
  std::size_t count = 0;
  for (auto it = parameters->begin(); it != parameters->end(); ++it) ++count;
  if (count != 1 && count != 2) return std::nullopt;
  return parameters;
}

bool encode_reconfig(const TlvList& parameters, PacketWriter& packet) {
  return packet.append(ChunkType::re_config, 0, parameters.bytes());
}

//   outgoing reset, 13                    incoming reset, 14
//   +-----------------------------+       +-----------------------------+
//   | request number              |       | request number              |
//   +-----------------------------+       +--------------+--------------+
//   | response number             |       | stream       | stream       | ...
//   +-----------------------------+       +--------------+--------------+
//   | last TSN                    |
//   +--------------+--------------+
//   | stream       | stream       | ...
//   +--------------+--------------+
std::optional<OutgoingResetRequest> decode_outgoing_reset(const Tlv& parameter) {
  const BytesView value = parameter.value;
  if (!is(parameter, ParameterType::outgoing_reset_request)) return std::nullopt;
  if (value.size() < 12 || value.size() % 2 != 0) return std::nullopt;
  return OutgoingResetRequest{.request = load_u32(value.data()),
                              .response = load_u32(value.data() + 4),
                              .last_tsn = load_u32(value.data() + 8),
                              .streams = ItemList<StreamId>::from_wire(value.subspan(12))};
}

bool append(TlvWriter& list, const OutgoingResetRequest& request) {
  std::uint8_t* const at =
      reserve(list, ParameterType::outgoing_reset_request, 12 + request.streams.wire_size());
  if (at == nullptr) return false;
  store_u32(at, request.request);
  store_u32(at + 4, request.response);
  store_u32(at + 8, request.last_tsn);
  request.streams.store(at + 12);
  return true;
}

std::optional<IncomingResetRequest> decode_incoming_reset(const Tlv& parameter) {
  const BytesView value = parameter.value;
  if (!is(parameter, ParameterType::incoming_reset_request)) return std::nullopt;
  if (value.size() < 4 || value.size() % 2 != 0) return std::nullopt;
  return IncomingResetRequest{.request = load_u32(value.data()),
                              .streams = ItemList<StreamId>::from_wire(value.subspan(4))};
}

bool append(TlvWriter& list, const IncomingResetRequest& request) {
  std::uint8_t* const at =
      reserve(list, ParameterType::incoming_reset_request, 4 + request.streams.wire_size());
  if (at == nullptr) return false;
  store_u32(at, request.request);
  request.streams.store(at + 4);
  return true;
}

std::optional<AssociationResetRequest> decode_association_reset(const Tlv& parameter) {
  if (!is(parameter, ParameterType::association_reset_request)) return std::nullopt;
  const auto request = decode_u32(parameter);
  if (!request) return std::nullopt;
  return AssociationResetRequest{*request};
}

bool append(TlvWriter& list, const AssociationResetRequest& request) {
  return append_u32(list, ParameterType::association_reset_request, request.request);
}

//   add outgoing streams, 17; incoming, 18
//   +-----------------------------+
//   | request number              |
//   +--------------+--------------+
//   | streams      | reserved     |
//   +--------------+--------------+
std::optional<AddStreamsRequest> decode_add_streams(const Tlv& parameter) {
  const bool incoming = is(parameter, ParameterType::add_incoming_streams_request);
  const bool named = incoming || is(parameter, ParameterType::add_outgoing_streams_request);
  if (!named || parameter.value.size() != 8) return std::nullopt;
  return AddStreamsRequest{.incoming = incoming,
                           .request = load_u32(parameter.value.data()),
                           .stream_count = load_u16(parameter.value.data() + 4)};
}

bool append(TlvWriter& list, const AddStreamsRequest& request) {
  const ParameterType type = request.incoming ? ParameterType::add_incoming_streams_request
                                              : ParameterType::add_outgoing_streams_request;
  std::uint8_t* const at = reserve(list, type, 8);
  if (at == nullptr) return false;
  store_u32(at, request.request);
  store_u16(at + 4, request.stream_count);
  store_u16(at + 6, 0);
  return true;
}

//   response, 16
//   +-----------------------------+
//   | response number             |
//   +-----------------------------+
//   | result                      |
//   +-----------------------------+
//   | sender's next TSN           |  these two may be missing
//   +-----------------------------+
//   | receiver's next TSN         |
//   +-----------------------------+
std::optional<ReconfigResponse> decode_reconfig_response(const Tlv& parameter) {
  const BytesView value = parameter.value;
  if (!is(parameter, ParameterType::reconfiguration_response)) return std::nullopt;
  if (value.size() != 8 && value.size() != 16) return std::nullopt;
  ReconfigResponse response = {.response = load_u32(value.data()),
                               .result = ReconfigResult{load_u32(value.data() + 4)}};
  if (value.size() == 16) {
    response.next = {.sender = load_u32(value.data() + 8), .receiver = load_u32(value.data() + 12)};
  }
  return response;
}

bool append(TlvWriter& list, const ReconfigResponse& response) {
  std::uint8_t* const at =
      reserve(list, ParameterType::reconfiguration_response, response.next ? 16 : 8);
  if (at == nullptr) return false;
  store_u32(at, response.response);
  store_u32(at + 4, static_cast<std::uint32_t>(response.result));
  if (!response.next) return true;
  store_u32(at + 8, response.next->sender);
  store_u32(at + 12, response.next->receiver);
  return true;
}

}  // namespace pigeon::sctp
