// Joins a mesh and chats: each line of standard input goes to all peers, and comes back as a
// message of our own.
//   example_node ws://localhost:3000
#include <iostream>
#include <string>
#include <variant>

#include <pigeon/node.hpp>

/// What others wrote, for a terminal: it would obey control characters (U+0000 to U+001F and U+007F
/// to U+009F), so that they become question marks.
static std::string printable(std::string text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(at) < 0x20 || byte(at) == 0x7f) text[at] = '?';
    const bool is_long = byte(at) == 0xc2 && at + 1 < text.size();
    if (is_long && byte(at + 1) >= 0x80 && byte(at + 1) < 0xa0) text.replace(at, 2, "?");
  }
  return text;
}

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "Usage: example_node HUB_URL\n";
    return 2;
  }
  auto node = pigeon::Node::create({}, [](const pigeon::NodeEvent& event) {
    if (const auto* hub = std::get_if<pigeon::HubStatusChanged>(&event)) {
      if (!hub->reason.empty()) std::cerr << printable(hub->reason) << '\n';
    } else if (const auto* peer = std::get_if<pigeon::PeerConnected>(&event)) {
      std::cout << "+ " << peer->peer.to_text() << std::endl;
    } else if (const auto* gone = std::get_if<pigeon::PeerDisconnected>(&event)) {
      std::cout << "- " << gone->peer.to_text() << std::endl;
    } else if (const auto* message = std::get_if<pigeon::MessageReceived>(&event)) {
      std::cout << message->from.to_text().substr(0, 8) << ": " << printable(message->text)
                << std::endl;
    }
  });
  if (!node) return std::cerr << node.error().message << '\n', 1;
  if (auto joined = node->connect(arguments[1]); !joined) {
    return std::cerr << joined.error().message << '\n', 1;
  }
  for (std::string line; std::getline(std::cin, line);) {
    if (auto sent = node->send_message(line); !sent) std::cerr << sent.error().message << '\n';
  }
}
