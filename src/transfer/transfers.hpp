#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "pigeon/id.hpp"
#include "pigeon/result.hpp"
#include "transfer/incoming_broadcasts.hpp"
#include "transfer/incoming_streams.hpp"
#include "transfer/line.hpp"
#include "transfer/outgoing_broadcasts.hpp"
#include "transfer/outgoing_streams.hpp"
#include "transfer/transfer_effect.hpp"
#include "transfer/transfer_error.hpp"
#include "transfer/transfer_options.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::transfer {

/// Binary messages and streams between neighbors (PeerPigeon protocol, 5.8), with back-pressure
/// and, between peers of this project, resumption: nothing that is sent or received stays here. And
/// streams to everybody (5.9), of which bounded parts do.
class Transfers {
 public:
  Transfers(const TransferOptions& options, Random random);

  // ---- Links

  /// Nothing can be sent to or comes from a peer before. Once for each link.
  void link_opened(const PeerId& peer);
  /// Breaks all streams of the peer off.
  void link_closed(const PeerId& peer, Now now);
  /// The answer to `WantsDrained`.
  void drained(const PeerId& peer, Now now);

  // ---- What neighbors send. False: it breaks the protocol or a bound; it was dropped, and the
  // stream that it belongs to aborted.
  bool receive(const PeerId& from, const wire::BinaryHeader& message);
  bool receive(const PeerId& from, const wire::StreamInit& message, Now now);
  bool receive(const PeerId& from, const wire::StreamChunk& message);
  bool receive(const PeerId& from, const wire::StreamEnd& message);
  bool receive(const PeerId& from, const wire::StreamAbort& message, Now now);
  bool receive(const PeerId& from, const wire::StreamResume& message);
  /// A binary frame: the payload of what was announced first.
  bool receive_binary(const PeerId& from, BytesView data);

  // ---- What the application wants

  /// Refused as `over_window` while much waits to be sent to the peer.
  Result<void, TransferError> send_binary(const PeerId& to, BytesView data);
  /// `StreamTakes` tells when and how much to write: at once, unless the stream has a token and
  /// `answers_resume` says that the peer is of this project and answers where it goes on.
  Result<StreamKey, TransferError> open(const PeerId& to, StreamMeta meta, bool answers_resume,
                                        Now now);
  /// All of `data` or, on an error, nothing.
  Result<void, TransferError> write(StreamKey stream, BytesView data);
  /// `StreamEnded` follows.
  Result<void, TransferError> end(StreamKey stream);
  /// Ends a stream of either direction; nothing more is told of it. `reason` is UTF-8.
  Result<void, TransferError> abort(StreamKey stream, std::string_view reason);

  // ---- Streams to everybody. `write`, `end` and `abort` are those above.

  /// `StreamTakes` and all else that follows names `self`, the own id. Refused while there is no
  /// link; broken off when the last one closes.
  Result<StreamKey, TransferError> open_broadcast(const PeerId& self, StreamMeta meta, Now now);
  /// The next message to sign and to send to all neighbors; nothing while the last one has not been
  /// published, or it is not time yet.
  std::optional<BroadcastPart> take_part(Now now);
  /// A part has been sent to every neighbor, in a message of so many bytes.
  void published(std::uint64_t part, std::size_t bytes, Now now);
  bool receive(const BroadcastSource& source, wire::BroadcastChunk message, Now now);
  bool receive(const BroadcastSource& source, const wire::BroadcastControl& message, Now now);
  /// Breaks all of them off, of either direction.
  void abort_broadcasts(std::string_view reason);

  void handle_timeout(Now now);
  /// When `handle_timeout` next has work; `Instant::max()` if it has none.
  Instant next_timeout() const;
  /// What follows from the calls so far.
  std::vector<TransferEffect> take_effects();

 private:
  struct Neighbor {
    Line line;
    IncomingStreams incoming;
    OutgoingStreams outgoing;
  };

  Neighbor* find(const PeerId& peer);
  /// The neighbor that a stream is with, or why there is none.
  Result<Neighbor*, TransferError> find(StreamKey stream);
  /// The same, of a stream that can be written.
  Result<Neighbor*, TransferError> find_outgoing(StreamKey stream);

  Shared shared_;
  std::map<PeerId, Neighbor> neighbors_;
  IncomingBroadcasts incoming_broadcasts_;
  OutgoingBroadcasts outgoing_broadcasts_;
};

}  // namespace pigeon::transfer
