#!/bin/sh
# Shows the whole way once: a synthetic hospital's files go in, a hub pulls them over mutual TLS, a
# patient refuses at the counter and is gone, and the ledger proves what happened.
#
#   packaging/demo.sh            leaves the agent running and prints how to go on
#   packaging/demo.sh --check    asserts each step, stops the agent
#   options: --dir DIR (a new folder; default below $TMPDIR), --patients N (default 200, with --check
#            60), --seed N, --build DIR (programs that are built already)
#
# Everything it makes stands in one new folder. It ends with a status other than 0 where a step fails,
# and names the step.
set -eu
cd "$(dirname "$0")/.."
. packaging/demo_parts.sh

check=no dir='' patients='' seed=2611 build=''
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
if [ -z "$patients" ]; then
  if [ "$check" = yes ]; then patients=60; else patients=200; fi
fi

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
authority "$dir/tls" ca
certificate "$dir/tls" ca server 'DNS:localhost,IP:127.0.0.1' serverAuth
certificate "$dir/tls" ca hub 'URI:urn:sekisho:demo:hub' clientAuth
certificate "$dir/tls" ca stranger 'URI:urn:sekisho:demo:stranger' clientAuth
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
hub_port=$(free_port)
health_port=$(free_port)
while [ "$health_port" = "$hub_port" ]; do health_port=$(free_port); done
sekisho init --home "$home" --institution 1319999999
demo_config "$dir" "$hub_port" "$health_port" "$storages" >"$home/sekisho.json"

begin 'sekisho ingest: files become resources, and nothing is lost silently'
sekisho ingest --home "$home" >"$dir/ingest.txt" || { cat "$dir/ingest.txt"; fail 'the ingest does not balance'; }
cat "$dir/ingest.txt"
if [ -d "$guideline" ]; then
  begin 'what is in quarantine, and why (the guideline tree: 13 of its 22 files)'
  sekisho ingest --home "$home" --quarantine >"$dir/quarantine.txt"
  cat "$dir/quarantine.txt"
  expect 'files of the guideline tree in quarantine' \
    "$(grep -c '^#[0-9]* guideline ' "$dir/quarantine.txt")" 13
fi

begin 'who may ask for what: client, permit (M0), filing and notices of 90 days ago, two people attest'
demo_registry_files "$dir" "$dir/storage"
sekisho registry import --home "$home" "$dir/client.json" "$dir/permit.json" "$dir/filing.json" \
  "$dir/notices.csv" --by 山田 --by 佐藤
sekisho registry attest --home "$home" --client demo-hub --none-known --reason 'デモのため' \
  --as-of "$(japan_day today)" --by 山田 --by 佐藤
sekisho readiness --home "$home" --permit demo-m0

begin 'sekisho run'
sekisho run --home "$home" 2>"$log" &
agent=$!
waited=0
until curl -fs -o "$dir/health.json" "http://127.0.0.1:$health_port/health"; do
  kill -0 "$agent" 2>/dev/null || fail 'the agent ended'
  waited=$((waited + 1))
  [ "$waited" -lt 100 ] || fail 'the agent is not ready after 10 s'
  sleep 0.1
done
cat "$dir/health.json"; echo
has_state=$(sed -n 's/.*"state":"\([a-z]*\)".*/\1/p' "$dir/health.json")
expect 'state of the agent' "$has_state" open
sekisho doctor --home "$home" || fail 'doctor found an error'

# pull PATH [curl options]: what the hub sends; the body goes to $dir/answer.json, the status to $status.
pull() {
  path=$1; shift
  status=$(curl -s --cacert "$dir/tls/ca.pem" --cert "$dir/tls/hub.pem" --key "$dir/tls/hub.key" \
    -H 'Sekisho-Permit: demo-m0' -o "$dir/answer.json" -w '%{http_code}' "$@" \
    "https://localhost:$hub_port/fhir/$path") || fail "curl could not reach the agent for $path"
}
total() { sed -n 's/.*"total":\([0-9]*\).*/\1/p' "$dir/answer.json"; }
first_id() { sed -n 's/.*"resourceType":"'"$1"'","id":"\([^"]*\)".*/\1/p' "$dir/answer.json" | head -n 1; }

begin 'the hub pulls'
pull metadata; expect '/metadata' "$status" 200
for type in Patient Coverage Condition Observation Specimen; do
  pull "$type?_total=accurate&_count=1"; expect "$type" "$status" 200
  count=$(total)
  echo "$type: $count"
  [ "$count" -gt 0 ] || fail "the hub sees no $type"
  if [ "$type" = Patient ]; then before=$count; fi
done
expect 'patients that the hub sees' "$before" "$patients"
pull 'Patient?_count=1'
id=$(first_id Patient)
[ -n "$id" ] || fail 'no Patient in the first page'
pull "Patient/$id"; expect 'read of a Patient' "$status" 200
cat "$dir/answer.json"; echo
pull "Observation?patient=$id&_total=accurate&_count=1"
observations=$(total)
echo "the patient has $observations Observations"
[ "$observations" -gt 0 ] || fail 'the patient has no Observation'

begin 'nobody else gets anything'
code=$(curl -s --cacert "$dir/tls/ca.pem" --cert "$dir/tls/stranger.pem" \
  --key "$dir/tls/stranger.key" -H 'Sekisho-Permit: demo-m0' -o /dev/null -w '%{http_code}' \
  "https://localhost:$hub_port/fhir/Patient") || fail 'curl could not reach the agent'
expect 'a client that is not registered' "$code" 403
if curl -s --cacert "$dir/tls/ca.pem" -o /dev/null "https://localhost:$hub_port/fhir/metadata"; then
  fail 'a client without a certificate was answered'
fi
echo 'a stranger: 403; without a certificate: no connection'

begin 'the patient refuses at the counter'
sekisho registry refuse --home "$home" --patient "Patient/$id" --by 窓口一郎
sekisho explain --home "$home" --patient "Patient/$id" --permit demo-m0

begin 'the hub pulls again: the patient is gone from read, search and totals'
pull "Patient/$id"; expect 'read of the patient who refused' "$status" 404
cat "$dir/answer.json"; echo
pull 'Patient?_total=accurate&_count=1'; expect 'total of patients' "$(total)" $((before - 1))
pull "Observation?patient=$id&_total=accurate"; expect 'the Observations' "$(total)" 0
pull "Patient?_id=$id&_total=accurate"; expect 'search by _id' "$(total)" 0
pull 'Patient?_count=500'
if grep -q "$id" "$dir/answer.json"; then fail 'the id is still in a page'; fi
echo "patients: $before before, $((before - 1)) now"

begin 'the ledger proves it'
sekisho ledger verify --home "$home"
sekisho ledger list --home "$home" --last 2 | cut -c 1-400

if [ "$check" = yes ]; then
  begin 'a clean stop'
  kill -TERM "$agent"
  wait "$agent" || fail "the agent ended with status $?"
  agent=''
  sekisho ledger verify --home "$home"
  rm -rf "$dir"
  printf '\ndemo: every step holds\n'
else
  trap - EXIT INT TERM
  cat <<NEXT

The agent is running (process $agent). Go on, for example:

  PATH=$build/adapter/agent:\$PATH
  curl --cacert $dir/tls/ca.pem --cert $dir/tls/hub.pem --key $dir/tls/hub.key \\
    -H 'Sekisho-Permit: demo-m0' 'https://localhost:$hub_port/fhir/Observation?_count=2'
  sekisho doctor --home $home
  sekisho registry list --home $home

Stop it:              kill $agent
Remove what it made:  rm -r $dir
NEXT
fi
