#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/peerpigeon/doctor_parts.hpp"
#include "pigeon/peer_connection.hpp"

namespace peerpigeon {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace rtc = pigeon::rtc;

constexpr auto gathering_time_max = 8s;
constexpr auto connecting_time_max = 10s;

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1";
}

/// One end of a connection, and what has come of it.
struct End {
  std::optional<pigeon::PeerConnection> connection;
  std::vector<CandidateText> candidates;
  bool has_gathered = false;
  rtc::IceConnectionState ice = rtc::IceConnectionState::idle;
  rtc::ConnectionState state = rtc::ConnectionState::idle;
  bool is_channel_open = false;
  std::string reason;
  std::function<void(const rtc::IceCandidate&)> found;

  void take(const rtc::ConnectionEvent& event) {
    if (const auto* candidate = std::get_if<rtc::IceCandidateFound>(&event)) {
      if (candidate->candidate.candidate.empty()) return;
      candidates.push_back(parse_candidate(candidate->candidate.candidate));
      if (found) found(candidate->candidate);
    } else if (const auto* gathering = std::get_if<rtc::IceGatheringStateChanged>(&event)) {
      has_gathered = gathering->state == rtc::IceGatheringState::complete;
    } else if (const auto* changed = std::get_if<rtc::IceConnectionStateChanged>(&event)) {
      ice = changed->state;
    } else if (const auto* state_changed = std::get_if<rtc::ConnectionStateChanged>(&event)) {
      state = state_changed->state;
      reason = state_changed->reason;
    } else if (std::holds_alternative<rtc::ChannelOpened>(event)) {
      is_channel_open = true;
    }
  }
};

/// Opens an end; the error is a sentence.
pigeon::Result<void, std::string> open(End& end, pigeon::RtcLoop& loop,
                                       const pigeon::PeerConnectionOptions& options) {
  auto made = pigeon::PeerConnection::create(
      loop, options, [&end](const rtc::ConnectionEvent& event) { end.take(event); });
  if (!made) return pigeon::Unexpected(made.error().message);
  end.connection.emplace(*std::move(made));
  return {};
}

void run_until(pigeon::RtcLoop& loop, Clock::duration longest, const std::function<bool()>& done) {
  const auto until = Clock::now() + longest;
  while (!done() && Clock::now() < until) loop.run_once(50ms);
}

std::vector<std::string> addresses_of(const End& end, std::string_view type) {
  std::vector<std::string> addresses;
  for (const CandidateText& candidate : end.candidates) {
    if (candidate.type != type || candidate.transport != "udp") continue;
    if (std::ranges::find(addresses, candidate.address) == addresses.end()) {
      addresses.push_back(candidate.address);
    }
  }
  return addresses;
}

void tell_host_addresses(const End& end, Checkup& checkup) {
  const auto addresses = addresses_of(end, "host");
  if (addresses.empty()) {
    checkup.fail("addresses", "this machine has no address that peers could use",
                 "connect it to a network; for peers of this machine alone give "
                 "--addresses 127.0.0.1");
    return;
  }
  const bool is_alone = std::ranges::all_of(addresses, is_loopback);
  checkup.pass("addresses",
               fmt::format("peers can try {}{}", fmt::join(addresses, ", "),
                           is_alone ? "; only those of this machine will succeed" : ""));
}

void tell_server_addresses(const End& end, const Settings& settings, Checkup& checkup) {
  if (settings.ice_servers.empty()) {
    checkup.skip("stun",
                 "no server is named; peers behind other routers are reached only with one "
                 "(--ice-servers)");
    return;
  }
  auto seen = addresses_of(end, "srflx");
  const auto relays = addresses_of(end, "relay");
  seen.insert(seen.end(), relays.begin(), relays.end());
  if (seen.empty()) {
    checkup.fail("stun",
                 fmt::format("no answer from {} that tells another address than our own",
                             settings.ice_servers),
                 "check the name and the port, and whether UDP passes the firewall; on the "
                 "server's own network there is no other address to tell");
    return;
  }
  checkup.pass("stun", fmt::format("others see {}", fmt::join(seen, ", ")));
}

/// Connects two ends that hand each other everything; the error is a sentence.
pigeon::Result<void, std::string> introduce(End& caller, End& callee) {
  caller.found = [&](const rtc::IceCandidate& candidate) {
    (void)callee.connection->add_ice_candidate(candidate);
  };
  callee.found = [&](const rtc::IceCandidate& candidate) {
    (void)caller.connection->add_ice_candidate(candidate);
  };
  if (!caller.connection->create_data_channel("doctor")) {
    return pigeon::Unexpected(std::string("there is no data channel"));
  }
  const auto offer = caller.connection->set_local_description();
  if (!offer) return pigeon::Unexpected(offer.error().message);
  if (const auto set = callee.connection->set_remote_description(*offer); !set) {
    return pigeon::Unexpected(set.error().message);
  }
  const auto answer = callee.connection->set_local_description();
  if (!answer) return pigeon::Unexpected(answer.error().message);
  if (const auto set = caller.connection->set_remote_description(*answer); !set) {
    return pigeon::Unexpected(set.error().message);
  }
  return {};
}

void tell_connection(const End& caller, const End& callee, Checkup& checkup) {
  const std::size_t pairs = caller.candidates.size() * callee.candidates.size();
  const auto stats = caller.connection->get_stats();
  if (stats.local_address.empty()) {
    checkup.fail("ice",
                 fmt::format("none of {} candidate pairs works, although both ends are "
                             "here{}{}",
                             pairs, caller.reason.empty() ? "" : ": ", caller.reason),
                 "let UDP pass the firewall of this machine");
    return;
  }
  checkup.pass("ice", fmt::format("{} candidate pairs; {} to {} works", pairs, stats.local_address,
                                  stats.remote_address));
  if (caller.state != rtc::ConnectionState::connected) {
    checkup.fail(
        "dtls",
        fmt::format("the handshake does not come to its end; the connection is {}{}{}",
                    to_string(caller.state), caller.reason.empty() ? "" : ": ", caller.reason),
        "check whether datagrams of more than 1,200 bytes are lost (MTU)");
    return;
  }
  checkup.pass("dtls", "the handshake is done");
  if (caller.is_channel_open && callee.is_channel_open) {
    checkup.pass("channel", "the data channel is open");
  } else {
    checkup.fail("channel", "the data channel does not open",
                 "run it again with less load on the machine, and report it if it stays");
  }
}

}  // namespace

CandidateText parse_candidate(std::string_view text) {
  // candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type>
  std::vector<std::string> words;
  while (!text.empty() && words.size() < 8) {
    const auto end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (words.size() < 8 || !words[0].starts_with("candidate:") || words[6] != "typ") return {};
  std::ranges::transform(words[2], words[2].begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return {words[2], words[4], words[5], words[7]};
}

void check_addresses(const Settings& settings, Checkup& checkup) {
  const pigeon::NodeOptions options = node_options(settings);
  auto loop = pigeon::RtcLoop::create(options.addresses);
  if (!loop) {
    checkup.fail("addresses", loop.error().message, "check --addresses");
    return;
  }
  End end;
  const auto opened = open(end, *loop, {.ice_servers = options.ice_servers});
  if (!opened) {
    checkup.fail("addresses", opened.error(), "check --addresses and --ice-servers");
    return;
  }
  (void)end.connection->create_data_channel("doctor");
  (void)end.connection->set_local_description();
  run_until(*loop, gathering_time_max, [&] { return end.has_gathered; });
  tell_host_addresses(end, checkup);
  tell_server_addresses(end, settings, checkup);
}

void check_webrtc(const Settings& settings, Checkup& checkup) {
  auto loop = pigeon::RtcLoop::create(node_options(settings).addresses);
  End caller;
  End callee;
  pigeon::Result<void, std::string> introduced;
  if (!loop) introduced = pigeon::Unexpected(loop.error().message);
  if (introduced) introduced = open(caller, *loop, {});
  if (introduced) introduced = open(callee, *loop, {});
  if (introduced) introduced = introduce(caller, callee);
  if (!introduced) {
    checkup.fail("ice", introduced.error(), "check --addresses");
    return;
  }
  run_until(*loop, connecting_time_max, [&] {
    return (caller.is_channel_open && callee.is_channel_open) ||
           caller.state == rtc::ConnectionState::failed;
  });
  tell_connection(caller, callee, checkup);
}

}  // namespace peerpigeon
