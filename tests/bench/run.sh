#!/bin/sh
# Runs every benchmark: the programs bench_* of a build and the scripts bench_*.sh beside this file.
#   run.sh small [BUILD]   to show that they run (what CI does, on the build that is there)
#   run.sh large [BUILD]   the figures of docs/benchmarks.md; builds the preset `bench` first
# Each program and script takes the size as its last argument.
set -u
cd "$(dirname "$0")/../.."
size=${1:-small}
case $size in
  small) build=${2:-build/dev} ;;
  large)
    build=${2:-build/bench}
    if [ $# -lt 2 ]; then
      cmake --preset bench >/dev/null && cmake --build --preset bench -j "$(nproc)" >/dev/null || exit 1
    fi ;;
  *) echo "usage: run.sh small|large [BUILD]" >&2; exit 2 ;;
esac
[ -x "$build/adapter/agent/sekisho" ] || { echo "$build: nothing is built here" >&2; exit 1; }

failed=0
echo "machine: $(nproc) cores, $(awk '/MemTotal/ { print int($2 / 1048576) }' /proc/meminfo) GB"
for program in $(find "$build" -type f -name 'bench_*' -perm -u+x ! -name '*.*' | sort); do
  echo "== $(basename "$program") $size"
  "$program" "$size" || failed=1
done
for script in tests/bench/bench_*.sh; do
  echo "== $(basename "$script") $size"
  sh "$script" "$build" "$size" || failed=1
done
exit "$failed"
