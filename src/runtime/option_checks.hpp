#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pigeon/options.hpp"

namespace pigeon::runtime {

/// Collects the first failure of a list of checks.
class OptionChecks {
 public:
  OptionChecks& require(bool holds, std::string_view sentence) {
    if (!holds && !failure_) failure_ = std::string(sentence);
    return *this;
  }

  OptionChecks& range(std::string_view field, std::uint64_t value, std::uint64_t min,
                      std::uint64_t max) {
    if (value < min) fail(field, " must be at least " + std::to_string(min) + ".");
    if (value > max) fail(field, " must be at most " + std::to_string(max) + ".");
    return *this;
  }

  OptionChecks& range(std::string_view field, std::chrono::milliseconds value,
                      std::chrono::milliseconds min, std::chrono::milliseconds max) {
    if (value < min) fail(field, " must be at least " + std::to_string(min.count()) + " ms.");
    if (value > max) fail(field, " must be at most " + std::to_string(max.count()) + " ms.");
    return *this;
  }

  OptionChecks& rate(std::string_view field, const RateLimit& rate,
                     std::uint32_t tokens_max = 60'000'000) {
    const std::string name(field);
    range(name + ".per_minute", rate.per_minute, 0, tokens_max);
    return range(name + ".burst", rate.burst, 1, tokens_max);
  }

  /// A text that goes into answers.
  OptionChecks& printable(std::string_view field, std::string_view text, std::size_t bytes_max) {
    const bool clean = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    if (!clean) fail(field, " must consist of printable ASCII characters.");
    if (text.size() > bytes_max) {
      fail(field, " must have at most " + std::to_string(bytes_max) + " characters.");
    }
    return *this;
  }

  /// A sentence that begins with the field; nothing if all checks hold.
  const std::optional<std::string>& failure() const { return failure_; }

 private:
  void fail(std::string_view field, std::string_view sentence) {
    require(false, std::string(field).append(sentence));
  }

  std::optional<std::string> failure_;
};

}  // namespace pigeon::runtime
