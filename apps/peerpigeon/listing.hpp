#pragma once

#include <vector>

#include "apps/peerpigeon/report.hpp"
#include "pigeon/node.hpp"

namespace peerpigeon {

/// A line for each peer that is linked or known; the linked ones first.
std::vector<Report> list_peers(const pigeon::Node& node);

/// How a node is doing, in several lines.
Report tell_status(const pigeon::Node& node);

}  // namespace peerpigeon
