#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.hpp"
#include "pigeon/id.hpp"
#include "transfer/transfer_effect.hpp"

namespace pigeon::transfer {

/// The way to a neighbor: what goes out, and how much of it has not drained.
class Channel {
 public:
  /// Asks to be told of draining once `notice_bytes` wait.
  Channel(const PeerId& to, std::size_t notice_bytes) : to_(to), notice_bytes_(notice_bytes) {}

  const PeerId& peer() const { return to_; }
  /// Bytes handed on since it has drained.
  std::size_t waiting_bytes() const { return waiting_bytes_; }

  void send_text(std::string text, TransferEffects& out);
  void send_bytes(BytesView data, TransferEffects& out);
  /// Asks to be told of draining, unless that has been done.
  void want_drained(TransferEffects& out);
  void drained();

 private:
  void add(std::size_t bytes, TransferEffects& out);

  PeerId to_;
  std::size_t notice_bytes_;
  std::size_t waiting_bytes_ = 0;
  bool wants_drained_ = false;
};

}  // namespace pigeon::transfer
