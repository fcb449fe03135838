// Round trips, and how long a channel takes to open.
#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include <boost/json/array.hpp>

#include "bench/load/clock.hpp"
#include "bench/load/statistics.hpp"
#include "bench/rtc/own/measure.hpp"
#include "bench/rtc/own/pair.hpp"

namespace pigeon::bench {

namespace {

constexpr std::int64_t answer_time_max = milliseconds_ns(10'000);

boost::json::object spread(const std::vector<double>& samples) {
  return {{"p50", quantile(samples, 0.5)},
          {"p99", quantile(samples, 0.99)},
          {"max", quantile(samples, 1.0)}};
}

}  // namespace

boost::json::object own_round_trip(const OwnSettings& settings) {
  RtcLoop loop = make_loop();
  Pair pair(loop, {});
  open(loop, {&pair});
  const std::vector<std::uint8_t> message(settings.message_bytes, 0xa5);
  const std::span<const std::uint8_t> bytes = message;
  Pair::End& near = pair.near();
  Pair::End& far = pair.far();
  bool is_back = false;
  near.on_message = [&](const std::vector<std::uint8_t>&) { is_back = true; };
  far.on_message = [&](std::vector<std::uint8_t> data) {
    static_cast<void>(far.connection->send_binary(far.channel, std::move(data)));
  };
  const std::size_t warm_up = settings.count / 10;
  std::vector<double> samples;
  for (std::size_t turn = 0; turn < settings.count + warm_up; ++turn) {
    is_back = false;
    const std::int64_t begin = now_ns();
    if (!near.connection->send_binary(near.channel, bytes)) throw std::runtime_error("not sent");
    while (!is_back) {
      loop.run_once(std::chrono::milliseconds(100));
      if (now_ns() > begin + answer_time_max) throw std::runtime_error("nothing came back");
    }
    if (turn >= warm_up) samples.push_back(static_cast<double>(now_ns() - begin) / 1e3);
  }
  return {{"message_bytes", message.size()},
          {"count", samples.size()},
          {"microseconds", spread(samples)}};
}

boost::json::object own_opening(const OwnSettings& settings) {
  RtcLoop loop = make_loop();
  std::vector<double> samples;
  for (std::size_t turn = 0; turn < settings.count; ++turn) {
    const std::int64_t begin = now_ns();
    Pair pair(loop, {});
    open(loop, {&pair});
    samples.push_back(static_cast<double>(now_ns() - begin) / 1e6);
  }
  return {{"count", samples.size()},
          {"milliseconds", spread(samples)},
          {"each", boost::json::array(samples.begin(), samples.end())}};
}

}  // namespace pigeon::bench
