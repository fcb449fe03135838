#pragma once

#include <cstdint>
#include <variant>

#include "base/bytes.hpp"
#include "base/socket_address.hpp"
#include "pigeon/rtc_types.hpp"

namespace pigeon::rtc {

/// A TCP connection to a TURN server is wanted.
struct TcpConnect {
  std::uint32_t stream = 0;
  SocketAddress server;
};
struct TcpSend {
  std::uint32_t stream = 0;
  Bytes data;
};
struct TcpClose {
  std::uint32_t stream = 0;
};

/// What a connection tells: things for the application, and wishes for the owner of its sockets.
using Event = std::variant<NegotiationNeeded, SignalingStateChanged, IceGatheringStateChanged,
                           IceConnectionStateChanged, ConnectionStateChanged, IceCandidateFound,
                           ChannelAnnounced, ChannelOpened, ChannelMessage, BufferedAmountLow,
                           ChannelClosing, ChannelClosed, TcpConnect, TcpSend, TcpClose>;

}  // namespace pigeon::rtc
