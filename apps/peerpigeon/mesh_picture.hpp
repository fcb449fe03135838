#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace peerpigeon {

/// Two peers that are linked, by their places in the list of names; the smaller one first.
using Link = std::pair<std::size_t, std::size_t>;

/// Peers up to this count are drawn as a ring; more as a table.
inline constexpr std::size_t ring_count_max = 8;

/// A picture of a mesh in characters, several lines without an end of the last one: a ring with a
/// line for each link, or a table of who is linked with whom.
std::string draw_mesh(std::span<const std::string> names, std::span<const Link> links);

}  // namespace peerpigeon
