#include "wire/signal_type.hpp"

#include <algorithm>
#include <array>

namespace pigeon::wire {

namespace {
constexpr std::array<std::string_view, signal_type_count> names = {
    "offer",
    "answer",
    "ice-candidate",
    "connection-rejected",
    "renegotiation-offer",
    "renegotiation-answer",
    "ice-restart-offer",
    "ice-restart-answer",
    "recovery-offer",
};
}  // namespace

std::string_view to_text(SignalType type) { return names[static_cast<std::size_t>(type)]; }

std::optional<SignalType> parse_signal_type(std::string_view text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<SignalType>(found - names.begin());
}

}  // namespace pigeon::wire
