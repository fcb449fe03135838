#include "runtime/node_hubs.hpp"

#include <algorithm>
#include <utility>

namespace pigeon::runtime {

namespace {
constexpr std::uint16_t normal_closure = 1000;
}  // namespace

NodeHubs::NodeHubs(boost::asio::io_context& loop, Random random, Calls calls)
    : loop_(loop), random_(random), calls_(std::move(calls)) {}

void NodeHubs::carry_out(const signaling::OpenHub& open) {
  const std::uint64_t number = next_number_++;
  const bool is_secure = open.url.starts_with("wss:") || open.url.starts_with("https:");
  const Trust trust =
      is_secure ? calls_.trust() : Trust(Unexpected<std::string>("There is no TLS."));
  sockets_[open.hub] = {number,
                        std::make_unique<HubSocket>(loop_, open.url, trust, HubSocketOptions{},
                                                    random_.split(), callbacks(open.hub, number))};
}

void NodeHubs::carry_out(const signaling::SendToHub& send) {
  const auto found = sockets_.find(send.hub);
  if (found != sockets_.end()) found->second.socket->send(send.text);
}

void NodeHubs::carry_out(const signaling::CloseHub& close) {
  const auto found = sockets_.find(close.hub);
  if (found == sockets_.end()) return;
  closing_.push_back(std::move(found->second));
  sockets_.erase(found);
  closing_.back().socket->close(normal_closure, "");
}

void NodeHubs::close_all() {
  while (!sockets_.empty()) carry_out(signaling::CloseHub{sockets_.begin()->first});
}

HubSocketCallbacks NodeHubs::callbacks(signaling::HubKey hub, std::uint64_t number) {
  return {
      .opened =
          [this, hub, number] {
            if (is_current(hub, number)) calls_.tell(node::HubOpened{hub});
          },
      .text =
          [this, hub, number](std::string_view text) {
            if (is_current(hub, number)) calls_.tell(node::HubText{hub, text});
          },
      .closed = [this, hub, number](
                    std::uint16_t code,
                    std::string_view reason) { take_closed(hub, number, code, reason); },
  };
}

bool NodeHubs::is_current(signaling::HubKey hub, std::uint64_t number) const {
  const auto found = sockets_.find(hub);
  return found != sockets_.end() && found->second.number == number;
}

void NodeHubs::take_closed(signaling::HubKey hub, std::uint64_t number, std::uint16_t code,
                           std::string_view reason) {
  if (is_current(hub, number)) {
    sockets_.erase(hub);
    calls_.tell(node::HubClosed{hub, code, reason});
    return;
  }
  std::erase_if(closing_, [number](const Socket& one) { return one.number == number; });
  calls_.ended();
}

}  // namespace pigeon::runtime
