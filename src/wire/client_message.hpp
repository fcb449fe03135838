#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "pigeon/result.hpp"
#include "wire/error.hpp"
#include "wire/json_reader.hpp"
#include "wire/signal_type.hpp"

namespace pigeon::wire {

// What clients of every generation send to a hub (PeerPigeon protocol, client-to-server envelope):
//
//   {"type":"announce","data":{"peerId":"ID"},"maxPeers":3,"networkName":"global",
//    "targetPeerId":"ID"}
//
// 0.1.1 sends no networkName. A sender's id is never read from a message: the hub knows it. Views
// lie in the reader's memory and live until its next `parse`.

/// "I am here": opens or repeats membership of a namespace.
struct Announce {
  std::string_view network;
  /// Members of `data` except `peerId` and `isHub`, as JSON text without braces; usually empty.
  std::string members;
  /// Links that the client allows itself, if it says so.
  std::optional<std::uint32_t> max_peers;
};

/// Something for another client.
struct Signal {
  SignalType type = SignalType::offer;
  std::string_view network;
  /// As the sender wrote it; empty if the message names nobody.
  std::string_view target;
  /// JSON text, passed on unchanged; empty if absent.
  std::string_view data;
  /// `data.reason` of a `connection-rejected`, else empty.
  std::string_view reason;
};

/// The client leaves the mesh; its socket may stay open.
struct Goodbye {
  /// JSON text; empty if absent.
  std::string_view data;
};

/// `cleanup` and `cleanup-all`: upstream's servers do nothing with them.
struct Cleanup {};

/// A keep-alive that wants a `pong`.
struct Ping {};

/// Messages that only servers send, `error` among them. Never answered, or two servers that take
/// each other for clients would answer each other for ever.
struct ServerOnly {};

/// Any other type. `type` is what an error reply repeats: at most `echoed_type_bytes_max` bytes.
struct Unroutable {
  std::string type;
};

using ClientMessage =
    std::variant<Announce, Signal, Goodbye, Cleanup, Ping, ServerOnly, Unroutable>;

/// Decodes one text frame. Of duplicate members the last counts, as in JavaScript.
Result<ClientMessage, WireError> decode_client_message(std::string_view text, JsonReader& reader);

/// The announcement of a client. `network` empty: none is sent, as by 0.1.1. `members` is added to
/// `data`: JSON without braces, may be empty.
std::string encode_announce(std::string_view peer_id, std::string_view network,
                            std::uint32_t max_peers, std::string_view members);
/// A signal of a client; `signal.network` empty: none is sent.
std::string encode_signal(const Signal& signal);
/// A goodbye of a client.
std::string encode_goodbye(std::string_view peer_id, std::int64_t wall_ms,
                           std::string_view network);
/// A ping of a client.
std::string encode_ping(std::string_view peer_id);

}  // namespace pigeon::wire
