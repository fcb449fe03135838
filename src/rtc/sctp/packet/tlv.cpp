#include "rtc/sctp/packet/tlv.hpp"

#include <algorithm>

#include "rtc/sctp/packet/big_endian.hpp"

namespace pigeon::sctp {

namespace {

std::size_t length_at(BytesView bytes) { return load_u16(bytes.data() + 2); }

}  // namespace

std::optional<TlvList> TlvList::parse(BytesView bytes) {
  for (BytesView rest = bytes; !rest.empty();) {
    if (rest.size() < tlv_header_size) return std::nullopt;
    const std::size_t length = length_at(rest);
    if (length < tlv_header_size || length > rest.size()) return std::nullopt;
    rest = rest.subspan(std::min(padded(length), rest.size()));
  }
  return TlvList(bytes);
}

std::optional<Tlv> TlvList::find(std::uint16_t type) const {
  for (const Tlv& item : *this) {
    if (item.type == type) return item;
  }
  return std::nullopt;
}

Tlv TlvList::Iterator::operator*() const {
  const BytesView whole = rest_.first(length_at(rest_));
  return {.type = load_u16(rest_.data()), .value = whole.subspan(tlv_header_size), .whole = whole};
}

TlvList::Iterator& TlvList::Iterator::operator++() {
  rest_ = rest_.subspan(std::min(padded(length_at(rest_)), rest_.size()));
  return *this;
}

bool TlvWriter::append(std::uint16_t type, BytesView value) {
  std::uint8_t* const place = reserve(type, value.size());
  if (place != nullptr) std::copy(value.begin(), value.end(), place);
  return place != nullptr;
}

std::uint8_t* TlvWriter::reserve(std::uint16_t type, std::size_t value_size) {
  const std::size_t length = tlv_header_size + value_size;
  const std::size_t start = padded(end_);
  if (length > 0xffff || start > room_.size() || length > room_.size() - start) return nullptr;
  std::fill(room_.data() + end_, room_.data() + start, std::uint8_t{0});
  end_ = start + length;
  store_u16(room_.data() + start, type);
  store_u16(room_.data() + start + 2, static_cast<std::uint16_t>(length));
  return room_.data() + start + tlv_header_size;
}

}  // namespace pigeon::sctp
