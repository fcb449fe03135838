#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "rtc/sctp/packet/big_endian.hpp"

namespace pigeon::sctp {

/// How an item of a list lies in a packet: `size` bytes, `load(const std::uint8_t*)`,
/// `store(std::uint8_t*, Item)`.
template <class Item>
struct WireFormat;

template <>
struct WireFormat<std::uint16_t> {
  static constexpr std::size_t size = 2;
  static std::uint16_t load(const std::uint8_t* at) { return load_u16(at); }
  static void store(std::uint8_t* at, std::uint16_t item) { store_u16(at, item); }
};

template <>
struct WireFormat<std::uint32_t> {
  static constexpr std::size_t size = 4;
  static std::uint32_t load(const std::uint8_t* at) { return load_u32(at); }
  static void store(std::uint8_t* at, std::uint32_t item) { store_u32(at, item); }
};

/// A list inside a chunk: either where it lies in a received packet, or in the memory of who sends
/// it. The list owns nothing.
template <class Item>
class ItemList {
 public:
  using Format = WireFormat<Item>;

  ItemList() = default;
  ItemList(std::span<const Item> items) : items_(items) {}

  /// The whole items at the start of `bytes`; what follows the last whole one is left out.
  static ItemList from_wire(BytesView bytes) {
    ItemList list;
    list.wire_ = bytes.first(bytes.size() - bytes.size() % Format::size);
    return list;
  }

  std::size_t size() const { return items_.size() + wire_.size() / Format::size; }
  bool empty() const { return size() == 0; }
  std::size_t wire_size() const { return size() * Format::size; }
  /// `index` is below `size`.
  Item operator[](std::size_t index) const {
    PIGEON_ASSERT(index < size());
    return items_.empty() ? Format::load(wire_.data() + index * Format::size) : items_[index];
  }

  /// Writes `wire_size` bytes.
  void store(std::uint8_t* at) const {
    for (const Item item : *this) {
      Format::store(at, item);
      at += Format::size;
    }
  }

  /// Enough to say `for (const Item item : list)`.
  class Iterator {
   public:
    Iterator(const ItemList& list, std::size_t index) : list_(&list), index_(index) {}
    Item operator*() const { return (*list_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

   private:
    const ItemList* list_;
    std::size_t index_;
  };
  Iterator begin() const { return Iterator(*this, 0); }
  Iterator end() const { return Iterator(*this, size()); }

 private:
  // At most one of them has items.
  std::span<const Item> items_;
  BytesView wire_;
};

}  // namespace pigeon::sctp
