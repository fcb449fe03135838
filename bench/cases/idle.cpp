#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bench/cases/settings.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/messages.hpp"
#include "bench/load/swarm.hpp"

namespace pigeon::bench {
namespace {

constexpr double connect_seconds_max = 60;
constexpr double settle_seconds = 3;

/// Counts what should not happen to an idle client.
class Silence final : public Swarm::Listener {
 public:
  void on_text(ClientIndex /*client*/, std::string_view text) override {
    ++messages;
    if (look_at(text).type == "error") ++errors;
  }
  void on_closed(ClientIndex /*client*/, std::uint16_t code) override {
    ++closed;
    last_code = code;
  }

  std::uint64_t messages = 0;
  std::uint64_t errors = 0;
  std::uint64_t closed = 0;
  std::uint16_t last_code = 0;
};

struct IdleResult {
  double anonymous_each = 0;
  double resident_each = 0;
  double kept_each = 0;
  double cpu_each_us = 0;
  double seconds = 0;
};

double each(std::size_t before, std::size_t after, std::size_t count) {
  return (static_cast<double>(after) - static_cast<double>(before)) / static_cast<double>(count);
}

IdleResult hold(const ServerPlan& plan, const Settings& settings, bool announces, SSL_CTX* tls,
                Report& report) {
  const std::size_t count = settings.connections;
  Server server(plan);
  std::this_thread::sleep_for(std::chrono::milliseconds{500});
  const Memory before = server.process().memory();
  const CpuTime cpu_before = server.process().cpu();
  const std::int64_t begin = now_ns();
  Silence silence;
  auto swarm = std::make_unique<Swarm>(server.port(), silence, tls);
  swarm->connect_all(targets_of(count), connect_seconds_max);
  for (ClientIndex client = 0; announces && client < count; ++client) {
    swarm->send(client, announce_of(client, "bench"));
    swarm->poll(0);
  }
  const double seconds = to_seconds(now_ns() - begin);
  swarm->run(settle_seconds);
  const CpuTime cpu_after = server.process().cpu();
  const Memory held = server.process().memory();
  if (silence.errors > 0 || silence.closed > 0 || silence.messages < count) {
    report.fail(plan.name + ", idle: " + std::to_string(silence.errors) + " errors, " +
                std::to_string(silence.closed) + " closed (last with " +
                std::to_string(silence.last_code) + "), " + std::to_string(silence.messages) +
                " messages for " + std::to_string(count) + " clients");
  }
  swarm.reset();
  std::this_thread::sleep_for(std::chrono::seconds{3});
  const Memory after = server.process().memory();
  return {.anonymous_each = each(before.anonymous, held.anonymous, count),
          .resident_each = each(before.resident, held.resident, count),
          .kept_each = each(before.anonymous, after.anonymous, count),
          .cpu_each_us = (cpu_after.total - cpu_before.total) * 1e6 / static_cast<double>(count),
          .seconds = seconds};
}

}  // namespace

void measure_idle(const Settings& settings, Report& report) {
  const std::string count = std::to_string(settings.connections);
  Table table{
      .title = "Idle connections",
      .method = count +
                " WebSocket clients that do nothing after connecting (or announcing "
                "in one namespace), from 64 loopback addresses. User memory is the growth of "
                "the server's private resident memory 3 s later; \"kept\" is what is left of "
                "it 3 s after all have gone.",
      .columns = {"server", "clients", "user bytes each", "resident bytes each", "kept bytes each",
                  "CPU us each", "connected in s"}};
  const auto measure = [&](const ServerPlan& plan, bool announces, SSL_CTX* tls) {
    const IdleResult result = hold(plan, settings, announces, tls, report);
    table.rows.push_back({plan.name, announces ? "announced" : "connected",
                          Cell(result.anonymous_each), Cell(result.resident_each),
                          Cell(result.kept_each), Cell(result.cpu_each_us, 1),
                          Cell(result.seconds, 2)});
    return result.anonymous_each;
  };
  const ServerPlan plain = plan_hub(settings.programs);
  report.at_most("plain connection, user bytes", measure(plain, false, nullptr), 1'536);
  report.at_most("plain connection that has announced, user bytes", measure(plain, true, nullptr),
                 1'536);
  const TemporaryCertificate certificate;
  const SslContext tls = make_client_context(certificate);
  const ServerPlan secure = plan_secure_hub(settings.programs, certificate);
  report.at_most("TLS connection, user bytes", measure(secure, false, tls.get()), 16'384);
  report.at_most("TLS connection that has announced, user bytes", measure(secure, true, tls.get()),
                 16'384);
  if (const auto upstream = plan_upstream(settings.programs)) measure(*upstream, false, nullptr);
  report.add(std::move(table));
}

}  // namespace pigeon::bench
