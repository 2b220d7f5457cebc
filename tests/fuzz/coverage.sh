#!/bin/sh
# How many lines of each parser (parsers.txt) the fuzz targets reach together with the kept corpora;
# writes the figures into the table of docs/fuzzing.md.
#
#   tests/fuzz/coverage.sh [--lines]
#
# --lines shows the lines that nothing reached. COVERAGE_BUILD names another build folder than
# build/coverage. Needs clang-14 and llvm-14.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=${COVERAGE_BUILD:-$root/build/coverage}
lines=
case ${1-} in
  '') ;;
  --lines) lines=yes ;;
  *) echo "$0: unknown option $1; its head says which there are" >&2; exit 2 ;;
esac
targets=$(awk '!/^#/ { print $1 }' "$root/tests/fuzz/parsers.txt")

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-14 \
  -DCMAKE_CXX_FLAGS='-fprofile-instr-generate -fcoverage-mapping' > /dev/null
for target in $targets; do echo "fuzz_$target"; done |
  xargs cmake --build "$build" --parallel "$(nproc)" --target

programs=
for target in $targets; do
  program=$(find "$build/" -type f -name "fuzz_$target")
  LLVM_PROFILE_FILE=$build/$target.profraw "$program" "$root/tests/fuzz/corpus/$target" > /dev/null
  programs="$programs ${programs:+-object} $program"
done
# shellcheck disable=SC2086 # words
llvm-profdata-14 merge -o "$build/all.profdata" $(printf "$build/%s.profraw " $targets)
# shellcheck disable=SC2086
llvm-cov-14 report $programs -instr-profile="$build/all.profdata" > "$build/report"
# shellcheck disable=SC2086
llvm-cov-14 show $programs -instr-profile="$build/all.profdata" > "$build/shown"

for target in $targets; do
  sources=$(awk -v target="$target" '$1 == target { $1 = ""; print }' "$root/tests/fuzz/parsers.txt")
  # Columns of a file: its name, three each of regions and functions, then lines and those missed.
  reached=$(awk -v sources="$sources" '
    BEGIN { split(sources, names, " "); for (i in names) wanted[names[i]] = 1 }
    { for (name in wanted)
        if ($1 == name || substr($1, length($1) - length(name)) == "/" name) {
          lines += $8; missed += $9
        } }
    END { printf "%d of %d | %.1f", lines - missed, lines, 100 * (lines - missed) / lines }' \
    "$build/report")
  if [ -n "$lines" ]; then
    for source in $sources; do
      awk -F '|' -v source="$source" '
        /^[^ ].*:$/ { shown = index($0, source); if (shown) print }
        shown && $2 ~ /^ *0$/ { print }' "$build/shown"
    done
  fi
  awk -F '|' -v OFS='|' -v target="$target" -v reached="$reached" \
    '$2 == " " target " " { print "", $2, $3, $4, " " reached " ", ""; next } { print }' \
    "$root/docs/fuzzing.md" > "$build/fuzzing.md"
  cp "$build/fuzzing.md" "$root/docs/fuzzing.md"
  echo "$target: $reached %"
done
