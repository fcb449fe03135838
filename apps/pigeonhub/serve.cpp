#include "apps/pigeonhub/serve.hpp"

#include <chrono>
#include <csignal>
#include <thread>
#include <variant>

#include <unistd.h>

#include <fmt/format.h>

#include "apps/pigeonhub/log.hpp"
#include "apps/support/print.hpp"
#include "apps/support/quote.hpp"
#include "apps/support/signals.hpp"

namespace pigeonhub {
namespace {

using namespace std::chrono_literals;
using pigeon::Hub;
using pigeon::HubAddress;

constexpr int exit_failed = 1;
constexpr int exit_wrong_option = 2;
// An orderly stop takes at most 10 s; whatever hangs by then is not waited for.
constexpr auto stop_time_max = 9'700ms;

void complain(std::string_view sentence) {
  apps::complain(fmt::format("pigeonhub: {}\n", sentence));
}

bool is_local(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

/// The host as it stands in a URL that works on this machine.
std::string url_host(std::string_view host) {
  if (is_local(host) || host == "0.0.0.0" || host == "::") return "localhost";
  const bool is_ipv6 = host.find(':') != std::string_view::npos;
  return is_ipv6 ? fmt::format("[{}]", host) : std::string(host);
}

void reload_certificate(Hub& hub, Log& log) {
  const auto reloaded = hub.reload_certificate();
  if (reloaded) {
    log.write({LogLevel::info, "certificate_reloaded",
               "SIGHUP: certificate and key read again; open connections keep the old ones"});
  } else {
    log.write({LogLevel::warn, "certificate_not_reloaded", "SIGHUP: " + reloaded.error().message});
  }
}

/// Ends the process if an orderly stop hangs, for instance because nobody reads the log.
void end_after(std::chrono::milliseconds time) {
  std::thread([time] {
    std::this_thread::sleep_for(time);
    ::_exit(exit_failed);
  }).detach();
}

int drain(Hub& hub, apps::Signals& signals, Log& log, std::string_view cause) {
  const std::size_t connections = hub.stats().connections;
  log.write({LogLevel::info,
             "stopping",
             fmt::format("{}: closing {} connection{}; repeat it to stop at once", cause,
                         connections, connections == 1 ? "" : "s"),
             {{"connections", connections}}});
  end_after(stop_time_max);
  hub.request_stop();
  for (int signal = signals.wait(); signal != 0; signal = signals.wait()) {
    if (signal != SIGHUP) ::_exit(128 + signal);
  }
  hub.stop();
  log.write({LogLevel::info, "stopped", "stopped"});
  return 0;
}

/// Obeys signals until one of them, or the hub itself, brings the end.
int run(Hub& hub, apps::Signals& signals, Log& log) {
  const bool began_on_terminal = ::isatty(STDERR_FILENO) == 1;
  for (;;) {
    switch (signals.wait()) {
      case SIGHUP:
        // Closing a terminal sends SIGHUP too; nobody could stop the hub from there any more.
        if (began_on_terminal && ::isatty(STDERR_FILENO) != 1) {
          return drain(hub, signals, log, "terminal closed");
        }
        reload_certificate(hub, log);
        break;
      case SIGINT:
        return drain(hub, signals, log, "SIGINT");
      case SIGTERM:
        return drain(hub, signals, log, "SIGTERM");
      default:
        hub.stop();
        log.write({LogLevel::error, "stopped", "the hub has stopped by itself"});
        return exit_failed;
    }
  }
}

std::string host_origin(std::string_view host) {
  return fmt::format("The host {} comes from the environment variable HOST; --host counts more.",
                     apps::quote(host));
}

void announce(const HubAddress& address, bool secure, const Command& command, Log& log) {
  for (const std::string& warning : command.warnings) {
    log.write({LogLevel::warn, "unused_variable", warning});
  }
  const std::string exposure = exposure_warning(address, secure);
  if (!exposure.empty()) log.write({LogLevel::warn, "no_tls", exposure});
  if (command.host_is_from_environment && !is_local(address.host)) {
    log.write({LogLevel::info, "host_variable", host_origin(address.host)});
  }
  log.write({LogLevel::info,
             "listening",
             listening_sentence(address, secure),
             {{"host", address.host}, {"port", std::uint64_t{address.port}}}});
}

}  // namespace

int serve(const Command& command) {
  apps::Signals signals;
  Log log(command.settings.log);
  const auto on_event = [&](const pigeon::HubEvent& event) {
    if (const auto line = describe(event)) log.write(*line);
    if (std::holds_alternative<pigeon::HubStopped>(event)) signals.wake();
  };

  auto hub = Hub::create(command.settings.hub, on_event);
  if (!hub) {
    complain(hub.error().message);
    return exit_wrong_option;
  }
  const auto address = hub->start();
  if (!address) {
    const std::string origin =
        command.host_is_from_environment ? " " + host_origin(command.settings.hub.listen.host) : "";
    complain(address.error().message + origin);
    return exit_failed;
  }
  announce(*address, !command.settings.hub.listen.certificate_file.empty(), command, log);
  return run(*hub, signals, log);
}

std::string listening_sentence(const HubAddress& address, bool secure) {
  const std::string place = fmt::format("{}:{}", url_host(address.host), address.port);
  return fmt::format(
      "PeerPigeon hub listens on http{0}://{1} (status page). Connect clients to ws{0}://{1}; "
      "stop with Ctrl+C.",
      secure ? "s" : "", place);
}

std::string exposure_warning(const HubAddress& address, bool secure) {
  if (secure || is_local(address.host)) return "";
  return fmt::format(
      "{} can be reached from other machines and has no TLS: others can read and change "
      "what clients send, and browsers refuse ws:// on https:// pages. Give "
      "--certificate-file and --key-file, or put a proxy with TLS in front; all clients "
      "have the proxy's address then, so raise --connections-per-address-max and the rates "
      "per address",
      address.host);
}

}  // namespace pigeonhub
