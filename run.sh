#!/usr/bin/env bash
# Builds the programs and runs a hub with five peers that form a mesh and answer. Arguments go to
# peerpigeon demo (--port 8080, or another number of peers); --build-only builds and stops.
set -euo pipefail
cd "$(dirname "$0")"

build_only=no
if [ "${1:-}" = --build-only ]; then
  build_only=yes
  shift
fi

tools/install_packages.sh run
if [ ! -f build/release/build.ninja ]; then
  echo "Configuring the build in build/release"
  cmake --preset release -DPIGEON_BUILD_TESTS=OFF -DPIGEON_BUILD_BENCH=OFF >/dev/null
fi
cmake --build --preset release --target peerpigeon pigeonhub
[ "$build_only" = yes ] && exit 0
exec build/release/bin/peerpigeon demo "$@"
