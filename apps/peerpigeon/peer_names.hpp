#pragma once

#include <span>
#include <string>
#include <string_view>

#include "pigeon/id.hpp"
#include "pigeon/result.hpp"

namespace peerpigeon {

/// The first 8 digits: enough to tell peers of a mesh apart, and to write them at a prompt.
std::string short_id(const pigeon::PeerId& peer);

/// The peer whose id begins with `prefix`, in either case. A whole id is taken although it is in no
/// list. The error is a sentence.
pigeon::Result<pigeon::PeerId, std::string> find_peer(std::string_view prefix,
                                                      std::span<const pigeon::PeerId> peers);

/// The longest text that all of these begin with.
std::string shared_beginning(std::span<const std::string> texts);

}  // namespace peerpigeon
