#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace pigeon::bench {

/// The value below which `fraction` (0 to 1) of the values lie; 0 if there are none.
template <typename T>
T quantile(std::vector<T> values, double fraction) {
  if (values.empty()) return T{};
  const auto last = static_cast<double>(values.size() - 1);
  const auto at = values.begin() + std::lround(fraction * last);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

template <typename T>
T median(std::vector<T> values) {
  return quantile(std::move(values), 0.5);
}

}  // namespace pigeon::bench
