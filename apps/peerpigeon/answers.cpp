#include "apps/peerpigeon/answers.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace peerpigeon {

namespace {

/// Longer ones are no greeting.
constexpr std::size_t text_bytes_max = 200;

bool has_word(std::string_view text, std::string_view word) {
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  for (auto at = text.begin(); at != text.end();) {
    at = std::find_if(at, text.end(), is_letter);
    const auto end = std::find_if_not(at, text.end(), is_letter);
    if (std::ranges::equal(std::string_view(at, end), word, {}, lower)) return true;
    at = end;
  }
  return false;
}

}  // namespace

std::optional<std::string> answer_to(std::string_view text, std::string_view asker,
                                     std::string_view answerer, std::size_t links) {
  constexpr auto greetings = std::to_array<std::string_view>({"hello", "hi", "hey"});
  if (text.size() > text_bytes_max) return std::nullopt;
  if (has_word(text, "ping")) return fmt::format("pong from {}", answerer);
  const bool is_greeting = std::ranges::any_of(
      greetings, [&](std::string_view greeting) { return has_word(text, greeting); });
  if (!is_greeting) return std::nullopt;
  return fmt::format("welcome, {}! This is {}, with {} link{}", asker, answerer, links,
                     links == 1 ? "" : "s");
}

}  // namespace peerpigeon
