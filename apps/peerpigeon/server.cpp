#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/peerpigeon/commands.hpp"
#include "apps/peerpigeon/http_get.hpp"
#include "apps/peerpigeon/hub_command.hpp"
#include "apps/peerpigeon/session.hpp"
#include "apps/pigeonhub/serve.hpp"
#include "pigeon/safe_text.hpp"
#include "runtime/hub_probe.hpp"

namespace peerpigeon {

namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using pigeon::runtime::HubPlace;

/// A member as text; empty if it is not there.
std::string member(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  if (value == nullptr) return "";
  return pigeon::safe_text(value->is_string() ? std::string(value->get_string())
                                              : json::serialize(*value));
}

/// The time since the hub's start in seconds; it tells milliseconds.
std::int64_t seconds_up(const json::object& health) {
  const json::value* const uptime = health.if_contains("uptime");
  return uptime != nullptr && uptime->is_int64() ? uptime->get_int64() / 1'000 : 0;
}

/// The answer of a hub to `/health`; the error is a sentence.
pigeon::Result<json::object, std::string> ask_health(const std::string& host,
                                                     const std::string& port) {
  const auto body = get_over_http(host, port, "/health", 1s);
  if (!body) return pigeon::Unexpected(body.error());
  boost::system::error_code error;
  const json::value parsed = json::parse(*body, error);
  if (error || !parsed.is_object()) {
    return pigeon::Unexpected(
        fmt::format("whatever listens at {}:{} does not answer as a hub", host, port));
  }
  return parsed.get_object();
}

/// The hub that --host and --port name, or the URL if one was chosen, or the one that `server`
/// would start.
pigeon::Result<HubPlace, SettingsError> hub_to_ask(const Invocation& invocation) {
  const bool has_place = invocation.hub.host || invocation.hub.port;
  if (has_place && invocation.has_url) {
    return pigeon::Unexpected(
        SettingsError{"name the hub with --url, or with --host and --port, not with both"});
  }
  if (!has_place && (invocation.has_url || invocation.settings.url != Settings{}.url)) {
    auto place = pigeon::runtime::hub_place(invocation.settings.url);
    if (!place) return pigeon::Unexpected(SettingsError{place.error()});
    return *std::move(place);
  }
  const auto command = hub_command(invocation);
  if (!command) return pigeon::Unexpected(command.error());
  const auto& listen = command->settings.hub.listen;
  return HubPlace{!listen.certificate_file.empty(), host_to_ask(listen.host), listen.port};
}

}  // namespace

std::string host_to_ask(const std::string& host) {
  return host == "0.0.0.0" || host == "::" ? "localhost" : host;
}

std::string hub_url(const pigeon::HubAddress& address, bool is_secure) {
  const bool is_loopback = address.host == "127.0.0.1" || address.host == "::1";
  const std::string host = is_loopback ? "localhost" : host_to_ask(address.host);
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", is_secure ? "wss" : "ws", is_ipv6 ? "[" : "", host,
                     is_ipv6 ? "]" : "", address.port);
}

pigeon::Result<pigeonhub::Command, SettingsError> hub_command(const Invocation& invocation) {
  std::vector<std::string> arguments;
  const auto add = [&](const char* flag, const std::optional<std::string>& value) {
    if (!value) return;
    arguments.emplace_back(flag);
    arguments.push_back(*value);
  };
  add("--host", invocation.hub.host);
  add("--port", invocation.hub.port);
  add("--connections-max", invocation.hub.max_connections);
  return pigeonhub::read_command(arguments, apps::environment_of_process());
}

int run_server(const Invocation& invocation, Console& console) {
  auto command = hub_command(invocation);
  if (!command) {
    console.complain(command.error().message);
    return exit_wrong_use;
  }
  const auto& listen = command->settings.hub.listen;
  if (!invocation.hub.force && listen.port != 0) {
    const std::string port = std::to_string(listen.port);
    if (ask_health(host_to_ask(listen.host), port)) {
      console.complain(
          fmt::format("a hub is running at {}:{} already; stop it, choose another "
                      "--port, or try all the same with --force",
                      listen.host, port));
      return exit_failed;
    }
  }
  if (invocation.json) command->settings.log.format = pigeonhub::LogFormat::json;
  return pigeonhub::serve(*command);
}

int run_server_status(const Invocation& invocation, Console& console) {
  const auto hub = hub_to_ask(invocation);
  if (!hub) {
    console.complain(hub.error().message);
    return exit_wrong_use;
  }
  const auto& [is_secure, host, port] = *hub;
  const std::string url_host = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (is_secure) {
    console.complain(fmt::format(
        "this hub is to be asked over TLS, which server-status cannot do; ask it with "
        "curl https://{0}:{1}/health, or find out more with peerpigeon doctor wss://{0}:{1}",
        url_host, port));
    return exit_failed;
  }
  const auto health = ask_health(host, std::to_string(port));
  if (!health) {
    console.complain(fmt::format(
        "{}. {}", health.error(),
        is_local("ws://" + url_host)
            ? "Start one with: peerpigeon server"
            : fmt::format("Find out more with: peerpigeon doctor ws://{}:{}", url_host, port)));
    return exit_failed;
  }
  console.answer(
      {Verbosity::info, "server_status",
       fmt::format("the hub at {}:{} is {}: {} connections, up for {} s", host, port,
                   member(*health, "status"), member(*health, "connections"), seconds_up(*health)),
       *health});
  return member(*health, "status") == "healthy" ? exit_good : exit_failed;
}

}  // namespace peerpigeon
