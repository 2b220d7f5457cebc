#!/bin/sh
# Real fuzzing: builds the targets with libFuzzer, ASan and UBSan, runs each over its kept corpus,
# keeps what reached new code in tests/fuzz/corpus, and adds the executions to docs/fuzzing.md.
#
#   tests/fuzz/run.sh [--fast] [--executions N] [--seconds S] [--jobs J] [--built] [target ...]
#
# --fast: with the assertions of the code and of the standard library instead of the sanitizers,
# several times as fast; what it finds, the next run without it executes too. Without targets: all.
# A target ends after N executions (10,000,000) or S seconds (no limit); J run at once (1). --built
# builds nothing. FUZZ_BUILD: where the build folders are, instead of build.
# (-entropic=0 and -detect_leaks=0: their bookkeeping costs more than the targets do.)
# A fault is shown with its input's path, the other targets go on, and the status is 1.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
builds=${FUZZ_BUILD:-$root/build}
preset=fuzz
kept=$root/tests/fuzz/corpus
executions=10000000
seconds=0
jobs=1
built=
targets=
while [ $# -gt 0 ]; do
  case $1 in
    --fast) preset=fuzz-fast; shift ;;
    --executions) executions=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --jobs) jobs=$2; shift 2 ;;
    --built) built=yes; shift ;;
    -*) echo "$0: unknown option $1; its head says which there are" >&2; exit 2 ;;
    *) targets="$targets ${1#fuzz_}"; shift ;;
  esac
done
build=$builds/$preset
all=$(ls "$kept")
: "${targets:=$all}"
for target in $targets; do
  if [ ! -d "$kept/$target" ]; then
    echo "$0: no target $target; there are:" $all >&2
    exit 2
  fi
done

if [ -z "$built" ]; then
  cmake -S "$root" --preset "$preset" -B "$build" > /dev/null
  for target in $targets; do echo "fuzz_$target"; done |
    xargs cmake --build "$build" --parallel "$(nproc)" --target
fi
if [ "$jobs" -gt 1 ]; then
  fast=$([ "$preset" = fuzz ] || echo --fast)
  printf '%s\n' $targets |
    xargs -n 1 -P "$jobs" "$0" $fast --built --executions "$executions" --seconds "$seconds"
  exit
fi

# Adds to the executions in a target's row of the table in docs/fuzzing.md.
column=$([ "$preset" = fuzz ] && echo 3 || echo 4)
add_total() {
  (
    flock 9
    awk -F '|' -v OFS='|' -v target="$1" -v more="$2" -v column="$column" \
      '$2 == " " target " " { $column = sprintf(" %.0f ", $column + more) } { print }' \
      "$root/docs/fuzzing.md" > "$builds/fuzzing.md"
    cp "$builds/fuzzing.md" "$root/docs/fuzzing.md"
  ) 9> "$builds/fuzzing.lock"
}

faults=0
for target in $targets; do
  program=$(find "$build/" -type f -name "fuzz_$target")
  found=$builds/found/$target
  log=$build/fuzz_$target.log
  mkdir -p "$found" "$builds/faults"
  dictionary=$root/tests/fuzz/dictionaries/$target.dict
  if [ -f "$dictionary" ]; then set -- "-dict=$dictionary"; else set --; fi
  if ! "$program" "$@" -runs="$executions" -max_total_time="$seconds" -max_len=4096 -timeout=20 \
    -detect_leaks=0 -entropic=0 -print_final_stats=1 -artifact_prefix="$builds/faults/$target-" \
    "$found" "$kept/$target" > "$log" 2>&1; then
    grep -E 'ERROR|check|Test unit written' "$log" >&2 || tail -20 "$log" >&2
    faults=$((faults + 1))
  fi
  run=$(awk '/stat::number_of_executed_units/ { print $2 }' "$log")
  add_total "$target" "${run:-0}"
  "$program" -merge=1 -set_cover_merge=1 -use_counters=0 "$kept/$target" "$found" > "$log.merge" 2>&1
  echo "$target: ${run:-0} executions, $(find "$kept/$target" -type f | wc -l) inputs kept"
done
[ "$faults" -eq 0 ]
