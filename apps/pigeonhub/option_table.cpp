#include "apps/pigeonhub/option_table.hpp"

#include <array>
#include <chrono>

namespace pigeonhub {
namespace {

using namespace std::chrono_literals;
using pigeon::HubLimits;
using pigeon::HubOptions;
using pigeon::IntroductionOptions;
using pigeon::ListenOptions;
using pigeon::LivenessOptions;
using pigeon::RateLimit;

constexpr std::uint64_t kibi = 1024;
constexpr std::uint64_t mebi = 1024 * kibi;
constexpr std::uint64_t gibi = 1024 * mebi;

constexpr ValueRule text(std::uint64_t min, std::uint64_t max) {
  return {.kind = ValueKind::text, .min = min, .max = max};
}
constexpr ValueRule count(std::uint64_t min, std::uint64_t max) {
  return {.kind = ValueKind::count, .min = min, .max = max};
}
constexpr ValueRule bytes(std::uint64_t min, std::uint64_t max) {
  return {.kind = ValueKind::bytes, .min = min, .max = max};
}
constexpr ValueRule duration(std::chrono::milliseconds min, std::chrono::milliseconds max) {
  return {.kind = ValueKind::duration,
          .min = static_cast<std::uint64_t>(min.count()),
          .max = static_cast<std::uint64_t>(max.count())};
}
constexpr ValueRule path = {.kind = ValueKind::path, .max = 4096};
constexpr ValueRule url = {.kind = ValueKind::url, .max = 512};
constexpr ValueRule yes_no = {.kind = ValueKind::yes_no, .max = 1};
constexpr ValueRule rate = {.kind = ValueKind::rate, .max = 60'000'000};
constexpr ValueRule burst = count(1, 60'000'000);
constexpr ValueRule byte_rate = {.kind = ValueKind::rate, .max = 4'000'000'000};

constexpr std::array<std::string_view, 3> format_names = {"auto", "pretty", "json"};
constexpr std::array<std::string_view, 5> level_names = {"debug", "info", "warn", "error", "off"};
constexpr ValueRule format = {.kind = ValueKind::choice, .max = 2, .choices = format_names};
constexpr ValueRule level = {.kind = ValueKind::choice, .max = 4, .choices = level_names};

template <auto... rest>
constexpr FieldAccess hub() {
  return apps::field<Settings, &Settings::hub, rest...>();
}
template <auto member>
constexpr FieldAccess listen() {
  return hub<&HubOptions::listen, member>();
}
template <auto... rest>
constexpr FieldAccess limits() {
  return hub<&HubOptions::limits, rest...>();
}
template <auto member>
constexpr FieldAccess introductions() {
  return hub<&HubOptions::introductions, member>();
}
template <auto member>
constexpr FieldAccess liveness() {
  return hub<&HubOptions::liveness, member>();
}
template <auto limit>
constexpr FieldAccess per_minute() {
  return limits<limit, &RateLimit::per_minute>();
}
template <auto limit>
constexpr FieldAccess burst_of() {
  return limits<limit, &RateLimit::burst>();
}

// clang-format off
constexpr auto table = std::to_array<OptionSpec>({
    {"node_id", "--node-id", "NODE_ID",
     "Name of this node in answers; empty: node-<port>.",
     text(0, 64), hub<&HubOptions::node_id>()},
    {"public_url", "--public-url", "PUBLIC_URL",
     "URL under which clients reach this hub; empty: taken from each request's Host header.",
     url, hub<&HubOptions::public_url>()},
    {"cors_origin", "--cors-origin", "CORS_ORIGIN",
     "Access-Control-Allow-Origin of HTTP answers.",
     text(1, 256), hub<&HubOptions::cors_origin>()},
    {"list_peers", "--list-peers", "PIGEONHUB_LIST_PEERS",
     "Whether /peers, /signaling and /status.json list peers.",
     yes_no, hub<&HubOptions::list_peers>()},

    {"listen.host", "--host", "HOST",
     "Address to bind to. 127.0.0.1: this machine only; 0.0.0.0: everybody who can reach it.",
     text(1, 255), listen<&ListenOptions::host>()},
    {"listen.port", "--port", "PORT",
     "TCP port; 0: the system chooses.",
     count(0, 65'535), listen<&ListenOptions::port>()},
    {"listen.certificate_file", "--certificate-file", "PIGEONHUB_CERTIFICATE_FILE",
     "PEM file with the certificate and its chain; with --key-file it turns TLS on. SIGHUP "
     "reads both again.",
     path, listen<&ListenOptions::certificate_file>()},
    {"listen.key_file", "--key-file", "PIGEONHUB_KEY_FILE",
     "PEM file with the certificate's private key.",
     path, listen<&ListenOptions::key_file>()},
    {"listen.loops", "--loops", "PIGEONHUB_LOOPS",
     "Event loops, each with a thread; 0: one for each processor.",
     count(0, 256), listen<&ListenOptions::loops>()},

    {"limits.connections_max", "--connections-max", "MAX_CONNECTIONS",
     "Open connections in all; one more is closed with 1008.",
     count(1, 10'000'000), limits<&HubLimits::connections_max>()},
    {"limits.connections_per_address_max", "--connections-per-address-max",
     "PIGEONHUB_CONNECTIONS_PER_ADDRESS_MAX",
     "Open connections of one address, loopback included; one more is refused with HTTP 429.",
     count(1, 10'000'000), limits<&HubLimits::connections_per_address_max>()},
    {"limits.handshake_bytes_max", "--handshake-bytes-max", "PIGEONHUB_HANDSHAKE_BYTES_MAX",
     "A request line with its headers; more is answered with HTTP 431.",
     bytes(kibi, 64 * kibi), limits<&HubLimits::handshake_bytes_max>()},
    {"limits.body_bytes_max", "--body-bytes-max", "PIGEONHUB_BODY_BYTES_MAX",
     "The body of a HTTP request; more is answered with HTTP 413.",
     bytes(0, 16 * mebi), limits<&HubLimits::body_bytes_max>()},
    {"limits.handshake_time_max", "--handshake-time-max", "PIGEONHUB_HANDSHAKE_TIME_MAX",
     "From accepting a socket to the end of the first request; then the socket is closed.",
     duration(100ms, 5min), limits<&HubLimits::handshake_time_max>()},
    {"limits.message_bytes_max", "--message-bytes-max", "MAX_MESSAGE_BYTES",
     "One message; more closes the connection with 1009.",
     bytes(kibi, mebi), limits<&HubLimits::message_bytes_max>()},
    {"limits.announce_bytes_max", "--announce-bytes-max", "PIGEONHUB_ANNOUNCE_BYTES_MAX",
     "Announced data that is kept and repeated; more is answered with an error.",
     bytes(64, mebi), limits<&HubLimits::announce_bytes_max>()},
    {"limits.queue_bytes_soft", "--queue-bytes-soft", "PIGEONHUB_QUEUE_BYTES_SOFT",
     "Waiting for one reader; above it for --queue-time-max closes the connection with 1013.",
     bytes(kibi, gibi), limits<&HubLimits::queue_bytes_soft>()},
    {"limits.queue_bytes_hard", "--queue-bytes-hard", "PIGEONHUB_QUEUE_BYTES_HARD",
     "Waiting for one reader; above it the connection is closed with 1013 at once.",
     bytes(kibi, gibi), limits<&HubLimits::queue_bytes_hard>()},
    {"limits.queue_time_max", "--queue-time-max", "PIGEONHUB_QUEUE_TIME_MAX",
     "How long a reader may stay above --queue-bytes-soft, or take nothing of an HTTP answer.",
     duration(100ms, 1h), limits<&HubLimits::queue_time_max>()},
    {"limits.buffered_bytes_max", "--buffered-bytes-max", "PIGEONHUB_BUFFERED_BYTES_MAX",
     "All queues and unfinished messages together; whoever asks for more is closed with 1013.",
     bytes(mebi, 1024 * gibi), limits<&HubLimits::buffered_bytes_max>()},
    {"limits.connects_per_address", "--connects-per-address", "RATE_CONNECTS_PER_ADDRESS",
     "Connections from one address, those for HTTP included; a /64 network of IPv6 counts as one.",
     rate, per_minute<&HubLimits::connects_per_address>()},
    {"limits.connects_per_address_burst", "--connects-per-address-burst",
     "RATE_CONNECTS_PER_ADDRESS_BURST",
     "How many of them may come at once.",
     burst, burst_of<&HubLimits::connects_per_address>()},
    {"limits.announces_per_peer", "--announces-per-peer", "RATE_ANNOUNCES_PER_PEER",
     "Announcements of one peer.",
     rate, per_minute<&HubLimits::announces_per_peer>()},
    {"limits.announces_per_peer_burst", "--announces-per-peer-burst",
     "RATE_ANNOUNCES_PER_PEER_BURST",
     "How many of them may come at once.",
     burst, burst_of<&HubLimits::announces_per_peer>()},
    {"limits.messages_per_peer", "--messages-per-peer", "RATE_MESSAGES_PER_PEER",
     "Messages of one peer, announcements included.",
     rate, per_minute<&HubLimits::messages_per_peer>()},
    {"limits.messages_per_peer_burst", "--messages-per-peer-burst", "RATE_MESSAGES_PER_PEER_BURST",
     "How many of them may come at once.",
     burst, burst_of<&HubLimits::messages_per_peer>()},
    {"limits.bytes_per_peer", "--bytes-per-peer", "RATE_BYTES_PER_PEER",
     "Bytes of the messages of one peer.",
     byte_rate, per_minute<&HubLimits::bytes_per_peer>()},
    {"limits.bytes_per_peer_burst", "--bytes-per-peer-burst", "RATE_BYTES_PER_PEER_BURST",
     "How many of them may come at once; a larger message takes all of them.",
     bytes(1, 4'000'000'000), burst_of<&HubLimits::bytes_per_peer>()},
    {"limits.messages_per_address", "--messages-per-address", "RATE_MESSAGES_PER_ADDRESS",
     "Messages of all peers of one address.",
     rate, per_minute<&HubLimits::messages_per_address>()},
    {"limits.messages_per_address_burst", "--messages-per-address-burst",
     "RATE_MESSAGES_PER_ADDRESS_BURST",
     "How many of them may come at once.",
     burst, burst_of<&HubLimits::messages_per_address>()},
    {"limits.requests_per_address", "--requests-per-address", "RATE_REQUESTS_PER_ADDRESS",
     "HTTP requests from one address.",
     rate, per_minute<&HubLimits::requests_per_address>()},
    {"limits.requests_per_address_burst", "--requests-per-address-burst",
     "RATE_REQUESTS_PER_ADDRESS_BURST",
     "How many of them may come at once.",
     burst, burst_of<&HubLimits::requests_per_address>()},
    {"limits.refusals_max", "--refusals-max", "PIGEONHUB_REFUSALS_MAX",
     "Refused messages in a row after which a peer is closed with 1008.",
     count(1, 1'000'000), limits<&HubLimits::refusals_max>()},
    {"limits.addresses_max", "--addresses-max", "PIGEONHUB_ADDRESSES_MAX",
     "Addresses whose rates are remembered; the one unseen for longest is forgotten first.",
     count(1, 16'777'216), limits<&HubLimits::addresses_max>()},

    {"introductions.per_join_max", "--per-join-max", "PIGEONHUB_PER_JOIN_MAX",
     "Peers that a newcomer learns of at once.",
     count(1, 1'000), introductions<&IntroductionOptions::per_join_max>()},
    {"introductions.random_of_join", "--random-of-join", "PIGEONHUB_RANDOM_OF_JOIN",
     "Of these, how many are chosen at random instead of by distance.",
     count(0, 1'000), introductions<&IntroductionOptions::random_of_join>()},
    {"introductions.small_namespace_max", "--small-namespace-max", "PIGEONHUB_SMALL_NAMESPACE_MAX",
     "Namespaces of up to so many peers: everybody learns of everybody.",
     count(0, 48), introductions<&IntroductionOptions::small_namespace_max>()},
    {"introductions.default_slots", "--default-slots", "PIGEONHUB_DEFAULT_SLOTS",
     "Links that a peer is taken to want if it does not say.",
     count(1, 1'000), introductions<&IntroductionOptions::default_slots>()},
    {"introductions.slots_max", "--slots-max", "PIGEONHUB_SLOTS_MAX",
     "Links that a peer is credited with at most, whatever it asks for.",
     count(1, 1'000), introductions<&IntroductionOptions::slots_max>()},
    {"introductions.second_notice", "--second-notice", "PIGEONHUB_SECOND_NOTICE",
     "The greater id offers, so it hears first; the smaller one hears when it has answered, "
     "or after this.",
     duration(0ms, 1min), introductions<&IntroductionOptions::second_notice>()},
    {"introductions.offer_time_max", "--offer-time-max", "PIGEONHUB_OFFER_TIME_MAX",
     "An introduction without an offer for so long is given up.",
     duration(100ms, 10min), introductions<&IntroductionOptions::offer_time_max>()},
    {"introductions.answer_time_max", "--answer-time-max", "PIGEONHUB_ANSWER_TIME_MAX",
     "An offer without an answer for so long is given up.",
     duration(100ms, 10min), introductions<&IntroductionOptions::answer_time_max>()},
    {"introductions.retry_first", "--retry-first", "PIGEONHUB_RETRY_FIRST",
     "A peer with too few links is looked at again after this; doubled each time.",
     duration(100ms, 1h), introductions<&IntroductionOptions::retry_first>()},
    {"introductions.retry_max", "--retry-max", "PIGEONHUB_RETRY_MAX",
     "The longest such time.",
     duration(100ms, 24h), introductions<&IntroductionOptions::retry_max>()},
    {"introductions.absence", "--absence", "PIGEONHUB_ABSENCE",
     "The links of a peer that vanished without a goodbye are kept for so long: it may come back.",
     duration(1ms, 1h), introductions<&IntroductionOptions::absence>()},

    {"liveness.ping_interval", "--ping-interval", "PIGEONHUB_PING_INTERVAL",
     "Silence after which a connection is pinged, and again.",
     duration(100ms, 1h), liveness<&LivenessOptions::ping_interval>()},
    {"liveness.misses_max", "--misses-max", "PIGEONHUB_MISSES_MAX",
     "Unanswered pings after which a connection is dead.",
     count(1, 100), liveness<&LivenessOptions::misses_max>()},
    {"liveness.duplicate_time", "--duplicate-time", "PIGEONHUB_DUPLICATE_TIME",
     "Time that the old owner of an id has to answer a ping before a newcomer replaces it.",
     duration(0ms, 1min), liveness<&LivenessOptions::duplicate_time>()},
    {"liveness.drain_window", "--drain-window", "PIGEONHUB_DRAIN_WINDOW",
     "Window over which a stopping hub spreads its closes (1001); newcomers are refused meanwhile.",
     duration(0ms, 8s), liveness<&LivenessOptions::drain_window>()},

    {"log.format", "--log-format", "PIGEONHUB_LOG_FORMAT",
     "auto, pretty or json; auto: pretty on a terminal, else one JSON object per line.",
     format, apps::field<Settings, &Settings::log, &LogSettings::format>()},
    {"log.level", "--log-level", "PIGEONHUB_LOG_LEVEL",
     "debug, info, warn, error or off; debug has a line for every client.",
     level, apps::field<Settings, &Settings::log, &LogSettings::level>()},
});
// clang-format on

}  // namespace

std::span<const OptionSpec> option_table() { return table; }

}  // namespace pigeonhub
