#pragma once

#include <span>

#include <sys/uio.h>

#include "base/bytes.hpp"
#include "net/io_result.hpp"

namespace pigeon::net {

// Non-blocking calls on a stream socket that raise no signal.

/// Reads what is there, up to the size of `out` (not 0).
IoResult receive(int socket, MutableBytesView out);

/// Writes as much of the pieces as fits.
IoResult send(int socket, std::span<iovec> pieces);

/// Makes the next `close` break the connection at once (RST) and drop what is unsent.
void reset_on_close(int socket);

}  // namespace pigeon::net
