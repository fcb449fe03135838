#!/usr/bin/env bash
# Measures what is built and prints Markdown tables for docs/performance.md; builds nothing.
# Takes up to three quarters of an hour, and wants a machine that does nothing else. Exits with
# another status than 0 if something failed, or if a limit of nodes is not kept.
#   bench/run.sh                                      the hub, the mesh, WebRTC and nodes
#   bench/run.sh [option of hub_bench or case...]     the hub alone (try --help)
#   bench/run.sh rtc [option of rtc_bench or case...] WebRTC alone (try rtc --help)
#   bench/run.sh node [option of node_bench or case...] nodes alone (try node --help)
# Variables: BUILD (build/release), MESH_RUNS (1; 0 leaves the mesh of Node peers out).
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

programs=${BUILD:-build/release}/bin
mesh_runs=${MESH_RUNS:-1}
status=0

for program in pigeonhub hub_bench epoll_relay rtc_bench rtc_own node_bench node_own mesh_sim; do
  if [ ! -x "$programs/$program" ]; then
    echo "There is no $programs/$program. Build it: cmake --preset release" \
      "-DPIGEON_BUILD_TESTS=ON -DPIGEON_BUILD_BENCH=ON && cmake --build --preset release" >&2
    exit 1
  fi
done

if [ "${1:-}" = rtc ]; then
  shift
  exec "$programs/rtc_bench" "$@"
fi
if [ "${1:-}" = node ]; then
  shift
  exec "$programs/node_bench" --strict "$@"
fi
case " $* " in
  *" --help "* | *" -h "*) exec "$programs/hub_bench" --help ;;
esac

echo "## Machine"
echo
echo "- $(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), Linux $(uname -r)"
echo "- $("$programs/pigeonhub" --version | head -1); Node $(node --version 2>/dev/null || echo none)"
echo "- load average before: $(cut -d' ' -f1-3 /proc/loadavg)"
echo
echo "## Hub"
echo
"$programs/hub_bench" --time-limit 720 "$@" || status=$?

# mesh HUB: unmodified peers that joined through that hub, one row a run.
mesh() {
  timeout --kill-after=5 $((75 * mesh_runs)) \
    node tests/interop/mesh.mjs --hub "$1" --peers 40 --runs "$mesh_runs" --json |
    node bench/mesh_table.mjs "$1"
}

if [ "$#" -eq 0 ] && [ "$mesh_runs" -gt 0 ] && [ -d tests/interop/clients/1.1.3/node_modules ]; then
  echo
  echo "## Mesh of 40 unmodified 1.1.3 peers"
  echo
  PIGEONHUB=$programs/pigeonhub mesh ours || status=1
  mesh upstream || status=1
fi

if [ "$#" -eq 0 ]; then
  echo
  echo "## WebRTC"
  echo
  "$programs/rtc_bench" || status=$?
  echo
  echo "## Nodes"
  echo
  "$programs/node_bench" --strict || status=$?
  echo
  echo "### A simulated mesh of 1,000 peers"
  echo
  "$programs/mesh_sim" large --seed 1 || status=$?
fi
echo
echo "- load average after: $(cut -d' ' -f1-3 /proc/loadavg)"
exit "$status"
