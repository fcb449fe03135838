#include "runtime/hub_probe.hpp"

#include <optional>

#include <boost/asio/io_context.hpp>

#include "net/clock.hpp"
#include "net/url.hpp"
#include "node/hub_url.hpp"
#include "suite/random_bytes.hpp"

namespace pigeon::runtime {

namespace {

/// How long after it opened a hub may say that it does not want us.
constexpr Duration refusal_time = std::chrono::milliseconds(300);

}  // namespace

Result<HubPlace, std::string> hub_place(std::string_view url) {
  // Whoever asks: a place has nothing to do with the peer.
  const auto address = node::hub_url(url, {});
  if (!address) return Unexpected(address.error());
  auto parsed = net::parse_websocket_url(*address);
  if (!parsed) return Unexpected(std::move(parsed).error());
  return HubPlace{parsed->is_secure, std::move(parsed->host), parsed->port};
}

HubProbe probe_hub(std::string_view url, const PeerId& self,
                   const std::string& trusted_certificates_file) {
  HubProbe probe;
  const auto address = node::hub_url(url, self.to_text());
  if (!address) {
    probe.failure = address.error();
    return probe;
  }
  const auto parsed = net::parse_websocket_url(*address);
  if (!parsed) {
    probe.failure = parsed.error();
    return probe;
  }
  probe.is_url_good = true;
  probe.is_secure = parsed->is_secure;
  probe.host = parsed->host;
  probe.port = parsed->port;

  boost::asio::io_context loop(1);
  const Instant begun_at = net::read_clock().monotonic;
  bool is_over = false;
  const auto reached = [&](HubStage stage) {
    const auto after = net::read_clock().monotonic - begun_at;
    probe.steps.push_back({stage, std::chrono::duration_cast<std::chrono::milliseconds>(after)});
  };
  const HubSocketCallbacks callbacks = {
      .opened =
          [&] {
            reached(HubStage::opened);
            is_over = true;
          },
      .text = [](std::string_view) {},
      .closed =
          [&](std::uint16_t, std::string_view reason) {
            probe.failure = reason;
            is_over = true;
          },
      .reached = reached,
  };
  const auto trusted = net::TlsClientContext::load(trusted_certificates_file);
  std::optional<HubSocket> socket;
  socket.emplace(loop, *address, trusted, HubSocketOptions{}, Random(suite::random_seed()),
                 callbacks);
  while (!is_over) loop.run_one();
  // A hub that is full opens, and closes right behind it.
  const Instant refused_until = net::read_clock().monotonic + refusal_time;
  while (probe.failure.empty() && net::read_clock().monotonic < refused_until) {
    loop.run_one_for(std::chrono::milliseconds(10));
  }
  socket.reset();
  // What is left are ends of operations, which tell nothing any more.
  loop.poll();
  return probe;
}

}  // namespace pigeon::runtime
