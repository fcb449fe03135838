#include "sim/scenarios/rtc_pair.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "sim/world/stun_server.hpp"
#include "suite/seeded_openssl.hpp"

namespace pigeon::sim {

namespace {

constexpr SocketAddress stun_address{IpAddress(IpAddress::V4{203, 0, 113, 1}), 3478};
constexpr std::array<NatKind, 4> nat_kinds = {NatKind::full_cone, NatKind::restricted_cone,
                                              NatKind::port_restricted_cone, NatKind::symmetric};

/// The network of a run, with hosts behind NATs or not.
class RtcWorld {
 public:
  RtcWorld(std::uint64_t seed, const PathConditions& path)
      : random(Random::from_number(seed)),
        network(scheduler, random.split()),
        stun_(stun_address, network) {
    suite::seed_openssl(random.split());
    network.set_conditions(path);
  }

  static IpAddress inner_address(std::size_t host, std::uint8_t number) {
    return IpAddress(IpAddress::V4{10, static_cast<std::uint8_t>(host), 0, number});
  }

  /// Gives a host two inner addresses behind a NAT, if it is to have one.
  void add_host(std::size_t host, std::optional<NatKind> kind) {
    nats.resize(std::max(nats.size(), host + 1));
    if (!kind) return;
    const IpAddress outer(IpAddress::V4{198, 51, 100, static_cast<std::uint8_t>(1 + host)});
    nats[host] = std::make_unique<Nat>(*kind, outer);
    for (std::uint8_t number = 1; number <= 2; ++number) {
      network.put_behind(inner_address(host, number), *nats[host]);
    }
  }

  RtcMeeting::Seat seat(std::size_t host, std::uint16_t port,
                        rtc::Configuration configuration) const {
    if (nats[host]) configuration.transport.ice.stun_servers = {stun_address};
    return {std::move(configuration), {{inner_address(host, 1), port}}};
  }

  Scheduler scheduler;
  Random random;
  DatagramNetwork network;
  std::vector<std::unique_ptr<Nat>> nats;

 private:
  StunServer stun_;
};

void plan_changes(const RtcPairOptions& options, RtcWorld& world, RtcMeeting& meeting) {
  if (options.rebind_after) {
    world.scheduler.after(*options.rebind_after, [&world] {
      for (auto& nat : world.nats) {
        if (nat) nat->rebind();
      }
    });
  }
  if (options.move_after) {
    world.scheduler.after(*options.move_after, [&meeting] {
      meeting.peer(0).move_to({{RtcWorld::inner_address(0, 2), 5'001}});
    });
  }
  if (options.cut_after) {
    world.scheduler.after(*options.cut_after,
                          [&world] { world.network.cut_off(RtcWorld::inner_address(0, 1), true); });
  }
}

void run_until(RtcWorld& world, Duration limit, const auto& is_finished) {
  const Instant end = world.scheduler.now().monotonic + limit;
  while (world.scheduler.now().monotonic < end && !is_finished()) world.scheduler.run_for(100ms);
}

}  // namespace

RtcPairOutcome run_rtc_pair(const RtcPairOptions& options) {
  RtcWorld world(options.seed, options.path);
  for (std::size_t host = 0; host < 2; ++host) world.add_host(host, options.nats[host]);
  RtcMeetingOptions meeting_options = options.meeting;
  meeting_options.signaling_delay = options.path.delay;
  RtcMeeting meeting(
      meeting_options,
      {world.seat(0, 5'000, options.configuration), world.seat(1, 5'000, options.configuration)},
      world.network, world.scheduler, world.random.split());
  plan_changes(options, world, meeting);
  meeting.start();
  run_until(world, options.duration, [&] { return meeting.is_finished(); });
  return {meeting.conclude(), world.network.counters()};
}

RtcCrowdOutcome run_rtc_crowd(const RtcCrowdOptions& options) {
  RtcWorld world(options.seed, options.path);
  for (std::size_t host = 0; host < options.host_count; ++host) {
    const bool has_nat = world.random.chance(1, 2);
    world.add_host(host, has_nat ? std::optional(nat_kinds[world.random.below(nat_kinds.size())])
                                 : std::nullopt);
  }
  std::vector<std::unique_ptr<RtcMeeting>> meetings;
  for (std::size_t a = 0; a < options.host_count; ++a) {
    for (std::size_t b = a + 1; b < options.host_count; ++b) {
      const auto port = [](std::size_t other) { return static_cast<std::uint16_t>(5'000 + other); };
      meetings.push_back(std::make_unique<RtcMeeting>(
          options.meeting, std::array{world.seat(a, port(b), {}), world.seat(b, port(a), {})},
          world.network, world.scheduler, world.random.split()));
      meetings.back()->start();
    }
  }
  run_until(world, options.duration, [&] {
    return std::ranges::all_of(meetings, [](const auto& one) { return one->is_finished(); });
  });
  RtcCrowdOutcome outcome;
  for (const auto& meeting : meetings) outcome.meetings.push_back(meeting->conclude());
  return outcome;
}

RtcPairOptions random_rtc_pair(std::uint64_t seed) {
  Random random = Random::from_number(seed).split();
  RtcPairOptions options;
  options.seed = seed;
  options.path.delay = Duration(static_cast<std::int64_t>(random.below(150'000)));
  options.path.jitter = random.chance(1, 2)
                            ? Duration(static_cast<std::int64_t>(random.below(50'000)))
                            : Duration::zero();
  if (random.chance(2, 3)) options.path.loss = static_cast<std::uint32_t>(random.below(2'001));
  if (random.chance(1, 3)) {
    options.path.duplication = static_cast<std::uint32_t>(random.below(1'000));
  }
  if (random.chance(1, 4)) options.path.datagram_size_max = 1'200 + random.below(300);
  if (random.chance(1, 4)) options.path.bandwidth = 100'000 + random.below(2'000'000);
  for (auto& nat : options.nats) {
    if (random.chance(1, 2)) nat = nat_kinds[random.below(nat_kinds.size())];
  }
  const auto moment = [&random] {
    return Duration(static_cast<std::int64_t>(random.below(8'000'000)));
  };
  if (random.chance(1, 8)) options.rebind_after = moment();
  if (random.chance(1, 10)) options.cut_after = moment();
  if (random.chance(1, 10)) options.move_after = moment();
  return options;
}

std::string to_text(const RtcPairOptions& options) {
  const auto ms = [](Duration duration) { return std::to_string(duration / 1ms) + " ms"; };
  std::string text = "seed " + std::to_string(options.seed) + ", delay " + ms(options.path.delay) +
                     ", jitter " + ms(options.path.jitter) + ", loss " +
                     std::to_string(options.path.loss) + ", duplication " +
                     std::to_string(options.path.duplication) + " of 10,000, datagrams up to " +
                     std::to_string(options.path.datagram_size_max) + " bytes, bandwidth " +
                     std::to_string(options.path.bandwidth);
  constexpr std::array<const char*, 4> names = {"full cone", "restricted cone",
                                                "port restricted cone", "symmetric"};
  for (const auto& nat : options.nats) {
    text += nat ? std::string(", ") + names[static_cast<std::size_t>(*nat)] : ", no NAT";
  }
  if (options.rebind_after) text += ", rebinding after " + ms(*options.rebind_after);
  if (options.move_after) text += ", moving after " + ms(*options.move_after);
  if (options.cut_after) text += ", cut off after " + ms(*options.cut_after);
  return text;
}

}  // namespace pigeon::sim
