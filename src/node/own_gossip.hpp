#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pigeon/id.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::node {

/// A gossip message of ours, with text of its own, on its way to be signed and sent.
struct OwnGossip {
  MessageId id;
  std::string subtype;
  /// JSON.
  std::string content;
  std::optional<wire::SpelledId> to;
  std::int64_t timestamp = 0;
  /// Its target is asked to confirm it, unless that confirms nothing by the time it is sent.
  bool wants_ack = false;
  /// Goes every way at once.
  bool spreads = false;
  /// Of a stream to everybody: the number that `transfer::Transfers` has given it.
  std::optional<std::uint64_t> part;
};

}  // namespace pigeon::node
