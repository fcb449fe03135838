#pragma once

#include "wire/group_key.hpp"

namespace pigeon::node {

/// For whoever keeps the private keys of groups, which a node never sees.
using wire::decode_group_key;
using wire::encode_group_key;

}  // namespace pigeon::node
