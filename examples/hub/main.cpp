// A hub inside a program of one's own: starts one, tells who comes and goes, and ends with the
// input.
#include <cstdlib>
#include <iostream>
#include <string>
#include <variant>

#include <pigeon/hub.hpp>

namespace {

void print_event(const pigeon::HubEvent& event) {
  if (const auto* peer = std::get_if<pigeon::HubPeerAnnounced>(&event)) {
    std::cout << peer->peer_id << " is in " << peer->network << std::endl;
  } else if (const auto* gone = std::get_if<pigeon::HubPeerDisconnected>(&event)) {
    std::cout << gone->peer_id << " has left, close code " << gone->code << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  pigeon::HubOptions options;
  options.listen.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 3000);

  auto hub = pigeon::Hub::create(options, print_event);
  const auto address = hub ? hub->start() : pigeon::Unexpected(hub.error());
  if (!address) {
    std::cerr << address.error().message << std::endl;
    return 1;
  }
  std::cout << "Connect clients to ws://localhost:" << address->port << "; Enter stops."
            << std::endl;
  for (std::string line; std::getline(std::cin, line) && !line.empty();) {
    std::cout << hub->stats().connections << " connections" << std::endl;
  }
  hub->stop();
}
