#!/bin/sh
# Installs what is missing, builds the `dev` preset (Debug, ASan, UBSan, warnings as errors) and runs
# every test. Closes with "N passed, N failed, N skipped", counted in single test cases; a program
# without test cases of its own (a script, a fuzz replay) counts as one.
set -u
cd "$(dirname "$0")/.."

here=$(pwd)
: "${SEKISHO_SHARED:=$here/../shared}"
export SEKISHO_SHARED
# Leaks are reported by the tests; a sanitizer's finding ends the program.
export ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1"
export UBSAN_OPTIONS="print_stacktrace=1"

sh packaging/dependencies.sh test || exit 1
# The conformance tests ask a checker that runs on Node. Without it they are skipped, and counted.
if ! command -v npm >/dev/null 2>&1; then
  sh packaging/dependencies.sh node || echo 'No Node here: the conformance tests will be skipped.' >&2
fi
cmake --preset dev || exit 1
cmake --build --preset dev -j "$(nproc)" || exit 1

results=$here/build/dev/test-results
rm -rf "$results"
mkdir -p "$results"
export SEKISHO_TEST_RESULTS="$results"
GTEST_OUTPUT="xml:$results/" ctest --preset dev -j "$(nproc)" --output-junit "$results/ctest.junit" \
  --no-tests=error
status=$?

# ctest's own list names the programs; each program with test cases has left <name>.xml, a script that
# makes several checks <name>.counts ("passed failed skipped").
cases=$(cat "$results"/*.xml 2>/dev/null | sed -n 's/.*<testcase /<testcase /p')
programs=$(sed -n 's/.*<testcase name="\([^"]*\)".*status="\([^"]*\)".*/\1 \2/p' "$results/ctest.junit")
ran=$(printf '%s\n' "$cases" | grep -c '<testcase ')
skipped=$(printf '%s\n' "$cases" | grep -c 'result="skipped"')
failed_cases=$(cat "$results"/*.xml 2>/dev/null | awk '/<testcase /{open=1} /<failure /{if(open){n++;open=0}} END{print n+0}')
passed=$((ran - skipped - failed_cases))
failed=$failed_cases
while read -r name state; do
  [ -n "$name" ] || continue
  if [ -f "$results/$name.xml" ]; then
    # A program that died after its cases (a sanitizer's report at exit) fails once more.
    if [ "$state" = fail ] && ! grep -q '<failure ' "$results/$name.xml"; then failed=$((failed + 1)); fi
    continue
  fi
  if [ -f "$results/$name.counts" ]; then
    read -r p f s <"$results/$name.counts"
    if [ "$state" = fail ] && [ "$f" = 0 ]; then f=1; fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    continue
  fi
  case $state in
    run) passed=$((passed + 1)) ;;
    fail) failed=$((failed + 1)) ;;
    *) skipped=$((skipped + 1)) ;;
  esac
done <<LIST
$programs
LIST

if [ "$skipped" -gt 0 ]; then
  echo "Skipped:"
  for file in "$results"/*.xml; do
    awk '/<testcase /{match($0,/name="[^"]*"/); n=substr($0,RSTART+6,RLENGTH-7)}
         /<skipped /{match($0,/message="[^"]*"/); m=substr($0,RSTART+9,RLENGTH-10); sub(/&#x0A;.*/,"",m)
                     print "  " n ": " m}' "$file"
  done
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$status" = 0 ] && [ "$failed" = 0 ]
