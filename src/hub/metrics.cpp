#include "hub/metrics.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "pigeon/version.hpp"

namespace pigeon::hub {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

MetricFamily family(const char* name, const char* help, MetricType type) {
  MetricFamily made;
  made.name = name;
  made.help = help;
  made.type = type;
  return made;
}

void add(MetricFamily& target, double value, Labels labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (target.type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  target.metric.push_back(std::move(metric));
}

MetricFamily single(const char* name, const char* help, MetricType type, double value) {
  MetricFamily made = family(name, help, type);
  add(made, value);
  return made;
}

MetricFamily messages(const Counters& counters) {
  MetricFamily made = family("pigeonhub_messages_total",
                             "Signaling messages received and sent, by type.", MetricType::Counter);
  for (std::size_t i = 0; i < message_kind_count; ++i) {
    const std::string type(to_text(static_cast<MessageKind>(i)));
    if (counters.in[i] != 0) {
      add(made, static_cast<double>(counters.in[i]), {{"type", type}, {"dir", "in"}});
    }
    if (counters.out[i] != 0) {
      add(made, static_cast<double>(counters.out[i]), {{"type", type}, {"dir", "out"}});
    }
  }
  return made;
}

MetricFamily refusals(const Counters& counters) {
  MetricFamily made = family("pigeonhub_refused_total",
                             "What limits and checks refused, by reason.", MetricType::Counter);
  for (std::size_t i = 0; i < refusal_count; ++i) {
    add(made, static_cast<double>(counters.refusals[i]),
        {{"reason", std::string(to_text(static_cast<Refusal>(i)))}});
  }
  for (const auto& [reason, times] : counters.driver_refusals) {
    add(made, static_cast<double>(times), {{"reason", std::string(reason)}});
  }
  return made;
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

std::string metrics_text(const View& view) {
  const Counters& counters = view.counters;
  using enum MetricType;
  MetricFamily info = family("pigeonhub_info", "The program.", Gauge);
  add(info, 1, {{"version", PIGEON_VERSION}});
  std::vector<MetricFamily> families = {
      std::move(info),
      single("pigeonhub_uptime_seconds", "Time since the start.", Gauge, seconds(view.uptime())),
      single("pigeonhub_connections", "Connected clients.", Gauge,
             static_cast<double>(view.peers.size())),
      single("pigeonhub_peers", "Clients that have announced themselves.", Gauge,
             static_cast<double>(view.networks.member_count())),
      single("pigeonhub_namespaces", "Namespaces with at least one peer.", Gauge,
             static_cast<double>(view.networks.size())),
      single("pigeonhub_draining", "1 while the hub is shutting down.", Gauge,
             view.is_draining ? 1 : 0),
      single("pigeonhub_buffered_bytes", "Bytes in queues and unfinished messages.", Gauge,
             static_cast<double>(counters.buffered_bytes)),
      single("pigeonhub_resident_bytes", "Resident memory of the process.", Gauge,
             static_cast<double>(counters.resident_bytes)),
      single("pigeonhub_connections_opened_total", "Clients accepted since the start.", Counter,
             static_cast<double>(counters.connections_opened)),
      single("pigeonhub_http_requests_total", "HTTP requests answered.", Counter,
             static_cast<double>(counters.requests)),
      messages(counters),
      refusals(counters),
  };
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace pigeon::hub
