// Many pairs in one process.
#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

#include <malloc.h>

#include "bench/load/child.hpp"
#include "bench/load/clock.hpp"
#include "bench/rtc/own/measure.hpp"
#include "bench/rtc/own/pair.hpp"

namespace pigeon::bench {

namespace {

constexpr double settle_seconds = 2;
constexpr double kibibyte = 1024;
constexpr std::size_t opened_at_once = 10;
constexpr std::size_t message_bytes = 100;
/// Turns of a second in which a share of the pairs speaks.
constexpr std::size_t turns = 20;

using Crowd = std::vector<std::unique_ptr<Pair>>;

void run(RtcLoop& loop, double seconds) {
  const std::int64_t end = now_ns() + static_cast<std::int64_t>(seconds * 1e9);
  for (std::int64_t left = end - now_ns(); left > 0; left = end - now_ns()) {
    loop.run_once(std::chrono::microseconds(left / 1'000 + 1));
  }
}

/// Adds pairs until there are `count`, a few at a time as in reference.mjs.
void fill(RtcLoop& loop, Crowd& crowd, std::size_t count) {
  while (crowd.size() < count) {
    std::vector<Pair*> batch;
    for (std::size_t i = 0; i < opened_at_once && crowd.size() < count; ++i) {
      batch.push_back(
          crowd.emplace_back(std::make_unique<Pair>(loop, PeerConnectionOptions{})).get());
    }
    open(loop, batch);
  }
}

/// What grows with each pair.
class Footprint {
 public:
  static Footprint now() { return {memory_of(getpid()), mallinfo2().uordblks}; }

  double resident_kib_each(const Footprint& before, std::size_t count) const {
    return growth(before.memory_.resident, memory_.resident, count);
  }
  double allocated_kib_each(const Footprint& before, std::size_t count) const {
    return growth(before.allocated_, allocated_, count);
  }
  const Memory& memory() const { return memory_; }

 private:
  Footprint(Memory memory, std::size_t allocated) : memory_(memory), allocated_(allocated) {}

  static double growth(std::size_t before, std::size_t after, std::size_t count) {
    return (static_cast<double>(after) - static_cast<double>(before)) / kibibyte /
           static_cast<double>(count);
  }

  Memory memory_;
  std::size_t allocated_;
};

boost::json::object describe(const Footprint& before, const Footprint& after, std::size_t count,
                             double cpu, double seconds) {
  return {{"pairs", count},
          {"rss_kibibytes_per_pair", after.resident_kib_each(before, count)},
          {"allocated_kibibytes_per_pair", after.allocated_kib_each(before, count)},
          {"rss_mebibytes", static_cast<double>(after.memory().resident) / kibibyte / kibibyte},
          {"threads", after.memory().threads},
          {"cpu_percent", 100 * cpu / seconds}};
}

/// Lets each pair say something once in a second and the other end send it back. Gives the number
/// of answers that came.
std::size_t chatter(RtcLoop& loop, Crowd& crowd, std::size_t seconds) {
  std::size_t answers = 0;
  for (auto& pair : crowd) {
    Pair::End& far = pair->far();
    pair->near().on_message = [&answers](const auto&) { ++answers; };
    far.on_message = [&far](std::vector<std::uint8_t> data) {
      static_cast<void>(far.connection->send_binary(far.channel, std::move(data)));
    };
  }
  const std::vector<std::uint8_t> message(message_bytes, 0xa5);
  const std::span<const std::uint8_t> bytes = message;
  const std::int64_t begin = now_ns();
  for (std::size_t turn = 0; turn < seconds * turns; ++turn) {
    for (std::size_t i = turn % turns; i < crowd.size(); i += turns) {
      Pair::End& near = crowd[i]->near();
      static_cast<void>(near.connection->send_binary(near.channel, bytes));
    }
    const double next = static_cast<double>(turn + 1) / static_cast<double>(turns);
    run(loop, next - to_seconds(now_ns() - begin));
  }
  run(loop, 1);
  return answers;
}

}  // namespace

boost::json::object own_idle(const OwnSettings& settings) {
  RtcLoop loop = make_loop();
  Crowd crowd;
  // One pair first, so that what the library needs once is not counted.
  fill(loop, crowd, 1);
  run(loop, settle_seconds);
  const Footprint before = Footprint::now();
  fill(loop, crowd, settings.count + 1);
  run(loop, settle_seconds);
  const Footprint after = Footprint::now();
  const double cpu_before = own_cpu().total;
  const auto seconds = static_cast<double>(settings.seconds);
  run(loop, seconds);
  const double cpu = own_cpu().total - cpu_before;
  for (const auto& pair : crowd) {
    if (!pair->is_connected()) throw std::runtime_error("a pair is not connected any more");
  }
  return describe(before, after, settings.count, cpu, seconds);
}

boost::json::object own_many(const OwnSettings& settings) {
  RtcLoop loop = make_loop();
  Crowd crowd;
  fill(loop, crowd, 1);
  const Footprint before = Footprint::now();
  const std::int64_t begin = now_ns();
  fill(loop, crowd, settings.count + 1);
  const double open_seconds = to_seconds(now_ns() - begin);
  const double cpu_before = own_cpu().total;
  const std::size_t answers = chatter(loop, crowd, settings.seconds);
  const auto seconds = static_cast<double>(settings.seconds + 1);
  boost::json::object result =
      describe(before, Footprint::now(), settings.count, own_cpu().total - cpu_before, seconds);
  result["open_seconds"] = open_seconds;
  result["messages"] = crowd.size() * settings.seconds;
  result["answers"] = answers;
  result["connected"] =
      std::ranges::count_if(crowd, [](const auto& pair) { return pair->is_connected(); });
  return result;
}

}  // namespace pigeon::bench
