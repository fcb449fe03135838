#pragma once

#include <string>
#include <string_view>

#include "hub/view.hpp"

namespace pigeon::hub {

/// The body of `/status.json`, from which the status page is drawn (web/status/README.md).
/// `network` names the namespace of the graph; one that does not exist, or none, means the largest.
std::string status_json(const View& view, std::string_view network);

}  // namespace pigeon::hub
