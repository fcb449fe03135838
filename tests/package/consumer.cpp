// Uses all parts of the installed library: starts and stops a hub, sends a message between two
// WebRTC connections, and makes a node.

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <pigeon/hub.hpp>
#include <pigeon/node.hpp>
#include <pigeon/peer_connection.hpp>
#include <pigeon/rtc_loop.hpp>
#include <pigeon/version.hpp>

namespace {

using namespace std::chrono_literals;
namespace rtc = pigeon::rtc;
using Connection = std::optional<pigeon::PeerConnection>;

bool run_hub() {
  auto hub = pigeon::Hub::create({.listen = {.port = 0}});
  if (!hub) return false;
  const auto address = hub->start();
  if (!address) return false;
  std::printf("pigeon %s on %s:%u\n", PIGEON_VERSION, address->host.c_str(), address->port);
  hub->stop();
  return true;
}

/// Connects two ends of one loop.
bool negotiate(Connection& alice, Connection& bob) {
  const auto offer = alice->set_local_description();
  if (!offer || !bob->set_remote_description(*offer)) return false;
  const auto answer = bob->set_local_description();
  return answer && alice->set_remote_description(*answer);
}

bool send_message() {
  auto loop = pigeon::RtcLoop::create({.addresses = {"127.0.0.1"}});
  if (!loop) return false;
  Connection alice;
  Connection bob;
  std::string received;
  auto made = pigeon::PeerConnection::create(*loop, {}, [&](rtc::ConnectionEvent event) {
    if (auto* found = std::get_if<rtc::IceCandidateFound>(&event)) {
      (void)bob->add_ice_candidate(found->candidate);
    } else if (auto* open = std::get_if<rtc::ChannelOpened>(&event)) {
      (void)alice->send_text(open->channel, "a message over WebRTC");
    }
  });
  if (!made) return false;
  alice.emplace(*std::move(made));
  made = pigeon::PeerConnection::create(*loop, {}, [&](rtc::ConnectionEvent event) {
    if (auto* found = std::get_if<rtc::IceCandidateFound>(&event)) {
      (void)alice->add_ice_candidate(found->candidate);
    } else if (auto* message = std::get_if<rtc::ChannelMessage>(&event)) {
      received.assign(message->data.begin(), message->data.end());
    }
  });
  if (!made) return false;
  bob.emplace(*std::move(made));
  if (!alice->create_data_channel("news") || !negotiate(alice, bob)) return false;
  const auto bound = std::chrono::steady_clock::now() + 60s;
  while (received.empty() && std::chrono::steady_clock::now() < bound) loop->run_once(100ms);
  std::printf("%s\n", received.c_str());
  return !received.empty();
}

bool make_node() {
  auto node = pigeon::Node::create({.addresses = {.addresses = {"127.0.0.1"}}});
  if (!node) return false;
  std::printf("node %s\n", node->peer_id().to_text().c_str());
  return node->status().connected_count == 0 && !node->connect("no hub");
}

}  // namespace

int main() { return run_hub() && send_message() && make_node() ? 0 : 1; }
