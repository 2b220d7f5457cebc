#!/bin/sh
# Start of the agent: time until it is ready, and resident memory before the first request.
#   bench_start.sh BUILD small|large     small: a few thousand resources; large: 1,000,000
# Goals at 1,000,000 resources: ready in under 1 s, under 64 MB.
set -eu
build=$(cd "$1" && pwd) size=$2
root=$(cd "$(dirname "$0")/../.." && pwd)
PATH="$build/adapter/agent:$build/tests/fakes:$PATH"
. "$root/packaging/demo_parts.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-bench-start.XXXXXX")
agent=''
trap '[ -z "$agent" ] || kill -9 "$agent" 2>/dev/null; rm -rf "$work"' EXIT
case $size in small) patients=20 ;; large) patients=${BENCH_PATIENTS:-2500} ;; *) exit 2 ;; esac

mkdir "$work/tls"
authority "$work/tls" ca
certificate "$work/tls" ca server 'DNS:localhost,IP:127.0.0.1' serverAuth
sekisho_storage_generator --out "$work/storage" --patients "$patients" --seed 11 >/dev/null
home=$work/home health_port=$(free_port)
sekisho init --home "$home" --institution 1319999999 >/dev/null
demo_config "$work" "$(free_port)" "$health_port" \
  '{ "name": "bench", "path": "'"$work"'/storage" }' >"$home/sekisho.json"
sekisho ingest --home "$home" >"$work/ingest"
stored=$(sed -n 's/.*stored[^0-9]*\([0-9][0-9]*\).*/\1/p' "$work/ingest" | tail -n 1)

for round in 1 2 3; do
  sekisho run --home "$home" 2>"$work/log.$round" &
  agent=$!
  until grep -qs '"event":"agent.ready"' "$work/log.$round"; do
    kill -0 "$agent" || { cat "$work/log.$round"; exit 1; }
    sleep 0.02
  done
  ready=$(sed -n 's/.*"event":"agent.ready".*"milliseconds":\([0-9]*\).*/\1/p' "$work/log.$round")
  resident=$(awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/$agent/status")
  echo "start: $stored resources, round $round: ready after $ready ms, $resident MB resident"
  kill -TERM "$agent"
  wait "$agent"
  agent=''
done
