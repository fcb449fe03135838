#include "wire/json_reader.hpp"

#include <algorithm>
#include <cstring>
#include <deque>

#include <simdjson.h>

#include "base/assert.hpp"
#include "base/wipe.hpp"
#include "wire/limits.hpp"

namespace pigeon::wire {

namespace {

namespace ondemand = simdjson::ondemand;

/// Parsers grown beyond this by a large message are dropped afterwards.
constexpr std::size_t kept_capacity_max = std::size_t{64} * 1024;
constexpr std::size_t first_capacity = std::size_t{4} * 1024;
/// Members of an object, or elements of an array, for which memory is kept.
constexpr std::size_t kept_parts_max = 256;
/// Reading strings needs no room, but a parser wants some.
constexpr std::size_t unescaper_capacity = 64;
constexpr std::string_view white_space = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

WireError to_wire_error(simdjson::error_code error) {
  return error == simdjson::DEPTH_ERROR ? WireError::nested_too_deep : WireError::malformed_json;
}

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// simdjson refuses whole numbers that do not fit into 64 bits. JavaScript prints any below 10^21
/// with all its digits, and RFC 8259 knows no bound. Such a number in `text`, if `index` is where a
/// value begins, becomes another one of the same length, so that everything else can be checked.
bool replace_long_number(char* text, std::size_t index) {
  constexpr std::size_t digits_max = 18;
  char* begin = text + index + (text[index] == '-' ? 1 : 0);
  // RFC 8259 section 6: no zeros at the beginning.
  if (*begin < '1' || *begin > '9') return false;
  char* end = begin + 1;
  while (*end >= '0' && *end <= '9') ++end;
  const bool is_whole = *end != '.' && *end != 'e' && *end != 'E';
  if (!is_whole || static_cast<std::size_t>(end - begin) <= digits_max) return false;
  begin[1] = 'e';
  std::fill(begin + 2, end, '0');
  return true;
}

}  // namespace

JsonKind JsonText::kind() const {
  if (raw.empty()) return JsonKind::absent;
  switch (raw.front()) {
    case '{':
      return JsonKind::object;
    case '[':
      return JsonKind::array;
    case '"':
      return JsonKind::string;
    case 't':
    case 'f':
      return JsonKind::boolean;
    case 'n':
      return JsonKind::null;
    default:
      return JsonKind::number;
  }
}

bool JsonText::is_truthy() const {
  switch (kind()) {
    case JsonKind::absent:
    case JsonKind::null:
      return false;
    case JsonKind::boolean:
      return raw.front() == 't';
    case JsonKind::string:
      return raw.size() > 2;
    case JsonKind::number:
      // Zero in any spelling has no digit but 0 before its exponent.
      return raw.substr(0, raw.find_first_of("eE")).find_first_of("123456789") !=
             std::string_view::npos;
    case JsonKind::array:
    case JsonKind::object:
      return true;
  }
  return false;
}

struct JsonReader::Impl {
  /// Where a value stands: its exact bytes, and the structural character after it.
  struct Found {
    JsonText value;
    std::size_t next = 0;
  };

  /// Grows to `size` bytes of text, or shrinks back after a large one.
  void make_room(std::size_t size) {
    const std::size_t wanted = std::max(size, first_capacity);
    if (wanted > capacity || (capacity > kept_capacity_max && wanted <= kept_capacity_max)) {
      capacity = wanted <= kept_capacity_max
                     ? std::min(std::max(wanted, 2 * capacity), kept_capacity_max)
                     : wanted;
      text = simdjson::padded_string(capacity);
      parser = simdjson::dom::parser();
      const auto error = parser.allocate(capacity, json_depth_max);
      PIGEON_ASSERT(error == simdjson::SUCCESS);
    }
    strings.clear();
    forget(members);
    forget(elements);
  }

  template <class Part>
  static void forget(std::vector<Part>& parts) {
    parts.clear();
    if (parts.capacity() > kept_parts_max) std::vector<Part>().swap(parts);
  }

  /// Checks the text in the buffer.
  simdjson::error_code check(std::size_t size) {
    const auto error = parser.parse(text.data(), size, false).error();
    if (error != simdjson::NUMBER_ERROR) return error;
    const std::string original(text.data(), size);
    bool is_other = false;
    for (std::size_t i = 0; i < parser.implementation->n_structural_indexes; ++i) {
      is_other = replace_long_number(text.data(), offset_at(i)) || is_other;
    }
    if (!is_other) return error;
    const auto error_of_other = parser.parse(text.data(), size, false).error();
    std::copy(original.begin(), original.end(), text.data());
    return error_of_other;
  }

  bool contains(std::string_view part) const {
    return part.data() >= text.data() && part.data() < text.data() + capacity;
  }

  // The parser's first stage finds the brackets, colons, commas and beginnings of values outside of
  // strings, in their order; its second has checked that they make JSON. So what stands between
  // them need not be read again.

  std::size_t offset_at(std::size_t index) const {
    return parser.implementation->structural_indexes[index];
  }
  char at(std::size_t index) const { return text.data()[offset_at(index)]; }

  /// The number of the structural character with which a value begins.
  std::size_t index_of(JsonText value) const {
    PIGEON_ASSERT(contains(value.raw));
    const auto offset = static_cast<std::uint32_t>(value.raw.data() - text.data());
    const std::uint32_t* begin = parser.implementation->structural_indexes.get();
    const std::uint32_t* end = begin + parser.implementation->n_structural_indexes;
    const std::uint32_t* found = std::lower_bound(begin, end, offset);
    PIGEON_ASSERT(found != end);
    PIGEON_ASSERT(*found == offset);
    return static_cast<std::size_t>(found - begin);
  }

  /// The value that begins at a structural character.
  Found value_at(std::size_t index) const {
    const std::size_t begin = offset_at(index);
    std::size_t depth = 0;
    do {
      const char c = at(index++);
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
    } while (depth > 0);
    std::size_t end = offset_at(index);
    while (is_white(text.data()[end - 1])) --end;
    return {{std::string_view(text.data() + begin, end - begin)}, index};
  }

  std::string_view unescaped(JsonText value) {
    const std::string_view inner = value.raw.substr(1, value.raw.size() - 2);
    if (inner.find('\\') == std::string_view::npos) return inner;
    PIGEON_ASSERT(contains(inner));
    std::string characters(inner.size() + simdjson::SIMDJSON_PADDING, '\0');
    auto* out = reinterpret_cast<std::uint8_t*>(characters.data());
    const ondemand::raw_json_string raw(reinterpret_cast<const std::uint8_t*>(inner.data()));
    std::string_view result;
    if (unescaper.unescape(raw, out).get(result) != simdjson::SUCCESS) return {};
    characters.resize(result.size());
    return strings.emplace_back(std::move(characters));
  }

  std::size_t capacity = 0;
  simdjson::padded_string text;
  simdjson::dom::parser parser;
  ondemand::parser unescaper;
  std::vector<JsonMember> members;
  std::vector<JsonText> elements;
  /// Unescaped strings; a deque, because views into its elements are handed out.
  std::deque<std::string> strings;
};

JsonReader::JsonReader() : impl_(std::make_unique<Impl>()) {
  const auto error = impl_->unescaper.allocate(unescaper_capacity);
  PIGEON_ASSERT(error == simdjson::SUCCESS);
}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

Result<JsonText, WireError> JsonReader::parse(std::string_view text) {
  if (text.size() > message_bytes_max) return Unexpected(WireError::too_large);
  // RFC 8259 section 8.1: nobody sends one. Parsers that skip it would count from behind it.
  if (text.starts_with(byte_order_mark)) return Unexpected(WireError::malformed_json);
  impl_->make_room(text.size());
  char* buffer = impl_->text.data();
  std::copy(text.begin(), text.end(), buffer);
  std::memset(buffer + text.size(), ' ', simdjson::SIMDJSON_PADDING);
  const auto error = impl_->check(text.size());
  if (error != simdjson::SUCCESS) return Unexpected(to_wire_error(error));
  std::string_view whole(buffer, text.size());
  whole.remove_prefix(whole.find_first_not_of(white_space));
  whole = whole.substr(0, whole.find_last_not_of(white_space) + 1);
  return JsonText{whole};
}

void JsonReader::wipe() {
  pigeon::wipe(
      MutableBytesView(reinterpret_cast<std::uint8_t*>(impl_->text.data()), impl_->text.size()));
  for (std::string& text : impl_->strings) pigeon::wipe(text);
}

const std::vector<JsonMember>& JsonReader::members(JsonText object) {
  impl_->members.clear();
  if (object.kind() != JsonKind::object) return impl_->members;
  std::size_t index = impl_->index_of(object) + 1;
  while (impl_->at(index) != '}') {
    if (impl_->at(index) == ',') ++index;
    const auto key = impl_->value_at(index);
    const auto value = impl_->value_at(key.next + 1);
    impl_->members.push_back({impl_->unescaped(key.value), value.value});
    index = value.next;
  }
  return impl_->members;
}

const std::vector<JsonText>& JsonReader::elements(JsonText array, std::size_t count_max) {
  impl_->elements.clear();
  if (array.kind() != JsonKind::array) return impl_->elements;
  std::size_t index = impl_->index_of(array) + 1;
  while (impl_->at(index) != ']' && impl_->elements.size() < count_max) {
    if (impl_->at(index) == ',') ++index;
    const auto element = impl_->value_at(index);
    impl_->elements.push_back(element.value);
    index = element.next;
  }
  return impl_->elements;
}

std::string_view JsonReader::unescaped(JsonText value) {
  if (value.kind() != JsonKind::string) return {};
  return impl_->unescaped(value);
}

}  // namespace pigeon::wire
