#pragma once

/// Part of `pigeon/pigeon.h`: what can be chosen about a node.

// This is C.
// NOLINTBEGIN(modernize-use-using,modernize-deprecated-headers)
#include <stdint.h>

#include <stdbool.h>

#include "pigeon/c/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Everything about a node that can be chosen. `pigeon/node_options.hpp` says what each option
/// means, its bounds and its default; most bounds are checked when a node is created.
typedef struct pigeon_node_options pigeon_node_options;

typedef enum pigeon_text_option PIGEON_ENUM_BASE {
  PIGEON_TEXT_PEER_ID = 0,
  PIGEON_TEXT_IDENTITY_FILE = 1,
  PIGEON_TEXT_NETWORK = 2,
  PIGEON_TEXT_TRUSTED_CERTIFICATES_FILE = 3,
  /// Wiped when the options are destroyed.
  PIGEON_TEXT_IDENTITY_PASSWORD = 4
} pigeon_text_option;

typedef enum pigeon_flag_option PIGEON_ENUM_BASE {
  PIGEON_FLAG_ALLOW_GLOBAL_FALLBACK = 0,
  PIGEON_FLAG_AUTO_DISCOVERY = 1,
  PIGEON_FLAG_EVICTION_STRATEGY = 2,
  PIGEON_FLAG_XOR_ROUTING = 3,
  PIGEON_FLAG_ENABLE_CRYPTO = 4,
  /// Of the addresses, as is the next one.
  PIGEON_FLAG_USE_LOOPBACK = 5,
  PIGEON_FLAG_SHARES_SOCKETS = 6
} pigeon_flag_option;

typedef enum pigeon_number_option PIGEON_ENUM_BASE {
  PIGEON_NUMBER_MAX_PEERS = 0,
  PIGEON_NUMBER_MIN_PEERS = 1,
  /// Of the addresses.
  PIGEON_NUMBER_PORT = 2,
  /// The limits: bytes, counts, and a time in milliseconds.
  PIGEON_NUMBER_MESSAGE_BYTES_MAX = 3,
  PIGEON_NUMBER_MESSAGES_PER_SECOND = 4,
  PIGEON_NUMBER_MESSAGES_BURST = 5,
  PIGEON_NUMBER_BYTES_PER_SECOND = 6,
  PIGEON_NUMBER_BYTES_BURST = 7,
  PIGEON_NUMBER_SEND_BUFFER_MAX = 8,
  PIGEON_NUMBER_STALLED_TIME_MAX_MS = 9,
  PIGEON_NUMBER_DISCOVERED_MAX = 10,
  PIGEON_NUMBER_SEEN_COUNT_MAX = 11,
  PIGEON_NUMBER_PARKED_COUNT_MAX = 12,
  PIGEON_NUMBER_STREAMS_PER_PEER_MAX = 13,
  PIGEON_NUMBER_STREAM_BYTES_MAX = 14
} pigeon_number_option;

typedef enum pigeon_trust_policy PIGEON_ENUM_BASE {
  PIGEON_TRUST_OPEN = 0,
  PIGEON_TRUST_PREFER_VERIFIED = 1,
  PIGEON_TRUST_VERIFIED_ONLY = 2
} pigeon_trust_policy;

/// The defaults; NULL if no memory is left.
PIGEON_API pigeon_node_options* pigeon_node_options_create(void);
PIGEON_API void pigeon_node_options_destroy(pigeon_node_options* options);
PIGEON_API pigeon_error_kind pigeon_node_options_set_text(pigeon_node_options* options,
                                                          pigeon_text_option option,
                                                          const char* value, pigeon_error** error);
PIGEON_API pigeon_error_kind pigeon_node_options_set_flag(pigeon_node_options* options,
                                                          pigeon_flag_option option, bool value,
                                                          pigeon_error** error);
PIGEON_API pigeon_error_kind pigeon_node_options_set_number(pigeon_node_options* options,
                                                            pigeon_number_option option,
                                                            uint64_t value, pigeon_error** error);
PIGEON_API pigeon_error_kind pigeon_node_options_set_trust(pigeon_node_options* options,
                                                           pigeon_trust_policy trust,
                                                           pigeon_error** error);
/// One more STUN or TURN server. `username` and `credential` are for TURN, and may be NULL.
PIGEON_API pigeon_error_kind pigeon_node_options_add_ice_server(pigeon_node_options* options,
                                                                const char* url,
                                                                const char* username,
                                                                const char* credential,
                                                                pigeon_error** error);
/// One more numeric address of this machine; without any, all interfaces are used.
PIGEON_API pigeon_error_kind pigeon_node_options_add_address(pigeon_node_options* options,
                                                             const char* address,
                                                             pigeon_error** error);

#ifdef __cplusplus
}
#endif
// NOLINTEND(modernize-use-using,modernize-deprecated-headers)
