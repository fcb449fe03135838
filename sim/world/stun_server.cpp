#include "sim/world/stun_server.hpp"

#include <array>

#include "rtc/ice/stun/message.hpp"
#include "rtc/ice/stun/writer.hpp"

namespace pigeon::sim {

StunServer::StunServer(const SocketAddress& address, DatagramNetwork& network) : network_(network) {
  network_.bind(address,
                [this](const AddressPair& path, BytesView datagram) { answer(path, datagram); });
}

void StunServer::answer(const AddressPair& path, BytesView datagram) {
  const auto request = ice::decode_stun(datagram);
  if (!request || request->message_class() != ice::StunClass::request) return;
  std::array<std::uint8_t, 128> buffer{};
  ice::StunWriter writer(buffer, ice::StunClass::success, ice::StunMethod::binding,
                         request->transaction());
  writer.xor_address(ice::StunAttribute::xor_mapped_address, path.remote);
  writer.fingerprint();
  network_.send(path.local, path.remote, BytesView(buffer).first(writer.finish()));
}

}  // namespace pigeon::sim
