#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "pigeon/node_status.hpp"
#include "wire/json_writer.hpp"
#include "wire/limits.hpp"

namespace pigeon::node {

/// What hubs and peers take for the name of a network.
inline bool is_network_name(std::string_view name) {
  return !name.empty() && name.size() <= wire::network_name_bytes_max && wire::is_utf8(name);
}

inline NodeError bad_argument(std::string sentence) {
  return {NodeErrorKind::bad_argument, std::move(sentence)};
}

inline NodeError crypto_is_off() { return bad_argument("This node has crypto switched off."); }

inline NodeError not_utf8() { return bad_argument("The text is not UTF-8."); }

inline NodeError not_json() {
  return bad_argument("The content is not one JSON value, or is nested too deep.");
}

inline NodeError no_link(const PeerId& peer) {
  return {NodeErrorKind::not_connected, "There is no link with " + peer.to_text() + "."};
}

inline NodeError too_large() {
  return {NodeErrorKind::too_large,
          "The message is longer than a channel takes; send it as a stream."};
}

}  // namespace pigeon::node
