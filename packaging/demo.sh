#!/bin/sh
# Shows the whole way once: a synthetic hospital's files go in, a hub pulls them over mutual TLS, a
# patient refuses at the counter and is gone, and the ledger proves what happened.
#
#   packaging/demo.sh            leaves the agent running and prints how to go on
#   packaging/demo.sh --check    asserts each step, stops the agent
#   options: --dir DIR (a new folder; default below $TMPDIR), --patients N (default 200), --seed N,
#            --build DIR (programs that are built already)
#
# Everything it makes stands in one new folder. It ends with a status other than 0 where a step fails,
# and names the step.
set -eu
cd "$(dirname "$0")/.."

check=no dir='' patients=200 seed=2611 build=''
while [ $# -gt 0 ]; do
  case $1 in
    --check) check=yes ;;
    --dir) dir=$2; shift ;;
    --patients) patients=$2; shift ;;
    --seed) seed=$2; shift ;;
    --build) build=$2; shift ;;
    *) echo "usage: demo.sh [--check] [--dir DIR] [--patients N] [--seed N] [--build DIR]" >&2; exit 2 ;;
  esac
  shift
done

step='preparing' agent='' log=''
begin() { step=$1; printf '\n== %s\n' "$step"; }
fail() { printf 'demo: %s\n' "$1" >&2; exit 1; }
expect() {  # expect WHAT ACTUAL WANTED
  [ "$2" = "$3" ] || fail "$1: got \"$2\", wanted \"$3\""
}
stop_agent() {
  [ -n "$agent" ] || return 0
  kill -TERM "$agent" 2>/dev/null || true
  wait "$agent" 2>/dev/null || return 1
  agent=''
}
finish() {
  status=$?
  trap - EXIT
  if [ "$status" != 0 ]; then
    printf '\ndemo: FAILED at the step: %s\n' "$step" >&2
    [ -z "$log" ] || [ ! -s "$log" ] || { echo "The agent's last lines:" >&2; tail -n 5 "$log" >&2; }
    stop_agent || true
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

begin 'tools'
sh packaging/dependencies.sh demo

if [ -z "$build" ]; then
  begin 'building the release preset (some minutes the first time)'
  cmake --preset release
  cmake --build --preset release -j "$(nproc)" --target sekisho sekisho_storage_generator
  build=build/release
fi
build=$(cd "$build" && pwd)
PATH="$build/adapter/agent:$build/tests/fakes:$PATH"

begin 'a folder of its own'
if [ -z "$dir" ]; then
  dir=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-demo.XXXXXX")
else
  mkdir "$dir" || fail "$dir is there already; the demo wants a new folder"
  dir=$(cd "$dir" && pwd)
fi
home=$dir/home log=$dir/agent.log
echo "$dir"

begin 'certificates: a demo authority, the server, two hubs (EC P-256, 7 days)'
mkdir -m 700 "$dir/tls"
authority() {  # authority NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj "/CN=$1" \
    -keyout "$dir/tls/$1.key" -out "$dir/tls/$1.pem" 2>/dev/null
}
certificate() {  # certificate NAME SUBJECT-ALT-NAME USAGE
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
    -keyout "$dir/tls/$1.key" -out "$dir/tls/$1.csr" 2>/dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=%s\nbasicConstraints=critical,CA:FALSE\n' "$2" "$3" \
    >"$dir/tls/$1.ext"
  openssl x509 -req -in "$dir/tls/$1.csr" -CA "$dir/tls/ca.pem" -CAkey "$dir/tls/ca.key" \
    -CAcreateserial -days 7 -extfile "$dir/tls/$1.ext" -out "$dir/tls/$1.pem" 2>/dev/null
}
authority ca
certificate server 'DNS:localhost,IP:127.0.0.1' serverAuth
certificate hub 'URI:urn:sekisho:demo:hub' clientAuth
certificate stranger 'URI:urn:sekisho:demo:stranger' clientAuth
ls "$dir/tls"

begin "an invented hospital: $patients patients, visits, diagnoses, five years of laboratory results"
sekisho_storage_generator --out "$dir/storage" --patients "$patients" --seed "$seed"
shared=${SEKISHO_SHARED:-$(cd .. && pwd)/shared}
guideline=$shared/data/ssmix2/nho_tool/sampleData
storages='{ "name": "demo", "path": "'$dir/storage'" }'
if [ -d "$guideline" ]; then
  echo "with the guideline's example tree beside it: $guideline"
  storages=$storages', { "name": "guideline", "path": "'$guideline'" }'
fi

begin 'sekisho init'
free_port() {  # a port on which nobody listens; the agent says so if somebody takes it in between
  while :; do
    port=$(awk -v seed="$(od -An -N4 -tu4 /dev/urandom)" \
      'BEGIN { srand(seed); print 20000 + int(rand() * 20000) }')
    hex=$(printf ':%04X ' "$port")
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "$hex" || { echo "$port"; return; }
  done
}
hub_port=$(free_port)
health_port=$(free_port)
while [ "$health_port" = "$hub_port" ]; do health_port=$(free_port); done
sekisho init --home "$home" --institution 1319999999
cat >"$home/sekisho.json" <<CONFIG
{
  "language": "ja",
  "facility": { "institution_number": "1319999999", "name": "関所デモ病院" },
  "storages": [ $storages ],
  "hub": {
    "address": "127.0.0.1", "port": $hub_port,
    "certificate": "$dir/tls/server.pem", "private_key": "$dir/tls/server.key",
    "client_ca": "$dir/tls/ca.pem", "base_url": "https://localhost:$hub_port/fhir"
  },
  "health": { "port": $health_port }
}
CONFIG

begin 'sekisho ingest: files become resources, and nothing is lost silently'
sekisho ingest --home "$home" | tee "$dir/ingest.txt"
if [ -d "$guideline" ]; then
  begin 'what is in quarantine, and why (the guideline tree: 13 of its 22 files)'
  sekisho ingest --home "$home" --quarantine | tee "$dir/quarantine.txt"
  expect 'files of the guideline tree in quarantine' \
    "$(grep -c '^#[0-9]* guideline ' "$dir/quarantine.txt")" 13
fi
