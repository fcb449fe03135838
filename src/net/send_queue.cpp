#include "net/send_queue.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.hpp"

namespace pigeon::net {

namespace {
/// Units that an empty queue keeps room for.
constexpr std::size_t kept_units_max = 64;
}  // namespace

std::array<BytesView, 2> SendQueue::Unit::from(std::size_t offset) const {
  const std::size_t in_header = std::min<std::size_t>(offset, header_size);
  return {BytesView(header).first(header_size).subspan(in_header),
          as_bytes(payload).subspan(offset - in_header)};
}

void SendQueue::push(BytesView header, std::string payload) {
  PIGEON_ASSERT(header.size() <= header_bytes_max);
  Unit unit{.payload = std::move(payload),
            .header = {},
            .header_size = static_cast<std::uint8_t>(header.size())};
  std::copy(header.begin(), header.end(), unit.header.begin());
  if (unit.size() == 0) return;
  bytes_ += unit.size();
  units_.push_back(std::move(unit));
}

std::size_t SendQueue::gather(std::span<iovec> pieces) const {
  std::size_t count = 0;
  for (std::size_t i = first_; i < units_.size(); ++i) {
    for (const BytesView part : units_[i].from(i == first_ ? written_ : 0)) {
      if (part.empty()) continue;
      if (count == pieces.size()) return count;
      // The system takes the same type for reading and for writing.
      auto* base = const_cast<std::uint8_t*>(part.data());  // NOLINT(*-const-cast)
      pieces[count++] = {.iov_base = base, .iov_len = part.size()};
    }
  }
  return count;
}

std::size_t SendQueue::copy(MutableBytesView out) const {
  std::size_t copied = 0;
  for (std::size_t i = first_; i < units_.size() && copied < out.size(); ++i) {
    for (const BytesView part : units_[i].from(i == first_ ? written_ : 0)) {
      const std::size_t size = std::min(part.size(), out.size() - copied);
      std::copy_n(part.begin(), size, out.begin() + static_cast<std::ptrdiff_t>(copied));
      copied += size;
    }
  }
  return copied;
}

void SendQueue::consume(std::size_t bytes) {
  PIGEON_ASSERT(bytes <= bytes_);
  bytes_ -= bytes;
  written_ += bytes;
  while (first_ < units_.size() && written_ >= units_[first_].size()) {
    written_ -= units_[first_].size();
    std::string().swap(units_[first_].payload);
    ++first_;
  }
  // Moving the rest is worth it once as much has gone as stays: each unit moves once on average.
  if (first_ * 2 >= units_.size()) {
    units_.erase(units_.begin(), units_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void SendQueue::drop_unsent(std::size_t committed) {
  std::size_t kept_bytes = 0;
  std::size_t kept = first_;
  while (kept < units_.size() && (kept_bytes < committed || (kept == first_ && written_ > 0))) {
    kept_bytes += units_[kept].size() - (kept == first_ ? written_ : 0);
    ++kept;
  }
  units_.erase(units_.begin() + static_cast<std::ptrdiff_t>(kept), units_.end());
  bytes_ = kept_bytes;
}

void SendQueue::shrink() {
  if (units_.capacity() > kept_units_max) std::vector<Unit>().swap(units_);
}

}  // namespace pigeon::net
