#include "net/endpoint.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

namespace pigeon::net {

namespace {

static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
constexpr std::size_t port_offset = offsetof(sockaddr_in, sin_port);

Endpoint to_endpoint(const addrinfo& info) {
  Endpoint endpoint;
  std::memcpy(&endpoint.address, info.ai_addr, info.ai_addrlen);
  endpoint.size = info.ai_addrlen;
  return endpoint;
}

bool is_same(const Endpoint& a, const Endpoint& b) {
  return a.size == b.size && std::memcmp(&a.address, &b.address, a.size) == 0;
}

}  // namespace

std::uint16_t Endpoint::port() const {
  std::uint16_t big_endian = 0;
  std::memcpy(&big_endian, reinterpret_cast<const char*>(&address) + port_offset,
              sizeof big_endian);
  return ntohs(big_endian);
}

void Endpoint::set_port(std::uint16_t port) {
  const std::uint16_t big_endian = htons(port);
  std::memcpy(reinterpret_cast<char*>(&address) + port_offset, &big_endian, sizeof big_endian);
}

Result<std::vector<Endpoint>, std::string> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  // An address of IPv6 is often written in brackets, as in URLs.
  const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string name = in_brackets ? host.substr(1, host.size() - 2) : host;
  const int failure = ::getaddrinfo(name.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) return Unexpected<std::string>(::gai_strerror(failure));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard(found, ::freeaddrinfo);

  std::vector<Endpoint> endpoints;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    if (info->ai_family != AF_INET && info->ai_family != AF_INET6) continue;
    const Endpoint endpoint = to_endpoint(*info);
    const bool known = std::any_of(endpoints.begin(), endpoints.end(),
                                   [&](const Endpoint& other) { return is_same(endpoint, other); });
    if (!known) endpoints.push_back(endpoint);
  }
  if (endpoints.empty()) return Unexpected<std::string>("it has no IP address");
  return endpoints;
}

}  // namespace pigeon::net
