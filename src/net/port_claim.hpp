#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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

  /// Lets another server have the place.
  void release() { socket_ = FileDescriptor(); }

  /// Whether another server holds it, or one that overlaps, since this one was released.
  bool is_taken_over() const;

 private:
  PortClaim(FileDescriptor socket, std::string_view address, std::uint16_t port)
      : socket_(std::move(socket)), address_(address), port_(port) {}

  FileDescriptor socket_;
  std::string address_;
  std::uint16_t port_;
};

}  // namespace pigeon::net
