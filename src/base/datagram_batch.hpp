#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/socket_address.hpp"

namespace pigeon {

/// Datagrams on their way out, in the order of sending. They lie one behind the other in one piece
/// of memory, so that a run of equal size to one address can be handed to the system as a whole.
/// What fills it has asked `size()` or `byte_count()` before, and so bounds it.
class DatagramBatch {
 public:
  struct Datagram {
    AddressPair path;
    std::size_t offset = 0;
    std::size_t size = 0;
  };

  /// Room for one datagram of up to `size_max` bytes behind the last. Valid until the next call;
  /// `commit` makes a datagram of it.
  MutableBytesView reserve(std::size_t size_max) {
    if (bytes_.size() < used_ + size_max) bytes_.resize(used_ + size_max);
    return MutableBytesView(bytes_).subspan(used_, size_max);
  }

  /// Makes the first `size` bytes of what was reserved last a datagram. Nothing if 0.
  void commit(const AddressPair& path, std::size_t size) {
    PIGEON_ASSERT(size <= bytes_.size() - used_);
    if (size == 0) return;
    datagrams_.push_back({path, used_, size});
    used_ += size;
  }

  /// The datagrams, oldest first.
  std::span<const Datagram> datagrams() const { return datagrams_; }
  BytesView payload(const Datagram& datagram) const {
    return BytesView(bytes_).subspan(datagram.offset, datagram.size);
  }

  std::size_t size() const { return datagrams_.size(); }
  bool empty() const { return datagrams_.empty(); }
  /// Of all payloads together.
  std::size_t byte_count() const { return used_; }

  /// Forgets the datagrams and keeps the memory.
  void clear() {
    datagrams_.clear();
    used_ = 0;
  }

 private:
  Bytes bytes_;
  std::size_t used_ = 0;
  std::vector<Datagram> datagrams_;
};

}  // namespace pigeon
