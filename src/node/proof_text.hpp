#pragma once

#include "wire/peer_message.hpp"

namespace pigeon::node {

/// For whoever signs texts with a node's key: those of the node's own proofs are not for others.
using wire::is_proof_text;

}  // namespace pigeon::node
