#pragma once

#include <string_view>

#include "bindings/c/error.hpp"
#include "pigeon/node.hpp"
#include "pigeon/pigeon.h"

struct pigeon_loop {
  pigeon::NodeLoop loop;
};

struct pigeon_node {
  pigeon::Node node;
};

namespace pigeon::c {

/// Makes the call on a node that is there. `Handle` may be const.
template <class Handle, class Call>
pigeon_error_kind with_node(Handle* node, pigeon_error** error, Call call) noexcept {
  return guard(error, [&]() -> Done {
    if (node == nullptr) return missing("node");
    return call(node->node);
  });
}

/// Makes the call with a peer that the caller names.
template <class Handle, class Call>
pigeon_error_kind with_peer(Handle* node, const char* peer, std::string_view argument,
                            pigeon_error** error, Call call) noexcept {
  return with_node(node, error, [&](auto& on) -> Done {
    const auto id = read_peer(peer, argument);
    if (!id) return Unexpected(id.error());
    return call(on, *id);
  });
}

}  // namespace pigeon::c
