#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.hpp"

namespace pigeon::hub {

/// Writes metrics in Prometheus' text format 0.0.4: of each family a line with its help, one with
/// its type (`# TYPE`), and its samples.
class Exposition {
 public:
  enum class Type : std::uint8_t { counter, gauge };
  /// Name and value; any text can be a value.
  using Label = std::pair<std::string_view, std::string_view>;

  /// Begins a family; its samples follow, and `name` must live until the last of them. `help` is
  /// one line without backslashes.
  void begin(std::string_view name, std::string_view help, Type type);
  void sample(std::uint64_t value, std::initializer_list<Label> labels = {});
  /// In seconds, to the millisecond. Not negative.
  void sample(Duration duration);

  /// Everything so far.
  std::string take() { return std::move(text_); }

 private:
  void begin_sample(std::initializer_list<Label> labels);

  std::string text_;
  std::string_view name_;
};

}  // namespace pigeon::hub
