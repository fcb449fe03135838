// A native mesh peer that obeys JSON lines on standard input and tells JSON lines on standard
// output, as ../README.md defines them.
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include <poll.h>
#include <unistd.h>

#include "tests/interop/node/peer/command_line.hpp"
#include "tests/interop/node/peer/peer.hpp"
#include "tests/interop/node/peer/tell.hpp"

namespace pigeon::interop {
namespace {

/// False at the end of the input.
bool read_commands(Peer& peer, std::string& input) {
  std::array<char, 65'536> bytes;
  const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  if (count <= 0) return false;
  input.append(bytes.data(), static_cast<std::size_t>(count));
  for (std::size_t end = input.find('\n'); end != std::string::npos; end = input.find('\n')) {
    peer.obey(std::string_view(input).substr(0, end));
    input.erase(0, end + 1);
  }
  return true;
}

void serve(Peer& peer) {
  std::string input;
  for (bool is_open = true; is_open && !peer.has_quit();) {
    std::array<pollfd, 2> watched{pollfd{STDIN_FILENO, POLLIN, 0},
                                  pollfd{peer.descriptor(), POLLIN, 0}};
    ::poll(watched.data(), watched.size(), -1);
    peer.tell_events();
    if (watched[0].revents != 0) is_open = read_commands(peer, input);
  }
}

}  // namespace
}  // namespace pigeon::interop

int main(int count, char** arguments) {
  using namespace pigeon::interop;
  auto options = read_command_line(count, arguments);
  if (!options) {
    std::fprintf(stderr, "%s\n", options.error().c_str());
    return 2;
  }
  // A machine may have no other network.
  options->addresses.use_loopback = true;
  Peer peer;
  if (const auto failure = peer.start(*options)) {
    std::fprintf(stderr, "%s\n", failure->c_str());
    return 1;
  }
  print({{"ready", peer.id()}});
  serve(peer);
}
