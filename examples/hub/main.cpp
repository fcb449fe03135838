// A hub inside a program of one's own: tells who comes and goes until its input ends.
#include <iostream>
#include <string>
#include <variant>

#include <pigeon/hub.hpp>

namespace {

void print_event(const pigeon::HubEvent& event) {
  if (const auto* peer = std::get_if<pigeon::HubPeerAnnounced>(&event)) {
    std::cout << peer->peer_id << " is in " << peer->network << '\n';
  } else if (const auto* gone = std::get_if<pigeon::HubPeerDisconnected>(&event)) {
    std::cout << gone->peer_id << " has left, close code " << gone->code << '\n';
  }
}

}  // namespace

int main() {
  auto hub = pigeon::Hub::create({.listen = {.port = 0}}, print_event);
  const auto address = hub ? hub->start() : pigeon::Unexpected(hub.error());
  if (!address) {
    std::cerr << address.error().message << '\n';
    return 1;
  }
  std::cout << "Connect clients to ws://localhost:" << address->port << "; Ctrl+D stops.\n";
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << hub->stats().connections << " connections\n";
  }
  hub->stop();
}
