#pragma once

#include "pigeon/safe_text.hpp"

namespace peerpigeon {

using pigeon::safe_json;
using pigeon::safe_text;
using pigeon::valid_utf8;

}  // namespace peerpigeon
