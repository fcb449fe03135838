#pragma once

#include <cstdint>

namespace pigeon::node {

/// Names one attempt to link with a peer, and the link it becomes; never used again.
enum class LinkId : std::uint64_t {};

}  // namespace pigeon::node
