#include "bench/load/server.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bench/load/clock.hpp"

namespace pigeon::bench {
namespace {

constexpr std::int64_t start_time_max = milliseconds_ns(15'000);
constexpr std::string_view port_mark = "@PORT@";

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
    throw std::runtime_error(std::string("bind: ") + std::strerror(errno));
  }
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

std::vector<std::string> with_port(std::vector<std::string> texts, std::uint16_t port) {
  for (std::string& text : texts) {
    const std::size_t at = text.find(port_mark);
    if (at != std::string::npos) text.replace(at, port_mark.size(), std::to_string(port));
  }
  return texts;
}

/// A connected socket, or -1.
int try_connect(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const sockaddr_in address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

bool accepts(std::uint16_t port) {
  const int fd = try_connect(port);
  if (fd < 0) return false;
  ::close(fd);
  return true;
}

bool answers_200(std::uint16_t port, const std::string& path) {
  const int fd = try_connect(port);
  if (fd < 0) return false;
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  std::array<char, 256> answer{};
  ssize_t size = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
  if (size > 0) size = ::recv(fd, answer.data(), answer.size(), 0);
  ::close(fd);
  return size > 0 && std::string_view(answer.data(), static_cast<std::size_t>(size))
                         .starts_with("HTTP/1.1 200");
}

template <typename Condition>
double wait_for(Child& child, std::int64_t begin, const std::string& name, Condition condition) {
  while (!condition()) {
    if (!child.is_running()) throw std::runtime_error(name + " ended while starting");
    if (now_ns() - begin > start_time_max) throw std::runtime_error(name + " does not get ready");
    std::this_thread::sleep_for(std::chrono::microseconds{500});
  }
  return static_cast<double>(now_ns() - begin) / 1e6;
}

}  // namespace

ServerPlan plan_hub(const Programs& programs, const std::vector<std::string>& flags) {
  ServerPlan plan{
      .name = "pigeonhub",
      .arguments = {programs.hub.string(), "--host", "127.0.0.1", "--port", std::string(port_mark)},
      .ready_path = "/readyz"};
  auto& arguments = plan.arguments;
  arguments.insert(arguments.end(), programs.hub_flags.begin(), programs.hub_flags.end());
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return plan;
}

ServerPlan plan_secure_hub(const Programs& programs, const TemporaryCertificate& certificate,
                           const std::vector<std::string>& flags) {
  ServerPlan plan = plan_hub(programs, flags);
  plan.name += ", TLS";
  for (std::string flag :
       {std::string("--certificate-file"), certificate.certificate_file().string(),
        std::string("--key-file"), certificate.key_file().string()}) {
    plan.arguments.push_back(std::move(flag));
  }
  plan.ready_path.clear();
  return plan;
}

ServerPlan plan_relay(const Programs& programs) {
  return {.name = "blind epoll relay",
          .arguments = {programs.relay.string(), std::string(port_mark)}};
}

std::optional<ServerPlan> plan_upstream(const Programs& programs) {
  const std::filesystem::path script = programs.upstream / "server" / "start.js";
  if (!std::filesystem::exists(script)) return std::nullopt;
  return ServerPlan{
      .name = "peerpigeon 1.1.3",
      .arguments = {"node", script.string()},
      .environment = {"HOST=127.0.0.1", "PORT=" + std::string(port_mark), "MAX_CONNECTIONS=20000"},
      .ready_path = "/health"};
}

std::vector<std::string> lifted_rates() {
  std::vector<std::string> flags;
  for (const std::string limit : {"--messages-per-peer", "--messages-per-address"}) {
    flags.insert(flags.end(), {limit, "60000000/min", limit + "-burst", "1000000"});
  }
  flags.insert(flags.end(), {"--bytes-per-peer", "4000000000/min"});
  flags.insert(flags.end(), {"--bytes-per-peer-burst", "4000000000"});
  return flags;
}

Server::Server(const ServerPlan& plan) : name_(plan.name), port_(free_port()) {
  const std::int64_t begin = now_ns();
  child_ = Child(with_port(plan.arguments, port_), with_port(plan.environment, port_));
  accepting_ms_ = wait_for(child_, begin, name_, [this] { return accepts(port_); });
  const auto is_ready = [&] {
    return plan.ready_path.empty() || answers_200(port_, plan.ready_path);
  };
  ready_ms_ = wait_for(child_, begin, name_, is_ready);
}

}  // namespace pigeon::bench
