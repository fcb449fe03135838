#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "apps/pigeonhub/settings.hpp"
#include "pigeon/event.hpp"

namespace pigeonhub {

/// One thing that happened, for people and for machines. `text` is safe to print: whatever
/// strangers wrote has been escaped.
struct LogLine {
  using Value = std::variant<std::uint64_t, std::string>;

  LogLevel level = LogLevel::info;
  /// Name for machines, such as `peer_connected`.
  std::string_view event;
  /// A sentence for people.
  std::string text;
  /// For machines, in addition to the sentence.
  std::vector<std::pair<std::string_view, Value>> fields = {};
};

/// The line of a hub's event; nothing for start and stop, which the program itself tells of.
std::optional<LogLine> describe(const pigeon::HubEvent& event);

/// The first 8 characters of a peer id: enough to follow a peer through a log.
std::string short_id(std::string_view peer_id);

/// `"event":...,"message":...` and the fields: the members of a JSON object, without its braces.
std::string json_members(const LogLine& line);

}  // namespace pigeonhub
