#include "runtime/hub_driver.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "net/clock.hpp"
#include "runtime/process.hpp"
#include "suite/random_bytes.hpp"

namespace pigeon::runtime {

namespace {

constexpr std::chrono::seconds tick_time{1};
/// From the request to stop to the end of patience.
constexpr std::chrono::seconds drain_time_max{9};
/// How often a hub that stops looks for a successor on its port.
constexpr std::chrono::milliseconds successor_time{100};
/// At most so often an operator hears of the same shortage.
constexpr Duration shortage_report_time = 1min;

std::size_t loop_count(const HubOptions& options) {
  const std::size_t wanted =
      options.listen.loops > 0 ? options.listen.loops : std::thread::hardware_concurrency();
  return std::clamp<std::size_t>(wanted, 1, ConnectionPlace::loops_max);
}

Result<std::optional<net::TlsContext>, HubFailure> load_certificate(const ListenOptions& listen) {
  if (listen.certificate_file.empty()) return std::optional<net::TlsContext>();
  auto loaded = net::TlsContext::load(listen.certificate_file, listen.key_file);
  if (!loaded) return Unexpected(HubFailure{loaded.error()});
  return std::optional(*std::move(loaded));
}

HubFailure resource_failure(const std::string& cause) {
  return {"The system has no resources for another event loop: " + cause +
          ". Raise its limits or choose fewer loops."};
}

}  // namespace

/// Everything that can fail to come into being.
struct HubDriver::Parts {
  HubOptions options;
  std::vector<std::unique_ptr<EventLoop>> event_loops;
  net::ListeningSockets listening;
  std::optional<net::TlsContext> tls;
};

Result<std::unique_ptr<HubDriver>, HubFailure> HubDriver::create(HubOptions options,
                                                                 Hub::OnEvent on_event) {
  raise_descriptor_limit();
  Parts parts{.options = std::move(options), .event_loops = {}, .listening = {}, .tls = {}};
  auto tls = load_certificate(parts.options.listen);
  if (!tls) return Unexpected(tls.error());
  parts.tls = *std::move(tls);
  const std::size_t count = loop_count(parts.options);
  for (std::size_t i = 0; i < count; ++i) {
    auto loop = EventLoop::create();
    if (!loop) return Unexpected(resource_failure(loop.error()));
    parts.event_loops.push_back(*std::move(loop));
  }
  ListenOptions& listen = parts.options.listen;
  auto listening = net::open_listening_sockets(listen.host, listen.port, count);
  if (!listening) return Unexpected(HubFailure{listening.error()});
  parts.listening = *std::move(listening);
  listen.port = parts.listening.port;

  return std::unique_ptr<HubDriver>(new HubDriver(std::move(parts), std::move(on_event)));
}

HubDriver::HubDriver(Parts parts, Hub::OnEvent on_event)
    : on_event_(std::move(on_event)),
      share_(parts.options,
             hub::Hub(parts.options, Random(suite::random_seed()), net::read_clock()),
             Random(suite::random_seed()), parts.event_loops.size()),
      event_loops_(std::move(parts.event_loops)),
      claims_(std::move(parts.listening.claims)),
      tick_timer_(event_loops_.front()->context()),
      drop_timer_(event_loops_.front()->context()),
      successor_timer_(event_loops_.front()->context()) {
  for (std::size_t i = 0; i < event_loops_.size(); ++i) {
    loops_.push_back(std::make_unique<HubLoop>(*event_loops_[i], share_, i, parts.tls,
                                               std::move(parts.listening.of_loops[i]), calls()));
  }
}

// NOLINTNEXTLINE(bugprone-exception-escape): a thread that cannot be joined is a bug of ours.
HubDriver::~HubDriver() { stop(); }

HubLoop::Calls HubDriver::calls() {
  return {
      .wake =
          [this](const std::vector<std::size_t>& indices) {
            for (const std::size_t index : indices) {
              HubLoop& loop = *loops_[index];
              loop.post([&loop] { loop.take_mail(); });
            }
          },
      .emit =
          [this](const HubEvent& event) {
            if (on_event_) on_event_(event);
          },
      .drained = [this] { close_loops(); },
      .emptied =
          [this] {
            first_loop().post([this] {
              if (++emptied_count_ == loops_.size()) finish();
            });
          },
      .short_of_descriptors =
          [this](int error) { first_loop().post([this, error] { report_shortage(error); }); },
  };
}

Result<void, HubFailure> HubDriver::run() {
  // While there are no threads yet: a loop may serve its first client before another one begins.
  report();
  // Before anything that `request_stop` posts, unless that comes first and nothing is begun at all.
  first_loop().post([this] { begin(); });
  for (const auto& loop : loops_) {
    loop->post([target = loop.get()] { target->start(); });
  }
  const std::lock_guard lock(threads_mutex_);
  if (is_stopping_) return Unexpected(HubFailure{"The hub was stopped before it had started."});
  is_running_ = true;
  for (const auto& loop : event_loops_) {
    if (auto started = loop->start(); !started) {
      // Without threads there is no orderly end.
      for (const auto& other : event_loops_) other->stop();
      is_stopping_ = true;
      is_running_ = false;
      return Unexpected(resource_failure(started.error()));
    }
  }
  return {};
}

HubAddress HubDriver::address() const {
  return {.host = share_.options.listen.host, .port = share_.options.listen.port};
}

void HubDriver::request_stop() {
  if (is_stopping_.exchange(true)) return;
  first_loop().post([this] { begin_drain(); });
}

void HubDriver::stop() {
  request_stop();
  // If `run` is just starting the threads, these are there afterwards; if it has not come so far,
  // it will not start them.
  const std::lock_guard lock(threads_mutex_);
  for (const auto& loop : event_loops_) loop->join();
}

Result<void, HubFailure> HubDriver::reload_certificate() {
  auto tls = load_certificate(share_.options.listen);
  if (!tls) return Unexpected(tls.error());
  if (!*tls) {
    return Unexpected(HubFailure{"There is no certificate to reload: the hub runs without TLS."});
  }
  for (const auto& loop : loops_) {
    loop->post([target = loop.get(), context = **tls] { target->use_certificate(context); });
  }
  return {};
}

HubStats HubDriver::stats() const {
  HubStats stats = share_.monitor.stats(net::read_clock());
  stats.running = is_running_;
  stats.host = share_.options.listen.host;
  stats.port = share_.options.listen.port;
  return stats;
}

void HubDriver::begin() {
  const ListenOptions& listen = share_.options.listen;
  if (on_event_) on_event_(HubStarted{listen.host, listen.port, !listen.certificate_file.empty()});
  tick();
}

/// Reports now and then, and gives memory back after a flood.
void HubDriver::tick() {
  report();
  if (memory_keeper_.should_trim(share_.budget.used(), share_.admissions.changes())) trim_memory();
  tick_timer_.expires_after(tick_time);
  tick_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

/// Tells the core what the driver holds and refuses.
void HubDriver::report() {
  share_.resident_bytes = resident_bytes();
  first_loop().tell(share_.report());
}

void HubDriver::report_shortage(int error) {
  const Instant now = net::read_clock().monotonic;
  if (shortage_reported_ != Instant{} && now < shortage_reported_ + shortage_report_time) return;
  shortage_reported_ = now;
  if (!on_event_) return;
  on_event_(HubError{std::string("New connections wait because the system refuses them: ") +
                     std::strerror(error) +
                     ". Raise the limit of open files or lower limits.connections_max."});
}

void HubDriver::begin_drain() {
  share_.is_draining = true;
  for (net::PortClaim& claim : claims_) claim.release();
  await_successor();
  drop_timer_.expires_after(drain_time_max);
  drop_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) drop_all();
  });
  first_loop().tell(hub::DrainRequested{});
}

/// The system spreads newcomers over all that listen on the port: leaves them to a successor once
/// there is one. Until then they are told to come back later.
void HubDriver::await_successor() {
  const auto is_taken_over = [](const net::PortClaim& claim) { return claim.is_taken_over(); };
  if (std::ranges::all_of(claims_, is_taken_over)) {
    for (const auto& loop : loops_) {
      loop->post([target = loop.get()] { target->stop_listening(); });
    }
    return;
  }
  successor_timer_.expires_after(successor_time);
  successor_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) await_successor();
  });
}

void HubDriver::close_loops() {
  for (const auto& loop : loops_) {
    loop->post([target = loop.get()] { target->close(); });
  }
}

void HubDriver::drop_all() {
  for (const auto& loop : loops_) {
    loop->post([target = loop.get()] {
      target->close();
      target->drop_all();
    });
  }
}

/// The last thing that happens: every loop is empty, and the mailboxes hold only events.
void HubDriver::finish() {
  first_loop().take_mail();
  is_running_ = false;
  if (on_event_) on_event_(HubStopped{});
  for (const auto& loop : event_loops_) loop->stop();
}

}  // namespace pigeon::runtime
