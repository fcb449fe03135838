#pragma once

/// A peer of the mesh for programs in C and for bindings of other languages: what
/// `pigeon/node.hpp` is for C++. C11, and C++.
///
/// Ownership. What a function named `..._create` gives is ended by `..._destroy`; lists, a status
/// and errors are freed by their `..._free`. All of these take NULL and do nothing then. What goes
/// into a function is copied. Handles may be ended in any order: a node keeps the loop that it is
/// on, and nobody keeps options.
///
/// Errors. A function that may fail returns `PIGEON_OK` or the kind of the error. Its last argument
/// may be NULL; otherwise `*error` becomes NULL, or an error that is the caller's to free. An
/// argument that is NULL without being allowed to be is an error, too. On an error nothing else is
/// written. No function throws.
///
/// Texts end with a zero byte and are UTF-8. Messages have a length besides, for they may contain
/// zero bytes. Peers are named by 40 hexadecimal digits, messages by 32.
///
/// Threads. Functions of a node may be called from any thread, also in events, and wait for the
/// loop's thread. So a thread that calls one must not hold a lock that a `pigeon_on_event` of the
/// loop takes: each would wait for the other for ever. Options, lists, statuses and errors belong
/// to one thread at a time.
///
/// Later versions may add enumerators, and fields at the end of structs. So take no notice of
/// events that you do not know, and do not copy structs that the library gives.

#include <stddef.h>
#include <stdint.h>

// This is C.
// NOLINTBEGIN(modernize-use-using,modernize-deprecated-headers)
#include <stdbool.h>

#if defined(__GNUC__)
#define PIGEON_API __attribute__((visibility("default")))
#else
#define PIGEON_API
#endif

#ifdef __cplusplus
/// An int in C++ as well, so that a value of a later version is no undefined behavior.
#define PIGEON_ENUM_BASE : int
extern "C" {
#else
#define PIGEON_ENUM_BASE
#endif

/// Goes up when a program that was built with an older header would no longer work.
#define PIGEON_ABI_VERSION 1
/// Bytes of a peer's and of a message's name with the zero at the end.
#define PIGEON_PEER_ID_SIZE 41
#define PIGEON_MESSAGE_ID_SIZE 33

/// Of the library that is linked, as in "0.1.0".
PIGEON_API const char* pigeon_version(void);
/// The `PIGEON_ABI_VERSION` that the library was built with.
PIGEON_API int pigeon_abi_version(void);

// ---- Errors

typedef enum pigeon_error_kind PIGEON_ENUM_BASE {
  PIGEON_OK = 0,
  /// An argument cannot be used; the sentence says which.
  PIGEON_BAD_ARGUMENT = 1,
  /// No link to that peer is open.
  PIGEON_NOT_CONNECTED = 2,
  /// The peer is not known, or its key is not.
  PIGEON_UNKNOWN_PEER = 3,
  /// Longer than a message may be.
  PIGEON_TOO_LARGE = 4,
  /// As much waits already as may; try again later.
  PIGEON_BUSY = 5,
  /// The node has been stopped, or has not been started.
  PIGEON_NOT_RUNNING = 6,
  /// The library failed: no memory is left, or there is an error in it.
  PIGEON_FAILED = 7
} pigeon_error_kind;

/// Why a function did nothing.
typedef struct pigeon_error pigeon_error;

/// `PIGEON_OK` for NULL.
PIGEON_API pigeon_error_kind pigeon_error_get_kind(const pigeon_error* error);
/// A sentence with the cause, valid as long as the error; empty for NULL, which is also what the
/// caller gets if there is no memory for an error.
PIGEON_API const char* pigeon_error_message(const pigeon_error* error);
PIGEON_API void pigeon_error_free(pigeon_error* error);

// ---- Options

/// Everything about a node that can be chosen. `pigeon/node_options.hpp` says what each option
/// means, its bounds and its default; most bounds are checked when a node is created.
typedef struct pigeon_node_options pigeon_node_options;

typedef enum pigeon_text_option PIGEON_ENUM_BASE {
  PIGEON_TEXT_PEER_ID = 0,
  PIGEON_TEXT_IDENTITY_FILE = 1,
  PIGEON_TEXT_NETWORK = 2,
  PIGEON_TEXT_TRUSTED_CERTIFICATES_FILE = 3
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

// ---- Events

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
  /// It was encrypted to us.
  bool encrypted;
  /// The sender is proven by a signature.
  bool verified;
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
  /// Received, writable: byte of the whole at which it goes on.
  uint64_t offset;
  /// Completed: bytes in all.
  uint64_t total_bytes;
  /// Aborted: why. Otherwise empty.
  const char* reason;
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

// ---- Loops and nodes

/// A thread with an event loop that any number of nodes share.
typedef struct pigeon_loop pigeon_loop;
/// A peer of the mesh.
typedef struct pigeon_node pigeon_node;

/// `options` say the addresses, and nothing else of them counts; NULL for the defaults.
PIGEON_API pigeon_error_kind pigeon_loop_create(const pigeon_node_options* options,
                                                pigeon_loop** loop, pigeon_error** error);
/// The thread ends when the last node of the loop is gone, too. Whoever destroys the last of them
/// waits for its end, unless that is in an event of the loop: up to 2 s for goodbyes that are still
/// to be sent, and for a DNS lookup of a hub's name that is under way.
PIGEON_API void pigeon_loop_destroy(pigeon_loop* loop);

/// `loop` NULL: the node has one of its own, otherwise the addresses are the loop's. `options`
/// NULL: the defaults. `on_event` NULL: nobody wants events. `user_data` goes to `on_event` and may
/// be NULL. Waits for DNS if an ICE server has a name.
PIGEON_API pigeon_error_kind pigeon_node_create(const pigeon_loop* loop,
                                                const pigeon_node_options* options,
                                                pigeon_on_event on_event, void* user_data,
                                                pigeon_node** node, pigeon_error** error);
/// Disconnects, and waits for the event that is under way. No event arrives after it. Not in an
/// event of this node; in one of another node it may be called. The last node of a loop ends that,
/// too (`pigeon_loop_destroy`).
PIGEON_API void pigeon_node_destroy(pigeon_node* node);

/// Adds a hub (`ws://`, `wss://`, `http://` or `https://`) and keeps a connection to it from now
/// on. The events tell whether it comes about.
PIGEON_API pigeon_error_kind pigeon_node_connect(pigeon_node* node, const char* hub_url,
                                                 pigeon_error** error);
/// Says goodbye, closes all links and all ways to hubs. `pigeon_node_connect` begins again.
PIGEON_API pigeon_error_kind pigeon_node_disconnect(pigeon_node* node, pigeon_error** error);
/// Links with a peer, if there is room.
PIGEON_API pigeon_error_kind pigeon_node_connect_to_peer(pigeon_node* node, const char* peer,
                                                         pigeon_error** error);
/// Closes the link with a peer.
PIGEON_API pigeon_error_kind pigeon_node_disconnect_peer(pigeon_node* node, const char* peer,
                                                         pigeon_error** error);
/// Clamped to 1 to 50; redundant links beyond are closed. `in_force` gets what counts from now on,
/// and may be NULL.
PIGEON_API pigeon_error_kind pigeon_node_set_max_peers(pigeon_node* node, size_t count,
                                                       size_t* in_force, pigeon_error** error);
/// Clamped to 0 to 49.
PIGEON_API pigeon_error_kind pigeon_node_set_min_peers(pigeon_node* node, size_t count,
                                                       size_t* in_force, pigeon_error** error);
/// The first four of `pigeon_flag_option`, from now on; the others are fixed when a node is made.
PIGEON_API pigeon_error_kind pigeon_node_set_flag(pigeon_node* node, pigeon_flag_option option,
                                                  bool value, pigeon_error** error);
/// Calls every peer that is known, as far as there is room. `count` gets the number of calls, and
/// may be NULL.
PIGEON_API pigeon_error_kind pigeon_node_connect_to_all_peers(pigeon_node* node, size_t* count,
                                                              pigeon_error** error);
/// Only while disconnected.
PIGEON_API pigeon_error_kind pigeon_node_set_network(pigeon_node* node, const char* name,
                                                     pigeon_error** error);

// ---- Messages. `id` gets the message's name in `PIGEON_MESSAGE_ID_SIZE` bytes, and may be NULL.

/// Broadcasts a text that is not blank.
PIGEON_API pigeon_error_kind pigeon_node_send_message(pigeon_node* node, const char* text,
                                                      size_t size, char* id, pigeon_error** error);
/// Sends a text to one peer, over several links if need be. `PIGEON_EVENT_MESSAGE_DELIVERED` or its
/// opposite follows if the peer is of this project.
PIGEON_API pigeon_error_kind pigeon_node_send_direct_message(pigeon_node* node, const char* to,
                                                             const char* text, size_t size,
                                                             char* id, pigeon_error** error);
/// The same with any JSON as content. Numbers must be what JavaScript prints for them.
PIGEON_API pigeon_error_kind pigeon_node_send_direct_json(pigeon_node* node, const char* to,
                                                          const char* json, size_t size, char* id,
                                                          pigeon_error** error);
/// Encrypts to the key of a peer that is known.
PIGEON_API pigeon_error_kind pigeon_node_send_encrypted_message(pigeon_node* node, const char* to,
                                                                const char* text, size_t size,
                                                                char* id, pigeon_error** error);
/// To a neighbor, at most 262,144 bytes. `data` may be NULL if there are none.
PIGEON_API pigeon_error_kind pigeon_node_send_binary(pigeon_node* node, const char* to,
                                                     const uint8_t* data, size_t size,
                                                     pigeon_error** error);
/// The same to every neighbor. `count` gets the number of those whose channel takes it, and may be
/// NULL.
PIGEON_API pigeon_error_kind pigeon_node_broadcast_binary(pigeon_node* node, const uint8_t* data,
                                                          size_t size, size_t* count,
                                                          pigeon_error** error);

// ---- Keys

/// Bytes of a signature as text, with its NUL.
#define PIGEON_SIGNATURE_SIZE 87

/// Shows a neighbor our keys once more; it answers with its own.
PIGEON_API pigeon_error_kind pigeon_node_exchange_keys(pigeon_node* node, const char* peer,
                                                       pigeon_error** error);
/// Keys that the application got elsewhere and vouches for: the two 32-byte coordinates of a point
/// of P-256 in base64url with a dot between, to check signatures and to encrypt to.
PIGEON_API pigeon_error_kind pigeon_node_add_peer_key(pigeon_node* node, const char* peer,
                                                      const char* signing_key,
                                                      const char* encryption_key,
                                                      pigeon_error** error);
/// Signs a text as it is; one in the form of a node's own proofs is refused. `signature` gets
/// base64url in `PIGEON_SIGNATURE_SIZE` bytes.
PIGEON_API pigeon_error_kind pigeon_node_sign(const pigeon_node* node, const char* text,
                                              size_t size, char* signature, pigeon_error** error);
/// Whether the owner of the signing key has signed the text; false whatever is malformed.
PIGEON_API bool pigeon_verify_signature(const char* signature, const char* text, size_t size,
                                        const char* signing_key);

// ---- Streams to neighbors

/// `PIGEON_EVENT_STREAM_WRITABLE` tells when and how much to write. `info` NULL: the defaults.
PIGEON_API pigeon_error_kind pigeon_node_open_stream(pigeon_node* node, const char* to,
                                                     const pigeon_stream_info* info,
                                                     pigeon_stream_id* stream,
                                                     pigeon_error** error);
PIGEON_API pigeon_error_kind pigeon_node_write_stream(pigeon_node* node, pigeon_stream_id stream,
                                                      const uint8_t* data, size_t size,
                                                      pigeon_error** error);
/// Nothing follows; `PIGEON_EVENT_STREAM_COMPLETED` tells when all has been handed to the channel.
PIGEON_API pigeon_error_kind pigeon_node_end_stream(pigeon_node* node, pigeon_stream_id stream,
                                                    pigeon_error** error);
/// Ends a stream of either direction. `reason` may be NULL.
PIGEON_API pigeon_error_kind pigeon_node_abort_stream(pigeon_node* node, pigeon_stream_id stream,
                                                      const char* reason, pigeon_error** error);

// ---- Information

typedef enum pigeon_peer_state PIGEON_ENUM_BASE {
  PIGEON_PEER_CONNECTING = 0,
  PIGEON_PEER_CHANNEL_CONNECTING = 1,
  PIGEON_PEER_IS_CONNECTED = 2
} pigeon_peer_state;

/// A link.
typedef struct pigeon_peer {
  const char* peer;
  pigeon_peer_state state;
  /// Our side made the offer.
  bool is_initiator;
  /// It has proven its id.
  bool is_verified;
  /// Of this project.
  bool is_capable;
  int64_t connected_for_ms;
} pigeon_peer;

/// A peer that is known.
typedef struct pigeon_discovered_peer {
  const char* peer;
  /// Exclusive-or of its id and ours in hexadecimal.
  const char* distance;
  bool is_connecting;
  bool is_connected;
} pigeon_discovered_peer;

/// What a node has counted so far; `pigeon/node_status.hpp` says what each one means.
typedef struct pigeon_counters {
  uint64_t messages_received;
  uint64_t messages_sent;
  uint64_t delivered;
  uint64_t forwarded;
  uint64_t duplicates;
  uint64_t malformed;
  uint64_t stale;
  uint64_t forged;
  uint64_t over_rate;
  uint64_t unsent;
  uint64_t unparked;
  uint64_t unknown;
  uint64_t dead_ends;
  uint64_t links_opened;
  uint64_t links_lost;
  uint64_t links_failed;
  uint64_t signatures_checked;
} pigeon_counters;

typedef struct pigeon_status {
  const char* peer_id;
  /// Of the node's own key; empty without crypto.
  const char* public_key;
  /// What others encrypt to; empty without crypto.
  const char* encryption_key;
  /// A hub is connected.
  bool is_connected;
  const char* const* hubs;
  size_t hub_count;
  const char* network;
  const char* original_network;
  bool is_in_fallback;
  size_t connected_count;
  size_t total_peer_count;
  size_t discovered_count;
  size_t min_peers;
  size_t max_peers;
  bool auto_discovery;
  bool eviction_strategy;
  bool xor_routing;
  bool allow_global_fallback;
  const pigeon_counters* counters;
} pigeon_status;

typedef struct pigeon_peer_list pigeon_peer_list;
typedef struct pigeon_discovered_list pigeon_discovered_list;

/// `peer_id` gets the id in `PIGEON_PEER_ID_SIZE` bytes.
PIGEON_API pigeon_error_kind pigeon_node_peer_id(const pigeon_node* node, char* peer_id,
                                                 pigeon_error** error);

PIGEON_API pigeon_error_kind pigeon_node_status(const pigeon_node* node,
                                                const pigeon_status** status, pigeon_error** error);
PIGEON_API void pigeon_status_free(const pigeon_status* status);

PIGEON_API pigeon_error_kind pigeon_node_peers(const pigeon_node* node, pigeon_peer_list** peers,
                                               pigeon_error** error);
PIGEON_API size_t pigeon_peer_list_size(const pigeon_peer_list* list);
/// NULL beyond the end; otherwise valid as long as the list.
PIGEON_API const pigeon_peer* pigeon_peer_list_at(const pigeon_peer_list* list, size_t index);
PIGEON_API void pigeon_peer_list_free(pigeon_peer_list* list);

PIGEON_API pigeon_error_kind pigeon_node_discovered_peers(const pigeon_node* node,
                                                          pigeon_discovered_list** peers,
                                                          pigeon_error** error);
PIGEON_API size_t pigeon_discovered_list_size(const pigeon_discovered_list* list);
PIGEON_API const pigeon_discovered_peer* pigeon_discovered_list_at(
    const pigeon_discovered_list* list, size_t index);
PIGEON_API void pigeon_discovered_list_free(pigeon_discovered_list* list);

#ifdef __cplusplus
}
#endif
// NOLINTEND(modernize-use-using,modernize-deprecated-headers)
