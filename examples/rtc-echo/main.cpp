// Two programs in one. Without arguments it connects two ends in this process and shows how fast
// messages come back. With --answer it reads an offer from standard input, prints the answer, and
// echoes every message until the other side closes: docs/rtc-use.md shows the lines for a browser.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <pigeon/peer_connection.hpp>
#include <pigeon/rtc_loop.hpp>

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace rtc = pigeon::rtc;

[[noreturn]] void give_up(const std::string& message) {
  std::cerr << message << '\n';
  std::exit(1);
}

/// The value, or the end of the program.
template <class T, class E>
T need(pigeon::Result<T, E> result) {
  if (!result) give_up(result.error().message);
  return *std::move(result);
}

/// Sends every message back on its channel.
void echo(std::optional<pigeon::PeerConnection>& connection, rtc::ConnectionEvent& event) {
  auto* const message = std::get_if<rtc::ChannelMessage>(&event);
  if (message == nullptr) return;
  const std::string_view text(reinterpret_cast<const char*>(message->data.data()),
                              message->data.size());
  const auto sent = message->is_text
                        ? connection->send_text(message->channel, text)
                        : connection->send_binary(message->channel, std::move(message->data));
  if (!sent) std::cerr << "A message was not echoed: " << to_string(sent.error()) << '\n';
}

// ---- Both ends here

int run_demo() {
  constexpr int round_trips = 10'000;
  pigeon::RtcLoop loop = need(pigeon::RtcLoop::create({.addresses = {"127.0.0.1"}}));
  std::optional<pigeon::PeerConnection> alice;
  std::optional<pigeon::PeerConnection> bob;
  int echoes = 0;
  Clock::time_point opened;
  const auto start = Clock::now();
  alice.emplace(need(pigeon::PeerConnection::create(loop, {}, [&](rtc::ConnectionEvent event) {
    if (auto* found = std::get_if<rtc::IceCandidateFound>(&event)) {
      (void)bob->add_ice_candidate(found->candidate);
    } else if (auto* open = std::get_if<rtc::ChannelOpened>(&event)) {
      opened = Clock::now();
      (void)alice->send_binary(open->channel, std::vector<std::uint8_t>(64));
    } else if (auto* message = std::get_if<rtc::ChannelMessage>(&event)) {
      if (++echoes < round_trips) {
        (void)alice->send_binary(message->channel, std::move(message->data));
      }
    }
  })));
  bob.emplace(need(pigeon::PeerConnection::create(loop, {}, [&](rtc::ConnectionEvent event) {
    if (auto* found = std::get_if<rtc::IceCandidateFound>(&event)) {
      (void)alice->add_ice_candidate(found->candidate);
    }
    echo(bob, event);
  })));

  if (!alice->create_data_channel("echo")) give_up("There is no channel.");
  const auto offer = need(alice->set_local_description());
  if (auto set = bob->set_remote_description(offer); !set) give_up(set.error().message);
  const auto answer = need(bob->set_local_description());
  if (auto set = alice->set_remote_description(answer); !set) give_up(set.error().message);
  while (echoes < round_trips) {
    loop.run_once(100ms);
    if (Clock::now() > start + 60s) give_up("The two ends did not find each other.");
  }
  using Microseconds = std::chrono::duration<double, std::micro>;
  std::cout << "Open after " << Microseconds(opened - start).count() << " us, and then each of "
            << round_trips << " messages of 64 bytes came back after "
            << Microseconds(Clock::now() - opened).count() / round_trips << " us.\n";
  return 0;
}

// ---- One end here, the other in a browser

/// The value of "sdp" in what JSON.stringify(description) gives.
std::string sdp_of_json(const std::string& line) {
  constexpr std::string_view key = "\"sdp\"";
  const std::size_t begin = line.find('"', line.find(key) + key.size());
  if (line.find(key) == std::string::npos || begin == std::string::npos) give_up("No \"sdp\".");
  std::string sdp;
  for (std::size_t i = begin + 1; i < line.size() && line[i] != '"'; ++i) {
    if (line[i] != '\\')
      sdp += line[i];
    else if (++i < line.size())
      sdp += line[i] == 'r' ? '\r' : line[i] == 'n' ? '\n' : line[i];
  }
  return sdp;
}

std::string json_of_sdp(const std::string& sdp) {
  std::string json = R"({"type":"answer","sdp":")";
  for (const char character : sdp) {
    if (character == '\r')
      json += "\\r";
    else if (character == '\n')
      json += "\\n";
    else if (character == '"' || character == '\\')
      (json += '\\') += character;
    else
      json += character;
  }
  return json + "\"}";
}

int run_answer() {
  pigeon::RtcLoop loop = need(pigeon::RtcLoop::create());
  std::optional<pigeon::PeerConnection> connection;
  bool has_ended = false;
  connection.emplace(need(pigeon::PeerConnection::create(loop, {}, [&](rtc::ConnectionEvent event) {
    if (const auto* changed = std::get_if<rtc::ConnectionStateChanged>(&event)) {
      std::cerr << to_string(changed->state) << ". " << changed->reason << '\n';
      has_ended = changed->state == rtc::ConnectionState::closed ||
                  changed->state == rtc::ConnectionState::failed;
    }
    echo(connection, event);
  })));
  std::cerr << "Paste the offer, as JSON on one line:\n";
  std::string line;
  std::getline(std::cin, line);
  const rtc::SessionDescription offer{rtc::SdpType::offer, sdp_of_json(line)};
  if (auto set = connection->set_remote_description(offer); !set) give_up(set.error().message);
  need(connection->set_local_description());
  while (connection->ice_gathering_state() != rtc::IceGatheringState::complete) {
    loop.run_once(100ms);
  }
  std::cerr << "The answer, for setRemoteDescription of the other side:\n";
  std::cout << json_of_sdp(connection->local_description()->sdp) << std::endl;
  while (!has_ended) loop.run_once(1s);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 1) return run_demo();
  if (count == 2 && std::string_view(arguments[1]) == "--answer") return run_answer();
  give_up("Usage: example_rtc_echo [--answer]");
}
