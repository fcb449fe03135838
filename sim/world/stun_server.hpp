#pragma once

#include "base/socket_address.hpp"
#include "sim/engine/datagram_network.hpp"

namespace pigeon::sim {

/// Tells hosts what address they come from (RFC 8489).
class StunServer {
 public:
  StunServer(const SocketAddress& address, DatagramNetwork& network);

 private:
  void answer(const AddressPair& path, BytesView datagram);

  DatagramNetwork& network_;
};

}  // namespace pigeon::sim
