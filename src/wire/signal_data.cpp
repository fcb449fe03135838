#include "wire/signal_data.hpp"

#include "wire/field_reader.hpp"
#include "wire/json_writer.hpp"

namespace pigeon::wire {

namespace {

/// Characters of the shortest description that upstream accepts.
constexpr std::size_t sdp_bytes_min = 10;
/// RFC 8839 section 5.4: 4 to 256 characters.
constexpr std::size_t ufrag_bytes_max = 256;

/// Where a description stands: an ICE restart wraps it once more (4.9).
JsonText unwrapped(JsonText data, JsonReader& reader) {
  for (const JsonMember& member : reader.members(data)) {
    const bool is_wrapped = member.key == "offer" || member.key == "answer";
    if (is_wrapped && member.value.kind() == JsonKind::object) return member.value;
  }
  return data;
}

}  // namespace

Result<rtc::SessionDescription, WireError> decode_description(std::string_view data,
                                                              JsonReader& reader) {
  JsonText type;
  JsonText sdp;
  const JsonText object = unwrapped({data}, reader);
  if (!take_members(reader.members(object), {{"type", &type}, {"sdp", &sdp}})) {
    return Unexpected(WireError::bad_field);
  }
  FieldReader fields(reader);
  const std::string_view kind = fields.name(type);
  const std::string_view text = fields.name(sdp, sdp_bytes_max);
  const bool is_known = kind == "offer" || kind == "answer";
  const bool is_sdp = text.size() >= sdp_bytes_min && text.find("v=0") != std::string_view::npos;
  if (!fields.is_valid() || !is_known || !is_sdp) return Unexpected(WireError::bad_field);
  return rtc::SessionDescription{
      .type = kind == "offer" ? rtc::SdpType::offer : rtc::SdpType::answer,
      .sdp = std::string(text)};
}

std::string encode_data(const rtc::SessionDescription& description) {
  JsonObjectWriter out(description.sdp.size() + description.sdp.size() / 16 + 64);
  out.text("type", to_string(description.type)).text("sdp", description.sdp);
  return out.finish();
}

Result<rtc::IceCandidate, WireError> decode_candidate(std::string_view data, JsonReader& reader) {
  const JsonText object{data};
  if (object.kind() != JsonKind::object) return Unexpected(WireError::bad_field);
  JsonText candidate;
  JsonText mid;
  JsonText index;
  JsonText ufrag;
  if (!take_members(reader.members(object), {{"candidate", &candidate},
                                             {"sdpMid", &mid},
                                             {"sdpMLineIndex", &index},
                                             {"usernameFragment", &ufrag}})) {
    return Unexpected(WireError::bad_field);
  }
  FieldReader fields(reader);
  rtc::IceCandidate decoded{.candidate = std::string(fields.text(candidate, candidate_bytes_max)),
                            .sdp_mid = std::string(fields.text(mid)),
                            .username_fragment = std::string(fields.text(ufrag, ufrag_bytes_max))};
  if (const auto line = fields.optional_count(index, 0xFFFF)) {
    decoded.sdp_m_line_index = static_cast<std::uint16_t>(*line);
  }
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return decoded;
}

std::string encode_data(const rtc::IceCandidate& candidate) {
  JsonObjectWriter out(candidate.candidate.size() + 128);
  out.text("candidate", candidate.candidate);
  if (candidate.sdp_mid.empty()) {
    out.raw("sdpMid", "null");
  } else {
    out.text("sdpMid", candidate.sdp_mid);
  }
  if (candidate.sdp_m_line_index) {
    out.number("sdpMLineIndex", *candidate.sdp_m_line_index);
  } else {
    out.raw("sdpMLineIndex", "null");
  }
  if (candidate.username_fragment.empty()) {
    out.raw("usernameFragment", "null");
  } else {
    out.text("usernameFragment", candidate.username_fragment);
  }
  return out.finish();
}

std::string announced_capability() { return R"("pigeon":1)"; }

}  // namespace pigeon::wire
