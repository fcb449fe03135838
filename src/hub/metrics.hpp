#pragma once

#include <string>

#include "hub/view.hpp"

namespace pigeon::hub {

/// The body of `/metrics`: the Prometheus text format, names beginning with `pigeonhub_`.
std::string metrics_text(const View& view);

}  // namespace pigeon::hub
