#pragma once

#include "rtc/dtls/handshake.hpp"

struct ssl_st;

namespace pigeon::dtls {

/// The keys of a finished handshake (RFC 5246 section 6.3; for SRTP RFC 5764 section 4.2).
Secrets derive_secrets(ssl_st* ssl);

}  // namespace pigeon::dtls
