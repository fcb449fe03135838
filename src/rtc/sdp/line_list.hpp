#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>

namespace pigeon::sdp {

/// Lines of text in their order, in one piece of memory: a browser's offer has 200 that nobody
/// looks at. A line must not hold a line feed.
class LineList {
 public:
  /// Goes over the lines, without their ends. Valid until the next `add`.
  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;
    using pointer = const std::string_view*;
    using reference = std::string_view;

    Iterator() = default;
    explicit Iterator(std::string_view rest) : rest_(rest) {}

    std::string_view operator*() const { return rest_.substr(0, rest_.find('\n')); }
    Iterator& operator++() {
      rest_.remove_prefix(rest_.find('\n') + 1);
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.rest_.size() == b.rest_.size();
    }

   private:
    std::string_view rest_;
  };

  LineList() = default;
  LineList(std::initializer_list<std::string_view> lines) {
    for (const std::string_view line : lines) add(line);
  }

  /// Puts a line at the end.
  void add(std::string_view line) { text_.append(line).push_back('\n'); }

  bool empty() const { return text_.empty(); }
  Iterator begin() const { return Iterator(text_); }
  static Iterator end() { return {}; }

  /// Whether one of the lines is exactly `wanted`.
  bool contains(std::string_view wanted) const {
    for (const std::string_view line : *this) {
      if (line == wanted) return true;
    }
    return false;
  }

  friend bool operator==(const LineList&, const LineList&) = default;

 private:
  // Every line is followed by a line feed.
  std::string text_;
};

}  // namespace pigeon::sdp
