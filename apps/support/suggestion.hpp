#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace apps {

/// The candidate that a user who wrote `unknown` probably meant: few letters wrong, or the same
/// words in another order. Nothing if none is near.
std::optional<std::string_view> suggest(std::string_view unknown,
                                        std::span<const std::string_view> candidates);

/// Letters to insert, remove, replace or swap with their neighbour to turn one text into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace apps
