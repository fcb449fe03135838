#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace pigeon::runtime {

/// What the limits of the driver refuse; those of the core are the core's.
enum class Refused : std::uint8_t {
  connections,
  connections_per_address,
  connects_per_address,
  descriptors,
  tls_handshake,
  handshake_time,
  head_bytes,
  body_bytes,
  bad_request,
  draining,
  protocol_error,
  message_bytes,
  control_rate,
  queue_bytes,
  queue_time,
  buffered_bytes,
};

/// Counts refusals on all loops.
class RefusalCounts {
 public:
  void add(Refused reason) {
    counts_[static_cast<std::size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
  }

  /// What was refused since the last call, by the names for metrics and status.
  std::vector<std::pair<std::string_view, std::uint64_t>> take() {
    std::vector<std::pair<std::string_view, std::uint64_t>> taken;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (counts_[i].load(std::memory_order_relaxed) == 0) continue;
      const std::uint64_t count = counts_[i].exchange(0, std::memory_order_relaxed);
      if (count > 0) taken.emplace_back(names[i], count);
    }
    return taken;
  }

 private:
  static constexpr std::array<std::string_view, 16> names = {
      "connections",          "connections_per_address",
      "connects_per_address", "descriptors",
      "tls_handshake",        "handshake_time",
      "head_bytes",           "body_bytes",
      "bad_request",          "draining",
      "protocol_error",       "message_bytes",
      "control_rate",         "queue_bytes",
      "queue_time",           "buffered_bytes"};
  static_assert(names.size() == static_cast<std::size_t>(Refused::buffered_bytes) + 1);

  std::array<std::atomic<std::uint64_t>, names.size()> counts_{};
};

}  // namespace pigeon::runtime
