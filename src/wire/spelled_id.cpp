#include "wire/spelled_id.hpp"

namespace pigeon::wire {

std::optional<SpelledId> SpelledId::parse(std::string_view text) {
  const std::optional<PeerId> id = PeerId::parse(text);
  if (!id) return std::nullopt;
  SpelledId spelled{.id = *id};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= 'A' && text[i] <= 'F') spelled.upper_case |= std::uint64_t{1} << i;
  }
  return spelled;
}

std::string SpelledId::to_text() const {
  std::string text = id.to_text();
  for (std::size_t i = 0; upper_case != 0 && i < text.size(); ++i) {
    if ((upper_case >> i & 1U) != 0) text[i] = static_cast<char>(text[i] - 'a' + 'A');
  }
  return text;
}

bool offers_first(const SpelledId& a, const SpelledId& b) {
  // Lower-case texts have the order of their numbers.
  if (a.upper_case == 0 && b.upper_case == 0) return a.id > b.id;
  return a.to_text() > b.to_text();
}

}  // namespace pigeon::wire
