#include "hub/metrics.hpp"

#include "hub/exposition.hpp"
#include "pigeon/version.hpp"

namespace pigeon::hub {

namespace {

using enum Exposition::Type;

void add_messages(Exposition& out, const Counters& counters) {
  out.begin("pigeonhub_messages_total", "Signaling messages received and sent, by type.", counter);
  for (std::size_t i = 0; i < message_kind_count; ++i) {
    const std::string_view type = to_text(static_cast<MessageKind>(i));
    if (counters.in[i] != 0) out.sample(counters.in[i], {{"type", type}, {"dir", "in"}});
    if (counters.out[i] != 0) out.sample(counters.out[i], {{"type", type}, {"dir", "out"}});
  }
}

void add_refusals(Exposition& out, const Counters& counters) {
  out.begin("pigeonhub_refused_total", "What limits and checks refused, by reason.", counter);
  for (std::size_t i = 0; i < refusal_count; ++i) {
    out.sample(counters.refusals[i], {{"reason", to_text(static_cast<Refusal>(i))}});
  }
  for (const auto& [reason, times] : counters.driver_refusals) {
    out.sample(times, {{"reason", reason}});
  }
}

}  // namespace

std::string metrics_text(const View& view) {
  const Counters& counters = view.counters;
  Exposition out;
  const auto add = [&out](std::string_view name, std::string_view help, Exposition::Type type,
                          std::uint64_t value) {
    out.begin(name, help, type);
    out.sample(value);
  };
  out.begin("pigeonhub_info", "The program.", gauge);
  out.sample(1, {{"version", PIGEON_VERSION}});
  out.begin("pigeonhub_uptime_seconds", "Time since the start.", gauge);
  out.sample(view.uptime());
  add("pigeonhub_connections", "Connected clients.", gauge, view.peers.size());
  add("pigeonhub_peers", "Clients that have announced themselves.", gauge,
      view.networks.member_count());
  add("pigeonhub_namespaces", "Namespaces with at least one peer.", gauge, view.networks.size());
  add("pigeonhub_draining", "1 while the hub is shutting down.", gauge, view.is_draining ? 1 : 0);
  add("pigeonhub_buffered_bytes", "Bytes in queues and unfinished messages.", gauge,
      counters.buffered_bytes);
  add("pigeonhub_resident_bytes", "Resident memory of the process.", gauge,
      counters.resident_bytes);
  add("pigeonhub_connections_opened_total", "Clients accepted since the start.", counter,
      counters.connections_opened);
  add("pigeonhub_http_requests_total", "HTTP requests answered.", counter, counters.requests);
  add_messages(out, counters);
  add_refusals(out, counters);
  return out.take();
}

}  // namespace pigeon::hub
