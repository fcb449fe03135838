#!/usr/bin/env bash
# Installs the missing packages of packaging/debian-packages.txt: of its section "run", or of all with
# the argument "test". Quick when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

section=${1:-run}
if [ "$section" = run ]; then
  list=$(sed '/^# test:/,$d' packaging/debian-packages.txt)
else
  list=$(cat packaging/debian-packages.txt)
fi
wanted=$(printf '%s\n' "$list" | grep -v '^#' | grep -v '^$')
# A node from elsewhere serves as well as Debian's.
if [ "$section" = test ] && ! command -v npm >/dev/null; then
  wanted="$wanted nodejs npm"
fi

missing=()
for package in $wanted; do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing: ${missing[*]}. Install them as root, then try again." >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "Installing ${#missing[@]} packages: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
  "${missing[@]}" >/dev/null
