#pragma once

/// Part of `pigeon/pigeon.h`: what a node tells.

// This is C.
// NOLINTBEGIN(modernize-use-using,modernize-deprecated-headers)
#include <stddef.h>
#include <stdint.h>

#include <stdbool.h>

#include "pigeon/c/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t pigeon_stream_id;

typedef enum pigeon_event_type PIGEON_ENUM_BASE {
  /// With `hub_status`.
  PIGEON_EVENT_HUB_STATUS = 0,
  /// With `peer`.
  PIGEON_EVENT_PEER_DISCOVERED = 1,
  PIGEON_EVENT_PEER_CONNECTED = 2,
  PIGEON_EVENT_PEER_DISCONNECTED = 3,
  PIGEON_EVENT_PEER_EVICTED = 4,
  PIGEON_EVENT_PEER_VERIFIED = 5,
  PIGEON_EVENT_PEER_KEY_ADDED = 6,
  PIGEON_EVENT_CONNECT_FAILED = 7,
  /// With `message`.
  PIGEON_EVENT_MESSAGE = 8,
  /// With `delivery`.
  PIGEON_EVENT_MESSAGE_DELIVERED = 9,
  PIGEON_EVENT_MESSAGE_UNDELIVERED = 10,
  /// With `binary`.
  PIGEON_EVENT_BINARY = 11,
  /// With `stream`.
  PIGEON_EVENT_STREAM_RECEIVED = 12,
  PIGEON_EVENT_STREAM_DATA = 13,
  PIGEON_EVENT_STREAM_WRITABLE = 14,
  PIGEON_EVENT_STREAM_COMPLETED = 15,
  PIGEON_EVENT_STREAM_ABORTED = 16,
  /// With `network`.
  PIGEON_EVENT_NETWORK_CHANGED = 17,
  /// With `warning`.
  PIGEON_EVENT_WARNING = 18
} pigeon_event_type;

typedef enum pigeon_hub_state PIGEON_ENUM_BASE {
  PIGEON_HUB_CONNECTING = 0,
  PIGEON_HUB_CONNECTED = 1,
  PIGEON_HUB_DISCONNECTED = 2
} pigeon_hub_state;

/// The way to a hub has changed.
typedef struct pigeon_hub_status {
  const char* url;
  pigeon_hub_state state;
  /// Why it was lost or could not be reached: a sentence, or empty.
  const char* reason;
  /// Milliseconds until the next attempt; 0 if there is none.
  int64_t retry_in_ms;
} pigeon_hub_status;

/// Something about a peer or the link to it.
typedef struct pigeon_peer_event {
  const char* peer;
  /// Disconnected, evicted, connect failed: why. Otherwise empty.
  const char* reason;
  /// Key added: the key. Otherwise empty.
  const char* public_key;
  /// Evicted: the peer has closed the link, not we.
  bool initiated_by_peer;
} pigeon_peer_event;

/// A broadcast or a direct message. Own broadcasts arrive here, too. Unless the trust is
/// `PIGEON_TRUST_VERIFIED_ONLY`, two of one sender and id may come, in either order: one verified,
/// as its sender has sent it, and one not, which a relay has changed or somebody has forged.
typedef struct pigeon_message {
  const char* from;
  const char* id;
  /// The content if it is text, otherwise empty.
  const char* text;
  size_t text_size;
  /// The content as JSON, always.
  const char* json;
  size_t json_size;
  /// Unix time in milliseconds, as the sender states it.
  int64_t timestamp;
  /// Peers that have passed it on; 0 if it comes straight from its sender.
  uint32_t hops;
  bool direct;
  /// It was encrypted to us, or to a group of ours.
  bool encrypted;
  /// The sender is proven by a signature.
  bool verified;
  /// The group that it was encrypted to, otherwise empty. That `from` is a member is not proven by
  /// it: what a member has encrypted others can send again as their own.
  const char* group;
} pigeon_message;

/// What became of a direct message.
typedef struct pigeon_delivery {
  const char* id;
  const char* to;
  /// Undelivered: a sentence. Otherwise empty.
  const char* reason;
} pigeon_delivery;

/// A binary message of a neighbor.
typedef struct pigeon_binary {
  const char* from;
  const uint8_t* data;
  size_t size;
} pigeon_binary;

/// What a stream carries. A caller sets `struct_size` to the size that it knows, and the rest to 0
/// or what it wants; texts may be NULL.
typedef struct pigeon_stream_info {
  size_t struct_size;
  /// `binary`, `file` or `blob`; NULL is `binary`.
  const char* type;
  const char* filename;
  const char* mime_type;
  /// Bytes in all, if `has_total_size`.
  uint64_t total_size;
  bool has_total_size;
  /// Bytes of one chunk, 4,096 to 65,536; 0 is 16,384.
  size_t chunk_size;
  /// Not empty: a stream of the same token that broke off may go on where it stopped.
  const char* resume_token;
} pigeon_stream_info;

/// Something about a stream of either direction.
typedef struct pigeon_stream_event {
  const char* peer;
  pigeon_stream_id stream;
  /// Received: what it carries. Otherwise NULL.
  const pigeon_stream_info* info;
  /// Data: the bytes. Otherwise NULL.
  const uint8_t* data;
  /// Data: how many. Writable: how many more the stream takes; 0: what was refused before may be
  /// tried again.
  size_t size;
  /// Received: byte of the whole at which it goes on. Writable: at which the bytes begin.
  uint64_t offset;
  /// Completed: bytes in all.
  uint64_t total_bytes;
  /// Aborted: why. Otherwise empty.
  const char* reason;
  /// Received: it goes to everybody, and `peer` need not be a neighbor.
  bool broadcast;
  /// Received: the peer is proven.
  bool verified;
} pigeon_stream_event;

/// The node moved to the namespace `global`, or back.
typedef struct pigeon_network_change {
  const char* network;
  bool is_fallback;
} pigeon_network_change;

/// Something that whoever runs the node should know: a sentence.
typedef struct pigeon_warning {
  const char* message;
} pigeon_warning;

/// What a node tells; `type` says which member is there. Valid during the call, with all that it
/// points at.
typedef struct pigeon_event {
  pigeon_event_type type;
  union {
    pigeon_hub_status hub_status;
    pigeon_peer_event peer;
    pigeon_message message;
    pigeon_delivery delivery;
    pigeon_binary binary;
    pigeon_stream_event stream;
    pigeon_network_change network;
    pigeon_warning warning;
  };
} pigeon_event;

/// Gets every event of a node, one at a time, on the loop's thread. It must not block: that thread
/// carries all links. Before the first call on the node only warnings come, possibly before
/// `pigeon_node_create` has returned.
typedef void (*pigeon_on_event)(void* user_data, const pigeon_event* event);

#ifdef __cplusplus
}
#endif
// NOLINTEND(modernize-use-using,modernize-deprecated-headers)
