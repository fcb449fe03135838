#pragma once

#include <boost/json.hpp>

#include "pigeon/node_event.hpp"
#include "pigeon/node_status.hpp"

namespace pigeon::interop {

/// Prints one line. From any thread.
void print(const boost::json::object& line);

/// The event as ../README.md names it; nothing of what a stream carries.
boost::json::object describe(const NodeEvent& event);

/// The answer to `status`.
boost::json::object describe(const NodeStatus& status);

}  // namespace pigeon::interop
