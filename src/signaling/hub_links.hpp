#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/keyed_hash.hpp"
#include "base/lru_map.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "pigeon/result.hpp"
#include "pigeon/rtc_types.hpp"
#include "wire/json_reader.hpp"
#include "wire/server_message.hpp"
#include "wire/signal_type.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::signaling {

/// Names a hub for as long as it is among the hubs of a node; never used again for another one.
enum class HubKey : std::uint32_t {};

struct HubLinksOptions {
  /// Hubs at a time; one more is refused.
  std::size_t hub_count_max = 16;
  /// From the attempt to the open WebSocket (upstream: 10 s).
  Duration open_time_max = 10s;
  /// Wait before the second attempt, doubled each time up to `retry_max`, half of it at random, so
  /// that the peers of a hub do not all come back at the same instant.
  Duration retry_first = 1s;
  Duration retry_max = 30s;
  /// A connection that lived for so long has its attempts counted from the first again.
  Duration stable_after = 30s;
  /// Silence of ours after which a `ping` is sent: upstream's server closes after 5 minutes.
  Duration ping_interval = 240s;
  /// Messages of one hub in a second and at once, where a long one counts once for each 4 KiB that
  /// it has begun; more are dropped and counted.
  std::uint32_t messages_per_second = 500;
  std::uint32_t messages_burst = 5'000;
  /// Peers of which it is remembered which hub named them last; the oldest is forgotten first.
  std::size_t named_count_max = 4'096;
};

// ---- What is to be done.

/// Open a WebSocket to this URL, which carries our id.
struct OpenHub {
  HubKey hub{};
  std::string url;
};
struct SendToHub {
  HubKey hub{};
  std::string text;
};
/// Close it with 1000 after everything was sent. Nothing is told of it any more: what is told next
/// belongs to the next `OpenHub`.
struct CloseHub {
  HubKey hub{};
};

// ---- What a hub says. Only hints: it may lie about everything, and about every peer.

enum class HubState : std::uint8_t { connecting, connected, waiting };
struct HubChanged {
  HubKey hub{};
  std::string url;
  HubState state{};
  /// A sentence; empty if all is well.
  std::string reason;
  /// Until the next attempt.
  Duration retry_in{};
};
struct Discovered {
  HubKey hub{};
  wire::SpelledId peer;
  /// It announced itself as one of this project.
  bool is_capable = false;
};
/// The peer is no longer reachable through this hub, or said goodbye.
struct Departed {
  HubKey hub{};
  PeerId peer;
  bool said_goodbye = false;
};
struct DescriptionReceived {
  HubKey hub{};
  wire::SpelledId from;
  rtc::SessionDescription description;
};
struct CandidateReceived {
  HubKey hub{};
  wire::SpelledId from;
  rtc::IceCandidate candidate;
};
/// The other side does not take our offer.
struct Rejected {
  HubKey hub{};
  PeerId from;
  std::string reason;
};

using HubAction = std::variant<OpenHub, SendToHub, CloseHub>;
using HubNews = std::variant<HubChanged, Discovered, Departed, DescriptionReceived,
                             CandidateReceived, Rejected>;

/// The ways to the hubs of a node: connects, announces, keeps alive, comes back after a loss, and
/// decodes what the hubs say (PeerPigeon protocol, section 2). Live links of the mesh are not its
/// business: a lost hub costs none of them. Messages for another namespace or another peer, and
/// those of our own id, are ignored.
class HubLinks {
 public:
  HubLinks(wire::SpelledId self, std::string network, std::uint32_t max_peers,
           const HubLinksOptions& options, Random random);

  /// Adds a hub, `ws`, `wss`, `http` or `https`; the error is a sentence. One that is there already
  /// keeps its key, and is tried at once if it waits.
  Result<HubKey, std::string> add(std::string_view url, Now now);
  /// Says goodbye to every hub and gives it up.
  void leave(Now now);
  /// Announces with other words from now on, at once where connected.
  void set_network(std::string_view network, Now now);
  /// Told with the next announcement.
  void set_max_peers(std::uint32_t count);

  // What became of an `OpenHub`.
  void opened(HubKey key, Now now);
  void received(HubKey key, std::string_view text, Now now);
  /// Also for one that could not be opened; `reason` is a sentence.
  void closed(HubKey key, std::uint16_t code, std::string_view reason, Now now);

  /// Sends a signal, with JSON as data, to a peer through the hub that last named it, or any other,
  /// which may know it; false if none is connected.
  bool send_signal(wire::SignalType type, const wire::SpelledId& to, std::string_view data,
                   Now now);
  /// `connection-rejected` for want of room.
  bool send_rejection(const wire::SpelledId& to, std::size_t links, std::size_t links_max, Now now);

  bool is_any_connected() const;
  /// A hub that is connected has named the peer, so that it can pass signals on to it.
  bool has_way_to(const PeerId& peer) const;
  /// Urls as given, in the order in which they were added.
  std::vector<std::string> urls() const;
  /// Messages of hubs that were malformed, or beyond their rate.
  std::uint64_t dropped_count() const { return dropped_count_; }

  void handle_timeout(Now now);
  Instant next_timeout() const;
  std::vector<HubAction> take_actions();
  std::vector<HubNews> take_news();

 private:
  struct Hub {
    HubKey key{};
    /// As given.
    std::string name;
    std::string url;
    HubState state = HubState::waiting;

    /// When the next attempt is made, the attempt is given up, or a ping is due.
    Instant deadline{};
    Instant opened_at{};
    /// Attempts without a connection that proved stable.
    std::uint32_t attempt_count = 0;
    TokenBucket messages;
  };

  Hub* find(HubKey key);
  Hub* choose(const PeerId& peer);
  void open(Hub& hub, Now now);
  void lose(Hub& hub, std::string reason, Now now);
  void send(Hub& hub, std::string text, Now now);
  void announce(Hub& hub, Now now);
  void tell_state(const Hub& hub, std::string reason, Duration retry_in);
  Duration retry_wait(std::uint32_t attempt_count);

  // hub_messages.cpp
  void receive(Hub& hub, const wire::PeerDiscovered& message, Now now);
  void receive(Hub& hub, const wire::PeerDisconnected& message, Now now);
  void receive(Hub& hub, const wire::RelayedGoodbye& message, Now now);
  void receive(Hub& hub, const wire::RelayedSignal& message, Now now);
  void receive_description(Hub& hub, const wire::SpelledId& from,
                           const wire::RelayedSignal& message);
  void receive_candidate(Hub& hub, const wire::SpelledId& from, std::string_view data);
  void receive_rejection(Hub& hub, const wire::SpelledId& from, std::string_view data);
  void depart(Hub& hub, std::string_view text, bool said_goodbye);
  bool is_for_us(std::string_view to, std::string_view network) const;
  std::optional<wire::SpelledId> read_peer(std::string_view text);

  wire::SpelledId self_;
  std::string self_text_;
  std::string network_;
  std::uint32_t max_peers_ = 0;
  HubLinksOptions options_;
  Random random_;
  /// In the order in which they were added.
  std::vector<Hub> hubs_;
  std::uint32_t next_key_ = 1;
  LruMap<PeerId, HubKey, KeyedHash> named_by_;
  wire::JsonReader reader_;
  std::uint64_t dropped_count_ = 0;
  std::vector<HubAction> actions_;
  std::vector<HubNews> news_;
};

}  // namespace pigeon::signaling
