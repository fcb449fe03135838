#include "sim/scenarios/mesh_scenarios.hpp"
#include "sim/world/stream_traffic.hpp"

namespace pigeon::sim {

namespace {

constexpr std::size_t stream_bytes_max = 600'000;
constexpr std::size_t message_bytes_max = 200'000;

void send_or_break(MeshRun& run, StreamTraffic& traffic) {
  MeshNode& from = run.random_node();
  const MeshNode* to = run.random_neighbor(from);
  if (to == nullptr) return;
  const std::uint64_t what = run.random().below(10);
  if (what < 4) {
    traffic.send_stream(from, to->id(), run.random().index(stream_bytes_max));
  } else if (what < 7) {
    traffic.send_binary(from, to->id(), 8 + run.random().index(message_bytes_max));
  } else if (what < 9) {
    run.break_some_link();
  } else {
    traffic.give_up_some_stream(run.random());
  }
}

}  // namespace

MeshOutcome run_mesh_streams(const MeshScenario& scenario) {
  MeshRun run(scenario);
  run.join(scenario.node_count, scenario.upstream_percent.value_or(0), 200ms);
  run.wait_until_whole(60s);
  run.world().run_for(10s);
  {
    StreamTraffic traffic(run.world());
    for (int i = 0; i < 60; ++i) {
      send_or_break(run, traffic);
      run.world().run_for(500ms);
      if (i % 4 == 0) traffic.resume();
    }
    run.wait_until(
        [&] {
          traffic.resume();
          return traffic.is_all_complete();
        },
        120s);
    traffic.check_end();
  }
  run.check_broadcasts(3, 15s);
  run.check_directs(10, 15s);
  return run.outcome();
}

}  // namespace pigeon::sim
