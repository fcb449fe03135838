#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/datagram_batch.hpp"
#include "base/random.hpp"
#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "rtc/ice/stun/message.hpp"
#include "rtc/ice/turn/credentials.hpp"
#include "rtc/ice/turn/peers.hpp"
#include "rtc/ice/turn/stream_decoder.hpp"
#include "rtc/ice/turn/transactions.hpp"
#include "rtc/ice/turn/types.hpp"

namespace pigeon::ice {

/// The client of one TURN server (RFC 8656): a relayed address, the permissions and channels of
/// the peers behind it, and the data that goes through it. Nothing that a server sends makes it
/// keep more than the limits in turn/types.hpp, nor ask more often than the timers say.
///
/// After each input, `transmit` and `take_events` have what follows from it.
class TurnAllocation {
 public:
  /// `local_base` is the end of the socket, or of the TCP connection, to the server.
  TurnAllocation(TurnServer server, const SocketAddress& local_base, Random random);

  /// Asks for a relayed address. Over TCP the connection is open. Once only.
  void start(Now now);
  /// A datagram of `server().address`; the caller has looked where it comes from. Gives the data
  /// of a peer that it carries, a view into it; everything else is consumed.
  std::optional<RelayedDatagram> receive(BytesView datagram, Now now);
  /// Bytes of the TCP connection, however cut. Takes from the front of `input` up to the next data
  /// of a peer; to be called until it gives nothing, when `input` is used up. The view is valid
  /// until the next call and as long as the memory behind `input`.
  std::optional<RelayedDatagram> receive_stream(BytesView& input, Now now);
  /// The TCP connection is gone.
  void disconnect();
  void handle_timeout(Now now);
  /// When `handle_timeout` next has work; `Instant::max()` if it has none.
  Instant next_timeout() const;

  /// Lets the peer's IP address through, and keeps it so (RFC 8656 section 9). Before the
  /// allocation is ready it is remembered. The answer is an event. False if there are
  /// `turn_permission_count_max` others, if the relay speaks the other IP family, or at the end.
  bool permit(const SocketAddress& peer, Now now);
  /// True after the server's yes.
  bool is_permitted(const SocketAddress& peer) const;
  /// Wants a channel, which makes `wrap` for this peer cheaper by 32 bytes (IPv4), and keeps it
  /// bound (RFC 8656 section 12). Implies `permit`. If the server refuses, data goes without it.
  /// False if there are `turn_channel_count_max` others, or as `permit`.
  bool bind_channel(const SocketAddress& peer, Now now);
  /// Writes the message that takes a payload to a peer and says its size: ChannelData if a channel
  /// is bound, else a Send indication. 0 if the allocation is not ready or the peer not permitted,
  /// or if `out` has not `payload.size() + turn_overhead_max` bytes and that is too little.
  std::size_t wrap(const SocketAddress& peer, BytesView payload, MutableBytesView out);

  /// Gives the allocation back. `TurnReleased` follows when the server has answered; who cannot
  /// wait for it sends what `transmit` gives and forgets the object.
  void release(Now now);

  /// Writes the messages for the server, each as a datagram from the base to the server. Over TCP
  /// their payloads go into the connection in this order. What several calls of `permit` want goes
  /// into one message.
  void transmit(DatagramBatch& out, Now now);
  std::vector<TurnEvent> take_events() { return std::exchange(events_, {}); }

  TurnState state() const { return state_; }
  const TurnServer& server() const { return server_; }
  const SocketAddress& local_base() const { return path_.local; }
  /// What `TurnReady` said; nothing before.
  const std::optional<TurnReady>& addresses() const { return addresses_; }
  const TurnCounters& counters() const { return counters_; }

 private:
  std::optional<RelayedDatagram> receive_message(BytesView message, Now now);
  std::optional<RelayedDatagram> receive_channel_data(BytesView message);
  std::optional<RelayedDatagram> receive_indication(const StunMessage& message);
  void receive_answer(const StunMessage& message, Now now);
  /// Takes the new nonce and asks again. False if it is no answer to that, and final.
  bool repeat(const StunMessage& message, const TurnTransaction& transaction, std::uint16_t code,
              Now now);
  void complete(const TurnRequest& request, const StunMessage& answer, Now now);
  void complete_allocate(const StunMessage& answer, Now now);
  void give_up(const TurnRequest& request, TurnError error, std::uint16_t code, Now now);
  void give_up_refresh(TurnError error, std::uint16_t code, Now now);
  void refuse_peers(const TurnRequest& request, TurnError error, std::uint16_t code, Now now);

  void ask(TurnRequest request, Now now);
  void ask_for_peers(Now now);
  bool has_room_for_peers() const;
  void expire_requests(Now now);
  void prolong(const StunMessage& answer, Now now);
  void fail(TurnError error, std::uint16_t code = 0);
  void end(TurnEvent last_event);

  TurnServer server_;
  AddressPair path_;
  Random random_;
  TurnCredentials credentials_;
  TurnTransactions transactions_;
  TurnPeers peers_;
  StreamDecoder stream_;
  TurnState state_ = TurnState::idle;
  std::optional<TurnReady> addresses_;
  /// Of the allocation; `max` while it is asked for.
  Instant refresh_at_ = Instant::max();
  Instant expires_at_ = Instant::max();
  std::vector<TurnEvent> events_;
  TurnCounters counters_;
};

}  // namespace pigeon::ice
