#pragma once

#include <string_view>

namespace peerpigeon {

/// Waits until the descriptor takes a little more. False: SIGINT, SIGTERM or SIGHUP asked for the
/// end meanwhile (`apps::Signals` keeps them pending), or there is no such descriptor.
bool wait_writable(int descriptor);

/// Writes all of it, waiting for a slow reader as `wait_writable` does; false if that fails.
bool write_out(int descriptor, std::string_view text);

}  // namespace peerpigeon
