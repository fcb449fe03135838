#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "pigeon/result.hpp"
#include "pigeon/rtc_types.hpp"
#include "wire/json_reader.hpp"
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
  /// Bytes of announcements and signals of one hub in a second and at once; more is dropped.
  std::uint32_t messages_per_second = 500;
  std::uint32_t messages_burst = 5'000;
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
/// Close it with 1000 after everything was sent.
struct CloseHub {
  HubKey hub{};
};

// ---- What a hub says.

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
/// business: a lost hub costs none of them.
class HubLinks {
 public:
  HubLinks(wire::SpelledId self, std::string network, std::uint32_t max_peers,
           const HubLinksOptions& options, Random random);

  /// Adds a hub, `ws`, `wss`, `http` or `https`; the error is a sentence. One that is there already
  /// keeps its key.
  Result<HubKey, std::string> add(std::string_view url, Now now);
  /// Says goodbye to every hub and gives it up.
  void leave(Now now);
  /// Announces with other words from now on, at once where connected.
  void set_network(std::string_view network, Now now);
  void set_max_peers(std::uint32_t count);

  // What became of an `OpenHub`.
  void opened(HubKey hub, Now now);
  void received(HubKey hub, std::string_view text, Now now);
  /// Also for one that could not be opened; `reason` is a sentence.
  void closed(HubKey hub, std::uint16_t code, std::string_view reason, Now now);

  /// Sends a signal to a peer through the hub that last named it, or any other; false if none is
  /// connected.
  bool send_description(const wire::SpelledId& to, const rtc::SessionDescription& description,
                        Now now);
  bool send_candidate(const wire::SpelledId& to, const rtc::IceCandidate& candidate, Now now);
  /// `connection-rejected` for want of room.
  bool send_rejection(const wire::SpelledId& to, std::size_t links, std::size_t links_max, Now now);

  bool is_any_connected() const;
  /// Urls as given, in the order in which they were added.
  std::vector<std::string> urls() const;
  std::uint64_t dropped_count() const;

  void handle_timeout(Now now);
  Instant next_timeout() const;
  std::vector<HubAction> take_actions();
  std::vector<HubNews> take_news();
};

}  // namespace pigeon::signaling
