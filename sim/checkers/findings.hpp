#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace pigeon::sim {

/// What is not as it should be: sentences with the moment of the run at which they were found.
class Findings {
 public:
  /// The first few tell enough.
  void add(Instant at, std::string sentence) {
    if (sentences_.size() >= count_max) return;
    const auto ms = at.time_since_epoch() / std::chrono::milliseconds(1);
    char stamp[32] = {};
    std::snprintf(stamp, sizeof(stamp), "%.3f s: ", static_cast<double>(ms) / 1e3);
    sentences_.push_back(stamp + std::move(sentence));
  }

  const std::vector<std::string>& sentences() const { return sentences_; }

 private:
  static constexpr std::size_t count_max = 20;

  std::vector<std::string> sentences_;
};

}  // namespace pigeon::sim
