#pragma once

#include <utility>

#include "apps/peerpigeon/prompt.hpp"

namespace peerpigeon {

/// Lines of a pipe or file; prints to standard output.
class LineReader : public Prompt {
 public:
  explicit LineReader(Watched watched) : watched_(std::move(watched)) {}

  std::optional<std::string> read_line() override;
  bool print(std::string_view line) override;
  bool discard_typed() override { return false; }
  void clear_screen() override {}

 private:
  /// Bytes of a line; what is beyond belongs to the next one.
  static constexpr std::size_t line_bytes_max = 262'144;

  std::optional<std::string> take_line();

  Watched watched_;
  std::string waiting_;
  bool has_ended_ = false;
};

}  // namespace peerpigeon
