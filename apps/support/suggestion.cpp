#include "apps/support/suggestion.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace apps {
namespace {

// A longer input is not a slip of the finger, and the distance takes quadratic time.
constexpr std::size_t length_max = 64;

bool separates_words(char c) { return c == '-' || c == '_' || c == '.'; }

/// The words in alphabetical order, so that `max-connections` is near `connections-max`.
std::string sorted_words(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (separates_words(c)) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  std::ranges::sort(words);
  std::string joined;
  for (const std::string& word : words) joined += word;
  return joined;
}

}  // namespace

std::optional<std::string_view> suggest(std::string_view unknown,
                                        std::span<const std::string_view> candidates) {
  if (unknown.size() > length_max) return std::nullopt;
  const std::string unknown_words = sorted_words(unknown);
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(1, unknown.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = std::min(edit_distance(unknown, candidate),
                                          edit_distance(unknown_words, sorted_words(candidate)));
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Optimal string alignment; row i holds the distances of a's first i letters to b's prefixes.
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace apps
