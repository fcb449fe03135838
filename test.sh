#!/usr/bin/env bash
# Builds everything and runs all tests. FUZZ_SECONDS (10) is how long each fuzz target runs.
# Ends with the number of tests of all parts and exits 1 if one failed.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

fuzz_seconds=${FUZZ_SECONDS:-10}
passed=0
failed=0
summary=()
results=$PWD/build/test-results
rm -rf "$results"
mkdir -p "$results"
out=$results/output

# part NAME COUNTER COMMAND...: runs a command, shows its output, and adds its tests to the sum.
part() {
  local name=$1 counter=$2 start=$SECONDS status=0
  local passed_before=$passed failed_before=$failed
  shift 2
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee "$out" || status=1
  "$counter" "$status"
  summary+=("$(printf '%-44s %5d s %6d passed %4d failed' "$name" $((SECONDS - start)) \
    $((passed - passed_before)) $((failed - failed_before)))")
}

# The sum of the first numbers in all matches of a pattern in the part's output.
number() { grep -oE "$1" "$out" | grep -oE '[0-9]+' | awk '{ sum += $1 } END { print sum + 0 }'; }

# add GOOD BAD STATUS
add() {
  passed=$((passed + $1))
  failed=$((failed + $2))
  # A part that ends badly without a failed test, or that has no tests, has failed all the same.
  if [ "$2" -eq 0 ] && { [ "$3" -ne 0 ] || [ "$1" -eq 0 ]; }; then failed=$((failed + 1)); fi
}

# Counters get the status of the part's command.
count_one() { if [ "$1" -eq 0 ]; then add 1 0 0; else add 0 1 1; fi; }
count_steps() { if [ "$1" -ne 0 ]; then add 0 1 1; fi; }
count_ctest() {
  local bad total
  bad=$(number '[0-9]+ tests? failed out of')
  total=$(grep -oE 'out of [0-9]+' "$out" | grep -oE '[0-9]+')
  add $((${total:-0} - bad)) "$bad" "$1"
}
# The cases in the reports of the GoogleTest programs that ctest has run.
count_cases() {
  cat "$results"/cases/*.xml 2>/dev/null | grep '<testsuites ' >"$out"
  local total bad
  total=$(number ' tests="[0-9]+"')
  bad=$(number ' failures="[0-9]+"')
  add $((total - bad)) "$bad" "$1"
}
count_node() { add "$(number '^[^ ]+ pass [0-9]+')" "$(number '^[^ ]+ fail [0-9]+')" "$1"; }
count_unittest() {
  local ran bad
  ran=$(number '^Ran [0-9]+')
  bad=$(number '(failures|errors)=[0-9]+')
  add $((ran - bad)) "$bad" "$1"
}
# Every run of a simulated mesh is a test.
count_mesh() { add "$(grep -c '^ok ' "$out")" "$(grep -c '^BAD ' "$out")" "$1"; }
count_fuzz() { add "$(grep -c '^clean: ' "$out")" "$(grep -c '^crashed: ' "$out")" "$1"; }

# build PRESET TESTS [TARGET...]
build() {
  local preset=$1 tests=$2
  shift 2
  cmake --preset "$preset" -DPIGEON_BUILD_TESTS="$tests" >/dev/null &&
    cmake --build --preset "$preset" ${1:+--target "$@"}
}

# end_to_end PRESET [CTEST ARGUMENT...]
end_to_end() {
  rm -rf "$results/cases"
  GTEST_OUTPUT="xml:$results/cases/" ctest --preset "$@"
}

same_trace() {
  local run
  for run in "crowd --seed 4" "mesh --seed 4 --kill 5"; do
    # shellcheck disable=SC2086
    diff <(build/dev/bin/hub_sim $run) <(build/release/bin/hub_sim $run) || return 1
  done
  echo "The traces of both optimization levels are the same."
}

# Prints one line for a target, and everything it said if it has found something.
fuzz_one() {
  local target=$1 name log status=0
  name=$(basename "$target" _fuzz)
  log=build/fuzz/$name.log
  mkdir -p "build/fuzz/found/$name"
  # The first folder takes what is new; the kept corpus stays as it is.
  "$target" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/$name-" "build/fuzz/found/$name" \
    "tests/fuzz/corpus/$name" >"$log" 2>&1 || status=1
  if [ "$status" -eq 0 ]; then
    echo "clean: $name, $(grep -oE 'executed_units: +[0-9]+' "$log" | grep -oE '[0-9]+') executions"
  else
    cat "$log"
    echo "crashed: $name"
  fi
}

fuzz_all() {
  local log=$results/fuzz
  export -f fuzz_one
  export fuzz_seconds
  printf '%s\n' build/fuzz/bin/*_fuzz |
    xargs -P "$(nproc)" -I{} bash -c 'fuzz_one {}' | tee "$log"
  ! grep -q '^crashed: ' "$log"
}

simulate_rtc() {
  build/release/bin/rtc_sim --seed 1 --count 2000 &&
    diff <(build/dev/bin/rtc_sim --verbose --seed 1 --count 20) \
      <(build/release/bin/rtc_sim --verbose --seed 1 --count 20) &&
    echo "The traces of both optimization levels are the same."
}

build_wasm() {
  (cd tests/wasm && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci; }) &&
    build wasm OFF
}

# The large mesh runs beside the small ones.
simulate_mesh() {
  local log=$results/mesh_large status=0
  build/release/bin/mesh_sim large --seed 1 >"$log" 2>&1 &
  build/release/bin/mesh_sim small --seed 1 --count 50 || status=1
  wait $! || status=1
  cat "$log"
  [ "$status" -eq 0 ] &&
    diff <(build/dev/bin/mesh_sim small --seed 1) <(build/release/bin/mesh_sim small --seed 1) &&
    echo "The traces of both optimization levels are the same."
}

package() {
  rm -rf build/package
  cmake --install build/release --prefix "$PWD/build/package/root" >/dev/null &&
    cmake -S tests/package -B build/package/consumer -G Ninja \
      -DCMAKE_PREFIX_PATH="$PWD/build/package/root" >/dev/null &&
    cmake --build build/package/consumer && build/package/consumer/consumer &&
    build/package/consumer/consumer_c &&
    build/package/root/bin/pigeonhub --version
}

# interop FOLDER: repeats what upstream's clients may have spoilt (tests/interop/README.md).
interop() { node tests/interop/install.mjs && node tests/interop/run_files.mjs "$1"; }

interop_rtc() {
  (cd tests/interop && node install.mjs && cd rtc && node --test --test-concurrency=1)
}


part "packages" count_steps tools/install_packages.sh test
part "layers" count_one python3 tools/check_layers.py
part "tests of the layer check" count_unittest python3 -m unittest tools/check_layers_test.py
part "status page" count_node node --test web/status/status_test.mjs
part "build release" count_steps build release ON
part "build dev" count_steps build dev ON
part "unit tests, ASan and UBSan" count_ctest ctest --preset dev --no-tests=error -L unit -j2
part "end to end, release" count_cases end_to_end release -L e2e
part "end to end, ASan and UBSan" count_cases end_to_end dev -R 'e2e.(bad_input|c_interface|http|node|peerpigeon|rfc6455|rtc|socket|udp)'
part "build tsan" count_steps build tsan ON hub_c_interface_test hub_drain_test hub_library_test \
  hub_node_test hub_signaling_test hub_tls_test
part "end to end, ThreadSanitizer" count_cases end_to_end tsan -R 'e2e.(c_interface|drain|library|node|signaling|tls)' -j2
part "same trace at both optimization levels" count_one same_trace
part "simulated WebRTC" count_one simulate_rtc
part "simulated meshes" count_mesh simulate_mesh
part "build wasm" count_steps build_wasm
part "the cores as WebAssembly" count_node node --test tests/wasm/cores.test.mjs
part "package" count_one package
part "build fuzz" count_steps build fuzz OFF pigeon_fuzzers
part "fuzz, $fuzz_seconds s a target" count_fuzz fuzz_all
part "interop with unmodified clients" count_node interop tests/interop
part "interop of WebRTC" count_node interop_rtc
part "interop of native peers" count_node interop tests/interop/node
part "commands of the documentation" count_unittest python3 tests/docs/commands_test.py

printf '\n== summary\n'
printf '%s\n' "${summary[@]}" "$(printf '%-44s %5d s' all "$SECONDS")"
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
