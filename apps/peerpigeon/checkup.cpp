#include "apps/peerpigeon/checkup.hpp"

#include <fmt/format.h>

#include "pigeon/safe_text.hpp"

namespace peerpigeon {

void Checkup::pass(std::string_view what, std::string_view sentence) {
  tell("ok", what, sentence, "");
}

void Checkup::fail(std::string_view what, std::string_view sentence, std::string_view next_step) {
  ++failures_;
  tell("failed", what, sentence, next_step);
}

void Checkup::skip(std::string_view what, std::string_view why) { tell("skipped", what, why, ""); }

void Checkup::tell(std::string_view result, std::string_view what, std::string_view sentence,
                   std::string_view next_step) {
  std::string text = fmt::format("{:<8} {:<11} {}", result, what, pigeon::safe_text(sentence));
  if (!next_step.empty()) text += fmt::format("\n{:21}Next: {}", "", pigeon::safe_text(next_step));
  console_.answer({Verbosity::info,
                   "check",
                   std::move(text),
                   {{"check", what},
                    {"result", result},
                    {"message", pigeon::valid_utf8(sentence)},
                    {"next_step", pigeon::valid_utf8(next_step)}}});
}

}  // namespace peerpigeon
