#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "pigeon/result.hpp"
#include "wire/error.hpp"
#include "wire/json_reader.hpp"
#include "wire/signal_type.hpp"

namespace pigeon::wire {

// What a hub sends to clients (PeerPigeon protocol, server-to-client envelope):
//
//   {"type":"offer","data":{},"fromPeerId":"ID","targetPeerId":"ID","networkName":"global",
//    "timestamp":1}
//
// Clients since 1.0 drop messages of another namespace than their own, and take an absent
// networkName as `global`. Ids are spelled as their owners spell them. `timestamp` is Unix time in
// milliseconds. When decoded, views lie in the reader's memory and live until its next `parse`.

/// The first message on every connection, in a form that every client generation reads.
struct Connected {
  std::string_view peer_id;
  std::int64_t timestamp = 0;
};

/// Introduces `peer_id` to the client `to`.
struct PeerDiscovered {
  std::string_view peer_id;
  /// Members that the peer announced (`Announce::members`).
  std::string_view members;
  std::string_view to;
  std::string_view network;
  std::int64_t timestamp = 0;
  /// When decoded: the peer announced itself as one of this project (`announced_capability`).
  bool is_capable = false;
};

/// Tells the client `to` that `peer_id` is no longer reachable through the hub.
struct PeerDisconnected {
  std::string_view peer_id;
  std::string_view to;
  std::string_view network;
  std::int64_t timestamp = 0;
};

/// A signal of another client; `from` is the id of the socket it came from, whatever it claimed.
struct RelayedSignal {
  SignalType type = SignalType::offer;
  /// JSON text; empty: none is sent.
  std::string_view data;
  std::string_view from;
  std::string_view to;
  std::string_view network;
  std::int64_t timestamp = 0;
};

/// A goodbye of another client.
struct RelayedGoodbye {
  std::string_view data;
  std::string_view from;
  std::string_view to;
  std::string_view network;
  std::int64_t timestamp = 0;
};

/// The answer to a client's ping.
struct Pong {
  std::string_view to;
  std::int64_t timestamp = 0;
};

/// Something the client sent was not accepted. Clients of every generation ignore it.
struct ErrorReply {
  std::string_view error;
  /// `type` of the message concerned; empty: none is sent.
  std::string_view original_type;
  /// Milliseconds after which trying again makes sense; negative: none is sent.
  std::int64_t retry_after_ms = -1;
  std::int64_t timestamp = 0;
};

std::string encode(const Connected& message);
std::string encode(const PeerDiscovered& message);
std::string encode(const PeerDisconnected& message);
std::string encode(const RelayedSignal& message);
std::string encode(const RelayedGoodbye& message);
std::string encode(const Pong& message);
std::string encode(const ErrorReply& message);

/// The text of upstream's error for a type that a hub does not route.
std::string unroutable_type_error(std::string_view type);
/// The text of upstream's error for a target that is not connected.
std::string unknown_target_error(std::string_view target);

/// A server's message of a type that this side does not know; clients ignore it.
struct UnknownServerMessage {};

using ServerMessage = std::variant<Connected, PeerDiscovered, PeerDisconnected, RelayedSignal,
                                   RelayedGoodbye, Pong, ErrorReply, UnknownServerMessage>;

/// Decodes one text frame from a hub of any generation. `PeerDiscovered::members` is left empty.
Result<ServerMessage, WireError> decode_server_message(std::string_view text, JsonReader& reader);

}  // namespace pigeon::wire
