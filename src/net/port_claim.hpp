#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/file_descriptor.hpp"

namespace pigeon::net {

/// Marks an address and port as taken by one server of this machine. Listening sockets with
/// SO_REUSEPORT cannot do that: a second server started by mistake would silently get a share of
/// the connections. The mark is a socket in Linux's abstract namespace, which ends with its process
/// however that ends. Released by the destructor.
class PortClaim {
 public:
  /// Nothing if another server holds the claim, or one of an address that overlaps: a wildcard
  /// overlaps with every address of its family, :: with those of IPv4 as well.
  static std::optional<PortClaim> take(std::string_view address, std::uint16_t port);

 private:
  explicit PortClaim(FileDescriptor socket) : socket_(std::move(socket)) {}

  FileDescriptor socket_;
};

}  // namespace pigeon::net
