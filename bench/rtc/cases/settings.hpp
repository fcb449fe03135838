#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "bench/load/implementation.hpp"
#include "bench/load/report.hpp"

namespace pigeon::bench {

/// What the command line of `rtc_bench` can change.
struct RtcSettings {
  /// `rtc_own` and `rtc_flow`.
  std::filesystem::path own;
  std::filesystem::path flow;
  /// Others, as far as they are there.
  std::vector<Implementation> references;
  /// Of each measurement of time; the median is shown.
  std::size_t rounds = 5;
  std::size_t mebibytes = 256;
  std::size_t pairs = 200;
  std::size_t idle_seconds = 20;
  std::size_t many_pairs = 1'000;
  std::size_t many_seconds = 60;
  /// Simulated transfers under each condition.
  std::size_t seeds = 9;

  Implementation ours() const { return {"ours", {own.string()}}; }
  /// Ours first.
  std::vector<Implementation> all() const {
    std::vector<Implementation> list = {ours()};
    list.insert(list.end(), references.begin(), references.end());
    return list;
  }
};

/// Bytes a second, and what they cost.
void measure_throughput(const RtcSettings& settings, Report& report);
/// Small messages that come back.
void measure_round_trip(const RtcSettings& settings, Report& report);
/// From nothing to an open channel.
void measure_opening(const RtcSettings& settings, Report& report);
/// Memory, threads and processor time of pairs that say nothing.
void measure_pairs(const RtcSettings& settings, Report& report);
/// A thousand pairs that say a little.
void measure_many(const RtcSettings& settings, Report& report);
/// Goodput on simulated paths that lose packets.
void measure_loss(const RtcSettings& settings, Report& report);

}  // namespace pigeon::bench
