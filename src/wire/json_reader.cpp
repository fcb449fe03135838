#include "wire/json_reader.hpp"

#include <algorithm>
#include <cstring>
#include <deque>

#include <simdjson.h>

#include "base/assert.hpp"
#include "wire/limits.hpp"

namespace pigeon::wire {

namespace {

namespace ondemand = simdjson::ondemand;

/// Parsers grown beyond this by a large message are dropped afterwards.
constexpr std::size_t kept_capacity_max = std::size_t{64} * 1024;
constexpr std::size_t first_capacity = std::size_t{4} * 1024;
/// Members of an object for which memory is kept.
constexpr std::size_t kept_members_max = 256;

WireError to_wire_error(simdjson::error_code error) {
  return error == simdjson::DEPTH_ERROR ? WireError::nested_too_deep : WireError::malformed_json;
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
  /// Grows to `size` bytes of text, or shrinks back after a large one.
  void make_room(std::size_t size) {
    const std::size_t wanted = std::max(size, first_capacity);
    if (wanted > capacity || (capacity > kept_capacity_max && wanted <= kept_capacity_max)) {
      capacity = wanted <= kept_capacity_max
                     ? std::min(std::max(wanted, 2 * capacity), kept_capacity_max)
                     : wanted;
      text = simdjson::padded_string(capacity);
      validator = simdjson::dom::parser();
      walker = ondemand::parser();
      const auto error = validator.allocate(capacity, json_depth_max);
      PIGEON_ASSERT(error == simdjson::SUCCESS);
      const auto walker_error = walker.allocate(capacity);
      PIGEON_ASSERT(walker_error == simdjson::SUCCESS);
    }
    strings.clear();
    found.clear();
    if (found.capacity() > kept_members_max) std::vector<JsonMember>().swap(found);
  }

  bool contains(std::string_view part) const {
    return part.data() >= text.data() && part.data() < text_end();
  }
  const char* text_end() const { return text.data() + capacity + simdjson::SIMDJSON_PADDING; }

  std::size_t capacity = 0;
  simdjson::padded_string text;
  simdjson::dom::parser validator;
  ondemand::parser walker;
  std::vector<JsonMember> found;
  /// Unescaped strings; a deque, because views into its elements are handed out.
  std::deque<std::string> strings;
};

JsonReader::JsonReader() : impl_(std::make_unique<Impl>()) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

Result<JsonText, WireError> JsonReader::parse(std::string_view text) {
  if (text.size() > message_bytes_max) return Unexpected(WireError::too_large);
  impl_->make_room(text.size());
  char* buffer = impl_->text.data();
  std::copy(text.begin(), text.end(), buffer);
  std::memset(buffer + text.size(), ' ', simdjson::SIMDJSON_PADDING);
  // The on-demand parser skips what nobody asks for without checking it; the DOM parser checks all.
  const auto checked = impl_->validator.parse(buffer, text.size(), false);
  if (checked.error() != simdjson::SUCCESS) return Unexpected(to_wire_error(checked.error()));
  std::string_view whole(buffer, text.size());
  constexpr std::string_view white = " \t\r\n";
  whole.remove_prefix(whole.find_first_not_of(white));
  whole = whole.substr(0, whole.find_last_not_of(white) + 1);
  return JsonText{whole};
}

const std::vector<JsonMember>& JsonReader::members(JsonText object) {
  impl_->found.clear();
  if (object.kind() != JsonKind::object) return impl_->found;
  PIGEON_ASSERT(impl_->contains(object.raw));
  ondemand::document document;
  ondemand::object walked;
  const simdjson::padded_string_view padded(
      object.raw, static_cast<std::size_t>(impl_->text_end() - object.raw.data()));
  if (impl_->walker.iterate(padded).get(document) != simdjson::SUCCESS) return impl_->found;
  if (document.get_object().get(walked) != simdjson::SUCCESS) return impl_->found;
  for (auto field : walked) {
    std::string_view key;
    ondemand::value value;
    JsonText raw;
    // Each can only fail on text that `parse` has refused.
    if (field.error() != simdjson::SUCCESS) break;
    // The walker has room for all keys of a text, and drops them when it begins the next object.
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) break;
    if (field.value().get(value) != simdjson::SUCCESS) break;
    if (simdjson::to_json_string(value).get(raw.raw) != simdjson::SUCCESS) break;
    impl_->found.push_back({key, raw});
  }
  return impl_->found;
}

std::string_view JsonReader::unescaped(JsonText value) {
  if (value.kind() != JsonKind::string) return {};
  const std::string_view inner = value.raw.substr(1, value.raw.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return inner;
  PIGEON_ASSERT(impl_->contains(inner));
  std::string characters(inner.size() + simdjson::SIMDJSON_PADDING, '\0');
  auto* out = reinterpret_cast<std::uint8_t*>(characters.data());
  const ondemand::raw_json_string raw(reinterpret_cast<const std::uint8_t*>(inner.data()));
  std::string_view result;
  if (impl_->walker.unescape(raw, out).get(result) != simdjson::SUCCESS) return {};
  return impl_->strings.emplace_back(result);
}

}  // namespace pigeon::wire
