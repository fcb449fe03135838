#pragma once

/// A peer of the mesh for programs in C and for bindings of other languages: what
/// `pigeon/node.hpp` is for C++. C11, and C++.
///
/// Ownership. What a function named `..._create` gives is ended by `..._destroy`; lists, a status,
/// what was decrypted and errors are freed by their `..._free`, and texts that a `char**` gets by
/// `pigeon_text_free`. All of these take NULL and do nothing then. What goes
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
/// loop takes: each would wait for the other for ever. Options, lists, texts, statuses and errors
/// belong to one thread at a time.
///
/// Later versions may add enumerators, and fields at the end of structs. So take no notice of
/// events that you do not know, and do not copy structs that the library gives.

// This is C.
// NOLINTBEGIN(modernize-use-using,modernize-deprecated-headers)
#include <stddef.h>
#include <stdint.h>

#include <stdbool.h>

#include "pigeon/c/error.h"
#include "pigeon/c/event.h"
#include "pigeon/c/options.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Overwrites and frees a text, which may be a key.
PIGEON_API void pigeon_text_free(char* text);

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
/// The same with any JSON as content.
PIGEON_API pigeon_error_kind pigeon_node_send_encrypted_json(pigeon_node* node, const char* to,
                                                             const char* json, size_t size,
                                                             char* id, pigeon_error** error);
/// Broadcasts a text that only the members of a group can read. Everybody learns the name of the
/// group, and who has written.
PIGEON_API pigeon_error_kind pigeon_node_send_encrypted_broadcast(pigeon_node* node,
                                                                  const char* group,
                                                                  const char* text, size_t size,
                                                                  char* id, pigeon_error** error);
/// The same with any JSON as content.
PIGEON_API pigeon_error_kind pigeon_node_send_encrypted_broadcast_json(pigeon_node* node,
                                                                       const char* group,
                                                                       const char* json,
                                                                       size_t size, char* id,
                                                                       pigeon_error** error);
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

// ---- Groups

/// Makes a key for a group of 1 to 128 bytes and takes it. `key` gets it as JSON, to be carried to
/// the members by a way that is safe: whoever has it reads everything that is sent to the group.
PIGEON_API pigeon_error_kind pigeon_node_generate_group_key(pigeon_node* node, const char* group,
                                                            char** key, pigeon_error** error);
/// Takes the key of a group, instead of the one that it had. Lost when the node goes.
PIGEON_API pigeon_error_kind pigeon_node_add_group_key(pigeon_node* node, const char* group,
                                                       const char* key, pigeon_error** error);
/// Leaves a group. `was_member` says whether the node had a key of it, and may be NULL.
PIGEON_API pigeon_error_kind pigeon_node_remove_group_key(pigeon_node* node, const char* group,
                                                          bool* was_member, pigeon_error** error);

// ---- Encryption without sending, for storing or for ways of the application's own. `json` gets a
// text for `pigeon_text_free`. Nothing in it proves who has encrypted. As JSON a text has at most
// 524,288 bytes.

/// For this node itself.
PIGEON_API pigeon_error_kind pigeon_node_encrypt(const pigeon_node* node, const char* text,
                                                 size_t size, char** json, pigeon_error** error);
/// For a peer whose key is known.
PIGEON_API pigeon_error_kind pigeon_node_encrypt_for_peer(const pigeon_node* node, const char* peer,
                                                          const char* text, size_t size,
                                                          char** json, pigeon_error** error);
/// For a group that this node is in.
PIGEON_API pigeon_error_kind pigeon_node_encrypt_for_group(const pigeon_node* node,
                                                           const char* group, const char* text,
                                                           size_t size, char** json,
                                                           pigeon_error** error);

/// What was decrypted.
typedef struct pigeon_decrypted {
  /// The content if it is text, otherwise empty.
  const char* text;
  size_t text_size;
  /// The content as JSON, always.
  const char* json;
  size_t json_size;
  /// The group that it was encrypted to; empty if it was to this node.
  const char* group;
} pigeon_decrypted;

/// Opens what was encrypted to this node, or to a group that it is in.
PIGEON_API pigeon_error_kind pigeon_node_decrypt(const pigeon_node* node, const char* json,
                                                 const pigeon_decrypted** content,
                                                 pigeon_error** error);
PIGEON_API void pigeon_decrypted_free(const pigeon_decrypted* content);

// ---- Streams

/// To a neighbor. `PIGEON_EVENT_STREAM_WRITABLE` tells when and how much to write. `info` NULL: the
/// defaults.
PIGEON_API pigeon_error_kind pigeon_node_open_stream(pigeon_node* node, const char* to,
                                                     const pigeon_stream_info* info,
                                                     pigeon_stream_id* stream,
                                                     pigeon_error** error);
/// To everybody in the network, for what is small and of use to all: every byte costs up to four on
/// every link of the mesh. Events name our own id. `chunk_size` is clamped to 4,096 to 32,768, and
/// there must be no `resume_token`.
PIGEON_API pigeon_error_kind pigeon_node_open_broadcast_stream(pigeon_node* node,
                                                               const pigeon_stream_info* info,
                                                               pigeon_stream_id* stream,
                                                               pigeon_error** error);
/// All of the data or, on an error, nothing. What fits is `size` of all
/// `PIGEON_EVENT_STREAM_WRITABLE` so far less what was written; more is `PIGEON_BUSY`, until
/// another one of them has come.
PIGEON_API pigeon_error_kind pigeon_node_write_stream(pigeon_node* node, pigeon_stream_id stream,
                                                      const uint8_t* data, size_t size,
                                                      pigeon_error** error);
/// Nothing follows; `PIGEON_EVENT_STREAM_COMPLETED` tells when all has been handed to the channel.
/// A `PIGEON_EVENT_STREAM_WRITABLE` that was on its way may still come and means nothing then.
PIGEON_API pigeon_error_kind pigeon_node_end_stream(pigeon_node* node, pigeon_stream_id stream,
                                                    pigeon_error** error);
/// Ends a stream of either direction. The sender of one to everybody does not hear of it. `reason`
/// may be NULL.
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
  /// The groups whose key it has, in order.
  const char* const* groups;
  size_t group_count;
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
