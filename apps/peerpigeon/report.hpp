#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "apps/peerpigeon/settings.hpp"
#include "pigeon/node_event.hpp"

namespace peerpigeon {

/// One thing that the program tells, for people and for machines.
struct Report {
  Verbosity level = Verbosity::info;
  /// Name for machines, such as `peer_connected`.
  std::string event;
  /// A line for people; what strangers wrote in it has been made harmless.
  std::string text;
  boost::json::object fields = {};
};

/// The report of a node's event; nothing for those that others tell of: streams, and the node's own
/// broadcasts, which come back to it.
std::optional<Report> describe(const pigeon::NodeEvent& event, const pigeon::PeerId& self);

/// The report as one JSON object without the end of the line.
std::string to_json(const Report& report);

/// `1 peer`, `2 peers`.
std::string counted(std::size_t count, std::string_view what);

/// Bytes with their unit, as in `12.3 kB`.
std::string format_bytes(std::uint64_t bytes);

}  // namespace peerpigeon
