#!/bin/sh
# From a file written by the hospital's system to a resource that may be released: a new patient's
# folder appears at a random moment while a running agent is told to ingest again and again, as a timer
# does, with a pause between two passes.
#   bench_releasable.sh BUILD small|large     small: a few thousand resources; large: 1,000,000
#   BENCH_PAUSE (seconds, large: 30), BENCH_ROUNDS, BENCH_PATIENTS say otherwise
# Goal: p95 under 60 s.
set -eu
build=$(cd "$1" && pwd) size=$2
root=$(cd "$(dirname "$0")/../.." && pwd)
PATH="$build/adapter/agent:$build/tests/fakes:$PATH"
. "$root/packaging/demo_parts.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-bench-releasable.XXXXXX")
agent='' passes=''
trap '[ -z "$passes" ] || kill "$passes" 2>/dev/null; [ -z "$agent" ] || kill -9 "$agent" 2>/dev/null
  wait; rm -rf "$work"' EXIT
case $size in
  small) patients=20 pause=1 rounds=3 ;;
  large) patients=2200 pause=30 rounds=20 ;;
  *) exit 2 ;;
esac
patients=${BENCH_PATIENTS:-$patients} pause=${BENCH_PAUSE:-$pause} rounds=${BENCH_ROUNDS:-$rounds}

mkdir "$work/tls"
authority "$work/tls" ca
certificate "$work/tls" ca server 'DNS:localhost,IP:127.0.0.1' serverAuth
sekisho_storage_generator --out "$work/storage" --patients "$patients" --seed 11 >/dev/null
home=$work/home
sekisho init --home "$home" --institution 1319999999 >/dev/null
demo_config "$work" "$(free_port)" "$(free_port)" \
  '{ "name": "bench", "path": "'"$work"'/storage" }' >"$home/sekisho.json"
sekisho ingest --home "$home" >"$work/first"
echo "releasable: $(grep '^resources:' "$work/first"); a pause of $pause s between two passes"
sekisho run --home "$home" 2>"$work/log" &
agent=$!
until grep -qs '"event":"agent.ready"' "$work/log"; do
  kill -0 "$agent" || { cat "$work/log"; exit 1; }
  sleep 0.1
done

# A line for each pass: when it began and ended, and what it stored.
: >"$work/passes"
while :; do
  began=$(date +%s.%N)
  sekisho ingest --home "$home" >"$work/pass" || exit 1
  stored=$(sed -n 's/^resources:.* = stored \([0-9]*\) .*/\1/p' "$work/pass")
  echo "$began $(date +%s.%N) $stored" >>"$work/passes"
  sleep "$pause"
done &
passes=$!

for round in $(seq "$rounds"); do
  number=$((900000 + round))
  rm -rf "$work/new"
  sekisho_storage_generator --out "$work/new" --patients 1 --first-number "$number" --seed 11 >/dev/null
  folder=$(cd "$work/new" && find . -mindepth 3 -maxdepth 3 -type d)
  mkdir -p "$work/storage/${folder%/*}"
  sleep "$(awk -v p="$pause" -v s="$(od -An -N2 -tu2 /dev/urandom)" 'BEGIN { print p * s / 65536 }')"
  mv "$work/new/$folder" "$work/storage/${folder%/*}/"  # one rename: a pass meets all of it or nothing
  written=$(date +%s.%N)
  until awk -v w="$written" '$2 > w && $3 > 0 { found = 1 } END { exit !found }' "$work/passes"; do
    kill -0 "$passes" || { echo "an ingest failed"; exit 1; }
    sleep 0.05
  done
  awk -v w="$written" '$2 > w && $3 > 0 { print $2 - w; exit }' "$work/passes" >>"$work/waits"
done
sort -n "$work/waits" | awk '{ wait[NR] = $1 } END {
  last = int(NR * 0.95); last += last < NR * 0.95
  printf "releasable: %d rounds: median %.1f s, p95 %.1f s, longest %.1f s after the file was written\n",
    NR, wait[int((NR + 1) / 2)], wait[last], wait[NR] }'
awk '{ sum += $2 - $1 } END { printf "releasable: a pass took %.1f s on average\n", sum / NR }' \
  "$work/passes"
