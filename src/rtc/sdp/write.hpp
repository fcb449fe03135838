#pragma once

#include <string>

#include "rtc/sdp/session_description.hpp"

namespace pigeon::sdp {

/// The description as text, with CRLF. What `parse` gave is read back as the same value.
std::string write(const SessionDescription& description);

}  // namespace pigeon::sdp
