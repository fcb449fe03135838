#include "runtime/check_options.hpp"

#include <chrono>
#include <string_view>

#include "hub/accounts.hpp"
#include "runtime/option_checks.hpp"

namespace pigeon::runtime {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kibi = 1'024;
constexpr std::size_t mebi = 1'024 * kibi;

bool is_hub_url(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos) return false;
  const std::string_view scheme = text.substr(0, end);
  const bool is_known = scheme == "https" || scheme == "http" || scheme == "wss" || scheme == "ws";
  return is_known && text.size() > end + 3 && text[end + 3] != '/';
}

void check_listen(OptionChecks& checks, const ListenOptions& listen) {
  checks.require(!listen.host.empty(), "listen.host must not be empty.")
      .printable("listen.host", listen.host, 255)
      .require(listen.host != "*",
               "listen.host must be an address or a name; 0.0.0.0 or :: for all.")
      .range("listen.loops", listen.loops, 0, 256)
      .require(listen.certificate_file.empty() == listen.key_file.empty(),
               "listen.certificate_file and listen.key_file must be given together.");
}

void check_bytes(OptionChecks& checks, const HubLimits& limits) {
  checks.range("limits.handshake_bytes_max", limits.handshake_bytes_max, kibi, 64 * kibi)
      .range("limits.body_bytes_max", limits.body_bytes_max, 0, 16 * mebi)
      .range("limits.message_bytes_max", limits.message_bytes_max, kibi, mebi)
      .range("limits.announce_bytes_max", limits.announce_bytes_max, 64, mebi)
      .range("limits.queue_bytes_soft", limits.queue_bytes_soft, kibi, kibi * mebi)
      .range("limits.queue_bytes_hard", limits.queue_bytes_hard, kibi, kibi * mebi)
      .require(limits.queue_bytes_soft <= limits.queue_bytes_hard,
               "limits.queue_bytes_soft must not be larger than limits.queue_bytes_hard.")
      .range("limits.buffered_bytes_max", limits.buffered_bytes_max, mebi, mebi * mebi);
}

void check_limits(OptionChecks& checks, const HubLimits& limits) {
  constexpr std::size_t connections_most = 10'000'000;
  checks.range("limits.connections_max", limits.connections_max, 1, connections_most)
      .range("limits.connections_per_address_max", limits.connections_per_address_max, 1,
             connections_most)
      .range("limits.handshake_time_max", limits.handshake_time_max, 100ms, 5min)
      .range("limits.queue_time_max", limits.queue_time_max, 100ms, 1h)
      .range("limits.refusals_max", limits.refusals_max, 1, 1'000'000)
      .range("limits.addresses_max", limits.addresses_max, 1, 16 * mebi)
      .rate("limits.connects_per_address", limits.connects_per_address)
      .rate("limits.announces_per_peer", limits.announces_per_peer)
      .rate("limits.messages_per_peer", limits.messages_per_peer)
      .rate("limits.bytes_per_peer", limits.bytes_per_peer, 4'000'000'000)
      .rate("limits.messages_per_address", limits.messages_per_address)
      .rate("limits.requests_per_address", limits.requests_per_address);
}

void check_introductions(OptionChecks& checks, const IntroductionOptions& introductions) {
  constexpr std::size_t peers_most = 1'000;
  checks.range("introductions.per_join_max", introductions.per_join_max, 1, peers_most)
      .require(introductions.random_of_join <= introductions.per_join_max,
               "introductions.random_of_join must not be larger than introductions.per_join_max.")
      // Of more, a peer's account would forget some, and the hub would tell of them again for ever.
      .range("introductions.small_namespace_max", introductions.small_namespace_max, 0,
             hub::known_links_max)
      .range("introductions.default_slots", introductions.default_slots, 1, peers_most)
      .range("introductions.slots_max", introductions.slots_max, 1, peers_most)
      .range("introductions.second_notice", introductions.second_notice, 0ms, 1min)
      .range("introductions.offer_time_max", introductions.offer_time_max, 100ms, 10min)
      .range("introductions.answer_time_max", introductions.answer_time_max, 100ms, 10min)
      .range("introductions.retry_first", introductions.retry_first, 100ms, 1h)
      .range("introductions.retry_max", introductions.retry_max, 100ms, 24h)
      .require(introductions.retry_first <= introductions.retry_max,
               "introductions.retry_first must not be longer than introductions.retry_max.")
      .range("introductions.absence", introductions.absence, 1ms, 1h);
}

void check_liveness(OptionChecks& checks, const LivenessOptions& liveness) {
  checks.range("liveness.ping_interval", liveness.ping_interval, 100ms, 1h)
      .range("liveness.misses_max", liveness.misses_max, 1, 100)
      .range("liveness.duplicate_time", liveness.duplicate_time, 0ms, 1min)
      // The whole of a stop must fit into ten seconds.
      .range("liveness.drain_window", liveness.drain_window, 0ms, 8s);
}

}  // namespace

std::optional<std::string> check_options(const HubOptions& options) {
  OptionChecks checks;
  check_listen(checks, options.listen);
  check_limits(checks, options.limits);
  check_bytes(checks, options.limits);
  check_introductions(checks, options.introductions);
  check_liveness(checks, options.liveness);
  checks.printable("node_id", options.node_id, 64)
      .require(!options.cors_origin.empty(), "cors_origin must not be empty.")
      .printable("cors_origin", options.cors_origin, 256)
      .require(options.cors_origin.find_first_of(" ,") == std::string::npos,
               "cors_origin must be * or one origin, such as https://app.example.")
      .printable("public_url", options.public_url, 512)
      .require(
          options.public_url.empty() || is_hub_url(options.public_url),
          "public_url must begin with https://, http://, wss:// or ws://, followed by a host.");
  return checks.failure();
}

}  // namespace pigeon::runtime
