#!/usr/bin/env bash
# Builds everything and runs all tests. FUZZ_SECONDS (10) is how long each fuzz target runs.
# Ends with the number of tests of all parts and exits 1 if one failed.
set -uo pipefail
cd "$(dirname "$0")"

fuzz_seconds=${FUZZ_SECONDS:-10}
passed=0
failed=0
failed_parts=()
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# part NAME COUNTER COMMAND...: runs a command, shows its output, and adds its tests to the sum.
part() {
  local name=$1 counter=$2 start=$SECONDS before=$failed status=0
  shift 2
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee "$out" || status=1
  "$counter" "$status"
  [ "$failed" -gt "$before" ] && failed_parts+=("$name")
  printf -- '-- %s: %d s\n' "$name" $((SECONDS - start))
}

number() { grep -oE "$1" "$out" | grep -oE '[0-9]+' | awk '{ sum += $1 } END { print sum + 0 }'; }

# count N GOOD N BAD with a status that must agree.
add() {
  passed=$((passed + $1))
  failed=$((failed + $2))
  # A part that ends badly without a failed test has failed all the same.
  if [ "$3" -ne 0 ] && [ "$2" -eq 0 ]; then failed=$((failed + 1)); fi
}

count_one() { if [ "$1" -eq 0 ]; then add 1 0 0; else add 0 1 1; fi; }
count_steps() { if [ "$1" -ne 0 ]; then add 0 1 1; fi; }
count_ctest() {
  local bad total
  bad=$(number '[0-9]+ tests? failed out of')
  total=$(number 'out of [0-9]+')
  add $((total - bad)) "$bad" "$1"
}
count_node() { add "$(number '^# pass [0-9]+')" "$(number '^# fail [0-9]+')" "$1"; }
count_unittest() {
  local ran bad
  ran=$(number '^Ran [0-9]+')
  bad=$(number '(failures|errors)=[0-9]+')
  add $((ran - bad)) "$bad" "$1"
}

build() {
  cmake --preset "$1" -DPIGEON_BUILD_TESTS="$2" >/dev/null && cmake --build --preset "$1" "${@:3}"
}

same_trace() {
  local run
  for run in "crowd --seed 4" "mesh --seed 4 --kill 5"; do
    # shellcheck disable=SC2086
    diff <(build/dev/bin/hub_sim $run) <(build/release/bin/hub_sim $run) || return 1
  done
  echo "The traces of both optimization levels are the same."
}

fuzz_all() {
  local target corpus work
  for target in build/fuzz/bin/*_fuzz; do
    corpus=tests/fuzz/corpus/$(basename "$target" _fuzz)
    work=$(mktemp -d)
    # The first folder takes what is new; the kept corpus stays as it is.
    "$target" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 \
      -artifact_prefix=build/fuzz/ -verbosity=0 -print_final_stats=1 "$work" "$corpus" || return 1
    rm -rf "$work"
  done
}

package_test() {
  rm -rf build/package
  cmake --install build/release --prefix "$PWD/build/package/root" >/dev/null &&
    cmake -S tests/package -B build/package/consumer -G Ninja \
      -DCMAKE_PREFIX_PATH="$PWD/build/package/root" >/dev/null &&
    cmake --build build/package/consumer && build/package/consumer/consumer
}

interop() {
  (cd tests/interop && node install.mjs && node --test --test-concurrency=1)
}

part "packages" count_steps tools/install_packages.sh test
part "layers" count_one python3 tools/check_layers.py
part "tests of the layer check" count_unittest python3 -m unittest tools/check_layers_test.py
part "status page" count_node node --test web/status/status_test.mjs
part "build release" count_steps build release ON
part "build dev" count_steps build dev ON
part "unit tests, ASan and UBSan" count_ctest ctest --preset dev -L unit -j2
part "end to end, release" count_ctest ctest --preset release -L e2e
part "same trace at both optimization levels" count_one same_trace
part "build tsan" count_steps build tsan ON --target pigeon_runtime_test
part "threads, TSan" count_ctest ctest --preset tsan -R '^HubDriver'
part "package" count_one package_test
part "build fuzz" count_steps build fuzz OFF --target pigeon_fuzzers
part "fuzz, $fuzz_seconds s a target" count_one fuzz_all
part "interop with unmodified clients" count_node interop

if [ "$failed" -gt 0 ]; then printf '\nFailed: %s\n' "${failed_parts[*]}"; fi
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
