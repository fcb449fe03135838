#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace pigeon {

/// A token bucket: `per_minute` tokens flow in evenly, at most `burst` are kept. `per_minute` 0
/// means no limit.
struct RateLimit {
  std::uint32_t per_minute = 0;
  std::uint32_t burst = 1;

  friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

/// Where and how a hub listens.
struct ListenOptions {
  /// Address to bind to, numeric or a name. Loopback, so that nothing is public by accident.
  std::string host = "127.0.0.1";
  /// TCP port, 0 to 65535; 0 lets the system choose.
  std::uint16_t port = 3000;
  /// PEM files; both empty: no TLS. Read again by `Hub::reload_certificate`.
  std::string certificate_file;
  std::string key_file;
  /// Event loops, each with a thread; 0: one for each processor.
  std::size_t loops = 0;
};

/// What strangers may cost. Each limit counts when it acts. An address is one of IPv4, or the first
/// 64 bits of one of IPv6.
struct HubLimits {
  /// Open connections in all; one more is closed with 1008 `Maximum connections reached`.
  std::size_t connections_max = 100'000;
  /// Open connections of one address, loopback included; one more is refused with HTTP 429.
  std::size_t connections_per_address_max = 1'024;
  /// Bytes of a request line with its headers; more is answered with HTTP 431.
  std::size_t handshake_bytes_max = 8'192;
  /// Bytes of a HTTP request's body; more is answered with HTTP 413.
  std::size_t body_bytes_max = 102'400;
  /// From accepting a socket to the end of the first request; then the socket is closed.
  std::chrono::milliseconds handshake_time_max{5'000};
  /// Bytes of one message; more closes the connection with 1009.
  std::size_t message_bytes_max = 1'048'576;
  /// Bytes of announced data that are kept and repeated; more is answered with an error. Data of a
  /// goodbye beyond this is left out when it is passed on.
  std::size_t announce_bytes_max = 4'096;
  /// Bytes waiting for one reader. Above the soft limit for `queue_time_max`, or above the hard
  /// limit at once, the connection is closed with 1013.
  std::size_t queue_bytes_soft = 1'048'576;
  std::size_t queue_bytes_hard = 4'194'304;
  std::chrono::milliseconds queue_time_max{10'000};
  /// Bytes of all queues and unfinished messages together; whoever asks for more is closed with
  /// 1013. The last quarter is kept for connections that hold at most 64 KiB. As much once more may
  /// wait on its way from one event loop to another.
  std::size_t buffered_bytes_max = std::size_t{512} * 1024 * 1024;

  /// Connections from one address, HTTP included; one more is refused with HTTP 429, or, with TLS,
  /// closed without a word.
  RateLimit connects_per_address{.per_minute = 600, .burst = 2'048};
  /// Announcements of one peer.
  RateLimit announces_per_peer{.per_minute = 6, .burst = 12};
  /// Messages of one peer, announcements included.
  RateLimit messages_per_peer{.per_minute = 6'000, .burst = 400};
  /// Bytes of all messages of one peer; one that is larger than the burst takes all of it. 1 MiB a
  /// second, and at once less than `queue_bytes_hard`: whoever sends cannot get a reader closed
  /// that reads as fast.
  RateLimit bytes_per_peer{.per_minute = 62'914'560, .burst = 3'145'728};
  /// Messages of all peers of one address.
  RateLimit messages_per_address{.per_minute = 600'000, .burst = 40'000};
  /// HTTP requests from one address.
  RateLimit requests_per_address{.per_minute = 3'000, .burst = 100};
  /// Refused messages in a row after which a peer is closed with 1008.
  std::uint32_t refusals_max = 1'000;
  /// Addresses whose rates are remembered; the one unseen for longest is forgotten first.
  std::size_t addresses_max = 65'536;
};

/// Whom a hub introduces to whom. A peer asks for at most `maxPeers` links; the hub keeps account
/// of the links it has introduced.
struct IntroductionOptions {
  /// Peers that a newcomer learns of at once.
  std::size_t per_join_max = 24;
  /// Of these, how many are chosen at random instead of by distance.
  std::size_t random_of_join = 4;
  /// Namespaces of up to so many peers: everybody learns of everybody. At most 48, which is
  /// as many as the account of a peer holds besides its links.
  std::size_t small_namespace_max = 8;
  /// Links that a peer is credited with at most, whatever it asks for.
  std::size_t slots_max = 64;
  /// Links that a peer is taken to want if it does not say.
  std::size_t default_slots = 24;
  /// The greater id offers, so it hears first. The smaller one hears when it has answered, or after
  /// this if no offer has come; sooner, it would offer as well, and old clients then block each
  /// other.
  std::chrono::milliseconds second_notice{3'000};
  /// An introduction without an offer for so long is given up.
  std::chrono::milliseconds offer_time_max{4'000};
  /// An offer without an answer for so long is given up.
  std::chrono::milliseconds answer_time_max{10'000};
  /// A peer with too few links is looked at again after this; doubled each time, up to `retry_max`.
  std::chrono::milliseconds retry_first{2'000};
  std::chrono::milliseconds retry_max{300'000};
  /// The links of a peer that vanished without a goodbye are kept for so long: it may come back.
  std::chrono::milliseconds absence{15'000};
};

/// How a hub notices that a connection is dead, and how it stops.
struct LivenessOptions {
  /// Silence after which a connection is pinged, and again; dead after `misses_max` unanswered
  /// pings.
  std::chrono::milliseconds ping_interval{20'000};
  std::uint32_t misses_max = 2;
  /// Time that the old owner of an id has to answer a ping before a newcomer replaces it.
  std::chrono::milliseconds duplicate_time{2'000};
  /// Window over which the closes (1001) of a stopping hub are spread; newcomers are refused with
  /// 503 meanwhile. Upstream's older clients give up for good if they are refused when they first
  /// come back, 1 to 3 s after the close, so keep it short.
  std::chrono::milliseconds drain_window{2'000};
};

/// Everything about a hub that can be chosen.
struct HubOptions {
  ListenOptions listen;
  HubLimits limits;
  IntroductionOptions introductions;
  LivenessOptions liveness;
  /// Name of this node in answers; empty: `node-<port>`.
  std::string node_id;
  /// `Access-Control-Allow-Origin` of HTTP answers.
  std::string cors_origin = "*";
  /// URL under which clients reach this hub; empty: taken from each request's Host header.
  std::string public_url;
  /// False: `/peers`, `/signaling` and `/status.json` do not list peers.
  bool list_peers = true;
};

}  // namespace pigeon
