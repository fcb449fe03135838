#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/datagram_batch.hpp"
#include "base/random.hpp"
#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "rtc/ice/candidate.hpp"
#include "rtc/ice/event.hpp"
#include "rtc/ice/options.hpp"
#include "rtc/ice/turn/allocation.hpp"

namespace pigeon::ice {

/// A server relays for us.
struct RelayReady {
  Candidate relayed;
  /// Where the server sees the socket, over UDP.
  std::optional<Candidate> reflexive;
};
/// The relayed address is no longer ours.
struct RelayGone {
  SocketAddress relayed;
};
/// The server now forwards between the relayed address (`local`) and this peer's IP address.
struct RelayPermits {
  AddressPair path;
};
using RelayChange = std::variant<RelayReady, RelayGone, RelayPermits>;

/// The allocations of an agent, at most one for each TURN server (RFC 8656). A path that begins at
/// a relayed address goes through the allocation it belongs to.
class Relays {
 public:
  /// What came from a peer; `path.local` is the relayed address.
  struct Relayed {
    AddressPair path;
    BytesView payload;
  };

  Relays(const AgentOptions& options, Random random);

  /// A socket that the servers of its family can be reached from. The first one is taken.
  void add_base(const SocketAddress& base, Now now, std::vector<Event>& events);
  void remove_base(const SocketAddress& base);

  /// Whether datagrams on this path are between a socket and its TURN server.
  bool serves(const AddressPair& path) const;
  std::optional<Relayed> receive(const AddressPair& path, BytesView datagram, Now now);

  void stream_opened(StreamId id, const SocketAddress& local, Now now);
  /// Takes from the front of `bytes`; to be called until they are used up.
  std::optional<Relayed> receive_stream(StreamId id, BytesView& bytes, Now now);
  void stream_closed(StreamId id);

  /// Makes the server forward between both ends.
  void permit(const AddressPair& path, Now now);
  /// The same at less cost per datagram.
  void bind_channel(const AddressPair& path, Now now);
  /// Whether `path.local` is one of the relayed addresses.
  bool is_relayed(const AddressPair& path) const;
  /// Appends a payload for the peer, wrapped. Nothing if the server does not forward to it.
  void send(const AddressPair& path, BytesView payload, DatagramBatch& out,
            std::vector<Event>& events);

  void handle_timeout(Now now);
  Instant next_timeout() const;
  /// Appends what the allocations have to say to their servers, or closes the streams of dead ones.
  void transmit(DatagramBatch& out, std::vector<Event>& events, Now now);
  std::vector<RelayChange> take_changes();

  /// Whether a server has not yet said if it relays.
  bool pending() const;
  /// Gives all allocations back; `transmit` has the requests for that.
  void release(Now now);

 private:
  struct Relay {
    TurnServer server;
    /// Not 0 while a TCP connection to the server is opened or open.
    StreamId stream = 0;
    std::optional<TurnAllocation> allocation;
    std::optional<SocketAddress> relayed;
  };

  Relay* find_stream(StreamId id);
  Relay* find_relayed(const SocketAddress& relayed);
  void allocate(Relay& relay, const SocketAddress& base, Now now);
  void collect(Relay& relay);
  RelayReady ready(const Relay& relay, const TurnReady& addresses) const;
  void drop(Relay& relay);

  Random random_;
  std::vector<Relay> relays_;
  StreamId last_stream_ = 0;
  /// Streams whose allocation has ended.
  std::vector<StreamId> to_close_;
  std::vector<RelayChange> changes_;
};

}  // namespace pigeon::ice
