#include "rtc/sctp/packet/parameter.hpp"

#include <algorithm>

#include "rtc/sctp/packet/big_endian.hpp"

namespace pigeon::sctp {

bool append_u32(TlvWriter& list, ParameterType type, std::uint32_t value) {
  std::uint8_t* const at = list.reserve(static_cast<std::uint16_t>(type), 4);
  if (at != nullptr) store_u32(at, value);
  return at != nullptr;
}

bool append_extensions(TlvWriter& list, std::span<const ChunkType> types) {
  constexpr auto type = static_cast<std::uint16_t>(ParameterType::supported_extensions);
  std::uint8_t* const at = list.reserve(type, types.size());
  if (at == nullptr) return false;
  std::transform(types.begin(), types.end(), at,
                 [](ChunkType one) { return static_cast<std::uint8_t>(one); });
  return true;
}

std::optional<std::uint32_t> decode_u32(const Tlv& parameter) {
  if (parameter.value.size() != 4) return std::nullopt;
  return load_u32(parameter.value.data());
}

bool has_extension(const TlvList& list, ChunkType type) {
  const std::optional<Tlv> extensions = find(list, ParameterType::supported_extensions);
  if (!extensions) return false;
  const BytesView types = extensions->value;
  return std::find(types.begin(), types.end(), static_cast<std::uint8_t>(type)) != types.end();
}

}  // namespace pigeon::sctp
