#pragma once

#include <string_view>

#include "wire/peer_message.hpp"

namespace pigeon::node {

inline bool is_key_exchange(std::string_view subtype) {
  return subtype == "key_exchange" || subtype == "key_exchange_response";
}

/// Subtypes that go to one peer; upstream floods all others, whatever `to` they have.
inline bool is_directed(const wire::GossipMessage& message) {
  return message.to && (message.subtype == "dm" || message.subtype == "dht-routing" ||
                        is_key_exchange(message.subtype));
}

}  // namespace pigeon::node
