#pragma once

#include <string>
#include <utility>

#include "pigeon/node_status.hpp"

namespace pigeon::node {

inline NodeError bad_argument(std::string sentence) {
  return {NodeErrorKind::bad_argument, std::move(sentence)};
}

inline NodeError too_large() {
  return {NodeErrorKind::too_large,
          "The message is longer than a channel takes; send it as a stream."};
}

}  // namespace pigeon::node
