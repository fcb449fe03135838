#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/private_scalar.hpp"
#include "pigeon/result.hpp"
#include "wire/error.hpp"

namespace pigeon::wire {

/// Bytes of the longest key of a group that is read.
inline constexpr std::size_t group_key_bytes_max = 4'096;

/// What messages to a group are opened with.
struct GroupKey {
  crypto::PrivateScalar encryption_private;
  crypto::SigningPublicKey encryption_public;
};

/// The key of a group as applications carry it to the members (PeerPigeon protocol, 8.4): the
/// object that `generateGroupKey` of 1.1.3 gives, `{"pub","priv","epub","epriv","created",
/// "groupId"}`. Whoever keeps the text wipes it. The group's name is UTF-8.
std::string encode_group_key(const crypto::StoredKeys& keys, std::string_view group,
                             std::int64_t created);

/// Reads the two members that count, `epub` and `epriv`. Whether they fit each other is not looked
/// at.
Result<GroupKey, WireError> decode_group_key(std::string_view text);

}  // namespace pigeon::wire
