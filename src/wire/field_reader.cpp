#include "wire/field_reader.hpp"

#include <charconv>
#include <cmath>

namespace pigeon::wire {

namespace {

/// The number that the whole text is, or nothing.
template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view white = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(white);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white) + 1 - begin);
}

}  // namespace

bool take_members(const std::vector<JsonMember>& members,
                  std::initializer_list<KnownMember> known) {
  // Members mostly come in the order in which they are known, so the next one is looked at first.
  const KnownMember* next = known.begin();
  for (const JsonMember& member : members) {
    for (std::size_t tried = 0; tried < known.size(); ++tried) {
      if (next == known.end()) next = known.begin();
      const KnownMember& candidate = *next++;
      if (candidate.key != member.key) continue;
      if (!candidate.value->raw.empty()) return false;
      *candidate.value = member.value;
      break;
    }
  }
  return true;
}

std::string_view FieldReader::text(JsonText value, std::size_t bytes_max) {
  if (value.kind() == JsonKind::absent || value.kind() == JsonKind::null) return {};
  const std::string_view characters = reader_.unescaped(value);
  is_valid_ = is_valid_ && value.kind() == JsonKind::string && characters.size() <= bytes_max;
  return characters;
}

std::string_view FieldReader::name(JsonText value, std::size_t bytes_max) {
  const std::string_view characters = text(value, bytes_max);
  is_valid_ = is_valid_ && !characters.empty();
  return characters;
}

std::string_view FieldReader::network(JsonText value) {
  return value.is_truthy() ? name(value, network_name_bytes_max) : default_network;
}

PeerId FieldReader::id(JsonText value) {
  const std::optional<PeerId> parsed_id = PeerId::parse(reader_.unescaped(value));
  is_valid_ = is_valid_ && parsed_id.has_value();
  return parsed_id.value_or(PeerId{});
}

SpelledId FieldReader::parsed(std::string_view text) {
  const std::optional<SpelledId> id = SpelledId::parse(text);
  is_valid_ = is_valid_ && id.has_value();
  return id.value_or(SpelledId{});
}

SpelledId FieldReader::spelled_id(JsonText value) { return parsed(reader_.unescaped(value)); }

std::optional<SpelledId> FieldReader::optional_id(JsonText value) {
  if (!value.is_truthy()) return std::nullopt;
  return spelled_id(value);
}

std::optional<SpelledId> FieldReader::trimmed_id(JsonText value) {
  if (!value.is_truthy()) return std::nullopt;
  return parsed(trimmed(reader_.unescaped(value)));
}

std::vector<PeerId> FieldReader::ids(JsonText value, std::size_t count_max) {
  std::vector<PeerId> found;
  if (value.kind() == JsonKind::absent) return found;
  const std::vector<JsonText>& elements = reader_.elements(value, count_max + 1);
  is_valid_ = is_valid_ && value.kind() == JsonKind::array && elements.size() <= count_max;
  if (!is_valid_) return found;
  found.reserve(elements.size());
  for (const JsonText& element : elements) found.push_back(id(element));
  return found;
}

std::uint64_t FieldReader::count(JsonText value, std::uint64_t max) {
  const auto number = number_of<std::uint64_t>(value.raw);
  is_valid_ = is_valid_ && number.has_value() && *number <= max;
  return number.value_or(0);
}

std::optional<std::uint64_t> FieldReader::optional_count(JsonText value, std::uint64_t max) {
  if (value.kind() == JsonKind::absent || value.kind() == JsonKind::null) return std::nullopt;
  return count(value, max);
}

std::int64_t FieldReader::time(JsonText value) {
  constexpr auto bound = static_cast<std::int64_t>(json_integer_max);
  if (value.kind() == JsonKind::absent) return 0;
  if (const auto whole = number_of<std::int64_t>(value.raw)) {
    is_valid_ = is_valid_ && *whole >= -bound && *whole <= bound;
    return *whole;
  }
  const double number = value.kind() == JsonKind::number
                            ? std::floor(number_of<double>(value.raw).value_or(HUGE_VAL))
                            : HUGE_VAL;
  const bool is_near = std::abs(number) <= static_cast<double>(bound);
  is_valid_ = is_valid_ && is_near;
  return is_near ? static_cast<std::int64_t>(number) : 0;
}

bool FieldReader::mark(JsonText value) {
  is_valid_ = is_valid_ && (value.kind() == JsonKind::absent || value.raw == "true");
  return value.raw == "true";
}

}  // namespace pigeon::wire
