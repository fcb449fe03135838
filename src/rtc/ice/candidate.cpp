#include "rtc/ice/candidate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace pigeon::ice {

namespace {

constexpr std::size_t foundation_size_max = 32;
constexpr std::size_t host_name_size_max = 255;
constexpr std::uint16_t component_max = 256;

/// Takes the fields of a line, which spaces separate, one by one.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  /// The next field; empty at the end.
  std::string_view next() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    const std::string_view field = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(field.size());
    return field;
  }

 private:
  std::string_view rest_;
};

template <class Number>
bool read_number(std::string_view text, Number max, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out <= max;
}

bool equal_ignoring_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + ('a' - 'A')) : x) == y;
  });
}

bool is_ice_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
         c == '/';
}

/// Visible characters, up to the size of a user name fragment (RFC 8839 section 5.4).
bool is_token(std::string_view text) {
  constexpr std::size_t size_max = 256;
  return !text.empty() && text.size() <= size_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_foundation(std::string_view text) {
  // Browsers write digits only; a minus has been seen in others.
  return !text.empty() && text.size() <= foundation_size_max &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_ice_char(c) || c == '-' || c == '_'; });
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= host_name_size_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_ice_char(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '%';
         });
}

bool read_type(std::string_view text, CandidateType& out) {
  using enum CandidateType;
  for (const CandidateType type : {host, peer_reflexive, server_reflexive, relayed}) {
    if (!equal_ignoring_case(text, to_string(type))) continue;
    out = type;
    return true;
  }
  return false;
}

bool read_transport(std::string_view text, Transport& out) {
  out = equal_ignoring_case(text, "tcp") ? Transport::tcp : Transport::udp;
  return out == Transport::tcp || equal_ignoring_case(text, "udp");
}

bool read_address(std::string_view ip, std::string_view port, Candidate& out) {
  if (!read_number<std::uint16_t>(port, 0xffff, out.address.port)) return false;
  if (const auto parsed = IpAddress::parse(ip)) {
    out.address.ip = *parsed;
    return true;
  }
  out.host_name = ip;
  return is_host_name(ip);
}

/// Extensions come in pairs of name and value (RFC 8839 section 5.1).
bool read_extensions(Fields fields, Candidate& out) {
  std::optional<IpAddress> related_ip;
  std::uint16_t related_port = 0;
  for (auto name = fields.next(); !name.empty(); name = fields.next()) {
    const std::string_view value = fields.next();
    if (name == "raddr") related_ip = IpAddress::parse(value);
    if (name == "rport" && !read_number<std::uint16_t>(value, 0xffff, related_port)) return false;
    if (name == "tcptype") out.tcp_type = value;
    if (name == "ufrag") out.ufrag = value;
    // They are written again, where a line end would begin another attribute.
    if ((name == "tcptype" || name == "ufrag") && !is_token(value)) return false;
  }
  if (related_ip) out.related = SocketAddress{*related_ip, related_port};
  return true;
}

std::string_view without(std::string_view prefix, std::string_view text) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

}  // namespace

std::string_view to_string(CandidateType type) {
  switch (type) {
    case CandidateType::host:
      return "host";
    case CandidateType::peer_reflexive:
      return "prflx";
    case CandidateType::server_reflexive:
      return "srflx";
    case CandidateType::relayed:
      return "relay";
  }
  return "unknown";
}

std::string_view to_string(CandidateError error) {
  switch (error) {
    case CandidateError::too_long:
      return "too long";
    case CandidateError::too_few_fields:
      return "too few fields";
    case CandidateError::malformed_field:
      return "malformed field";
    case CandidateError::unknown_type:
      return "unknown type";
  }
  return "unknown";
}

Result<Candidate, CandidateError> parse_candidate(std::string_view text) {
  if (text.size() > candidate_text_size_max) return Unexpected(CandidateError::too_long);
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  Fields fields(without("candidate:", without("a=", text)));
  std::array<std::string_view, 8> field;
  for (std::string_view& one : field) one = fields.next();
  if (field.back().empty()) return Unexpected(CandidateError::too_few_fields);

  Candidate candidate;
  candidate.foundation = field[0];
  if (!is_foundation(field[0]) ||
      !read_number<std::uint16_t>(field[1], component_max, candidate.component) ||
      candidate.component == 0 || !read_transport(field[2], candidate.transport) ||
      !read_number(field[3], std::numeric_limits<std::uint32_t>::max(), candidate.priority) ||
      !read_address(field[4], field[5], candidate) || field[6] != "typ") {
    return Unexpected(CandidateError::malformed_field);
  }
  if (!read_type(field[7], candidate.type)) return Unexpected(CandidateError::unknown_type);
  if (!read_extensions(fields, candidate)) return Unexpected(CandidateError::malformed_field);
  return candidate;
}

std::string to_text(const Candidate& candidate) {
  const auto field = [](std::string_view name, std::string_view value) {
    return ' ' + std::string(name) + ' ' + std::string(value);
  };
  std::string text = "candidate:" + candidate.foundation;
  text += ' ' + std::to_string(candidate.component);
  text += candidate.transport == Transport::udp ? " udp " : " tcp ";
  text += std::to_string(candidate.priority) + ' ';
  text += candidate.resolved() ? candidate.address.ip.to_text() : candidate.host_name;
  text += ' ' + std::to_string(candidate.address.port);
  text += field("typ", to_string(candidate.type));
  if (candidate.related) {
    text += field("raddr", candidate.related->ip.to_text());
    text += field("rport", std::to_string(candidate.related->port));
  }
  if (!candidate.tcp_type.empty()) text += field("tcptype", candidate.tcp_type);
  if (!candidate.ufrag.empty()) text += field("ufrag", candidate.ufrag);
  return text;
}

std::uint32_t candidate_priority(CandidateType type, std::uint16_t local_preference) {
  // RFC 8445 section 5.1.2.2 recommends these preferences; 255 stands for component 1.
  constexpr std::array<std::uint32_t, 4> type_preferences = {126, 110, 100, 0};
  return type_preferences[static_cast<std::size_t>(type)] << 24U |
         static_cast<std::uint32_t>(local_preference) << 8U | 255U;
}

}  // namespace pigeon::ice
