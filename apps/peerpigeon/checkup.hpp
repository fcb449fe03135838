#pragma once

#include <string>
#include <string_view>

#include "apps/peerpigeon/console.hpp"

namespace peerpigeon {

/// What doctor has found out so far: prints each finding, and counts what failed.
class Checkup {
 public:
  explicit Checkup(Console& console) : console_(console) {}

  /// Each is a line: what was looked at, and a sentence.
  void pass(std::string_view what, std::string_view sentence);
  /// `next_step` says what to do about it.
  void fail(std::string_view what, std::string_view sentence, std::string_view next_step);
  void skip(std::string_view what, std::string_view why);

  std::size_t failures() const { return failures_; }

 private:
  void tell(std::string_view result, std::string_view what, std::string_view sentence,
            std::string_view next_step);

  Console& console_;
  std::size_t failures_ = 0;
};

}  // namespace peerpigeon
