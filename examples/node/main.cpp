// Joins a mesh and chats: each line of standard input goes to all peers, and comes back as a
// message of our own.
//   example_node ws://localhost:3000
#include <iostream>
#include <string>
#include <variant>

#include <pigeon/node.hpp>
#include <pigeon/safe_text.hpp>

int main(int count, char** arguments) {
  if (count != 2) return std::cerr << "Usage: example_node HUB_URL\n", 2;
  auto node = pigeon::Node::create({}, [](const pigeon::NodeEvent& event) {
    if (const auto* hub = std::get_if<pigeon::HubStatusChanged>(&event)) {
      if (!hub->reason.empty()) std::cerr << pigeon::safe_text(hub->reason) << '\n';
    } else if (const auto* peer = std::get_if<pigeon::PeerConnected>(&event)) {
      std::cout << "+ " << peer->peer.to_text() << std::endl;
    } else if (const auto* gone = std::get_if<pigeon::PeerDisconnected>(&event)) {
      std::cout << "- " << gone->peer.to_text() << std::endl;
    } else if (const auto* message = std::get_if<pigeon::MessageReceived>(&event)) {
      const std::string name = message->from.to_text().substr(0, 8);
      std::cout << name << ": " << pigeon::safe_text(message->text) << std::endl;
    }
  });
  if (!node) return std::cerr << node.error().message << '\n', 1;
  const auto joined = node->connect(arguments[1]);
  if (!joined) return std::cerr << joined.error().message << '\n', 1;
  for (std::string line; std::getline(std::cin, line);) {
    const auto sent = node->send_message(line);
    if (!sent) std::cerr << sent.error().message << '\n';
  }
}
