#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"

namespace pigeon::sim {

/// What a channel promises about its messages.
struct Promise {
  bool ordered = true;
  bool reliable = true;
};

/// The messages of one direction of one channel: makes them so that they can be recognized, and
/// holds what arrives against what was promised.
class MessageLedger {
 public:
  explicit MessageLedger(Promise promise) : promise_(promise) {}

  /// The next message: of `size` bytes, at least 4.
  Bytes next(std::size_t size);
  /// A message that was not taken; its number is used again.
  void take_back() { --sent_count_; }
  /// What is wrong with a message that arrived; nothing if it is as promised.
  std::optional<std::string> receive(BytesView message);

  std::uint32_t sent_count() const { return sent_count_; }
  std::size_t received_count() const { return received_.size(); }
  /// Whether everything that was promised has arrived.
  bool is_complete() const { return !promise_.reliable || received_.size() == sent_count_; }

 private:
  static Bytes content(std::uint32_t number, std::size_t size);

  Promise promise_;
  std::uint32_t sent_count_ = 0;
  std::set<std::uint32_t> received_;
};

}  // namespace pigeon::sim
