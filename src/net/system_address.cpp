#include "net/system_address.hpp"

#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace pigeon::net {

IpAddress to_ip_address(const sockaddr_storage& address) { return to_socket_address(address).ip; }

SocketAddress to_socket_address(const sockaddr_storage& address) {
  SocketAddress result;
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    IpAddress::V4 bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    result = {IpAddress(bytes), ntohs(v4.sin_port)};
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    IpAddress::V6 bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    result = {IpAddress(bytes), ntohs(v6.sin6_port)};
  }
  return result;
}

Endpoint to_endpoint(const SocketAddress& address) {
  Endpoint endpoint;
  if (address.ip.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, address.ip.v4_bytes().data(), sizeof v4.sin_addr);
    std::memcpy(&endpoint.address, &v4, sizeof v4);
    endpoint.size = sizeof v4;
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    std::memcpy(&v6.sin6_addr, address.ip.bytes().data(), sizeof v6.sin6_addr);
    std::memcpy(&endpoint.address, &v6, sizeof v6);
    endpoint.size = sizeof v6;
  }
  return endpoint;
}

}  // namespace pigeon::net
