# Sourced by the end-to-end tests. Each runs as `x_test.sh PROGRAMS` (a build folder), keeps everything
# in one new folder, and writes how many checks it made to $SEKISHO_TEST_RESULTS/<name>.counts.

set -u
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
name=$(basename "$0" .sh)
PATH="$build/adapter/agent:$build/tests/fakes:$build/tests/e2e:$PATH"
export PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-$name.XXXXXX")
passed=0 failed=0 skipped=0
. "$root/packaging/demo_parts.sh"

clean() {
  [ ! -f "$work/agents" ] || xargs kill -9 <"$work/agents" 2>/dev/null
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

# check PROMISE FUNCTION: runs the function in a shell of its own that stops at the first failure.
# Exit status 77 counts as skipped; its last line of output says why.
check() {
  (set -e; "$2") >"$work/said" 2>&1
  status=$?
  case $status in
    0) passed=$((passed + 1)); echo "ok       $1" ;;
    77) skipped=$((skipped + 1)); echo "skipped  $1: $(tail -n 1 "$work/said")" ;;
    *) failed=$((failed + 1)); echo "FAILED   $1"; sed 's/^/    /' "$work/said" ;;
  esac
}
finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ -z "${SEKISHO_TEST_RESULTS:-}" ] ||
    echo "$passed $failed $skipped" >"$SEKISHO_TEST_RESULTS/$name.counts"
  [ "$failed" = 0 ]
  exit
}
say() { printf '%s\n' "$*"; }
fail() { printf 'here: %s\n' "$*"; return 1; }
same() { [ "$2" = "$3" ] || fail "$1: got \"$2\", wanted \"$3\""; }
has() { case $2 in *"$3"*) ;; *) fail "$1: \"$3\" is not in: $2" ;; esac; }
fails_with() {  # fails_with STATUS COMMAND...: its output goes to $work/refused
  wanted=$1; shift
  got=0
  "$@" >"$work/refused" 2>&1 || got=$?
  [ "$got" = "$wanted" ] || { cat "$work/refused"; fail "exit status $got, wanted $wanted: $*"; }
}

# make_home HOME [PATIENTS]: an installation with certificates, a storage and everything registered.
make_home() {
  mkdir -p "$1"
  [ -d "$work/tls" ] || {
    mkdir "$work/tls"
    authority "$work/tls" ca
    authority "$work/tls" other-ca
    certificate "$work/tls" ca server 'DNS:localhost,IP:127.0.0.1' serverAuth
    certificate "$work/tls" ca hub 'URI:urn:sekisho:demo:hub' clientAuth
    certificate "$work/tls" ca stranger 'URI:urn:sekisho:demo:stranger' clientAuth
    certificate "$work/tls" other-ca foreign 'URI:urn:sekisho:demo:hub' clientAuth
  }
  [ -d "$work/storage" ] ||
    sekisho_storage_generator --out "$work/storage" --patients "${2:-20}" --seed 7 \
      --years 1 >/dev/null
  hub_port=$(free_port) health_port=$(free_port)
  sekisho init --home "$1" --institution 1319999999 >/dev/null
  demo_config "$work" "$hub_port" "$health_port" \
    '{ "name": "demo", "path": "'"$work"'/storage" }' >"$1/sekisho.json"
  echo "$hub_port $health_port" >"$1/ports"
}
register() {  # register HOME: client, permit, filing, notices, attestation
  demo_registry_files "$1" "$work/storage"
  sekisho registry import --home "$1" "$1/client.json" "$1/permit.json" "$1/filing.json" \
    "$1/notices.csv" --by 山田 --by 佐藤
  sekisho registry attest --home "$1" --client demo-hub --none-known --reason "デモのため" \
    --as-of "$(japan_day today)" --by 山田 --by 佐藤
}

# start_agent HOME: runs it in the background and waits until it answers; pid in $agent.
start_agent() {
  read -r hub_port health_port <"$1/ports"
  sekisho run --home "$1" 2>>"$1/agent.log" &
  agent=$!
  echo "$agent" >>"$work/agents"
  waited=0
  until curl -fs -o "$work/health" "http://127.0.0.1:$health_port/health"; do
    kill -0 "$agent" 2>/dev/null || { tail -n 3 "$1/agent.log"; fail 'the agent ended'; return 1; }
    waited=$((waited + 1))
    [ "$waited" -lt 300 ] || { fail 'the agent is not ready after 30 s'; return 1; }
    sleep 0.1
  done
}
# Asks it to stop and waits until it has; its exit status where it is a child of this very shell.
stop_agent() {
  kill -TERM "$agent"
  while state=$(awk '{ print $3 }' "/proc/$agent/stat" 2>/dev/null) && [ "$state" != Z ]; do
    sleep 0.1
  done
  ended=0
  wait "$agent" 2>/dev/null || ended=$?
  [ "$ended" = 127 ] || [ "$ended" = 0 ] || fail "the agent ended with status $ended"
}

# hub PATH [curl options]: what a hub would send; status in $work/status, body on standard output.
hub() {
  path=$1; shift
  curl -s --cacert "$work/tls/ca.pem" --cert "$work/tls/${as:-hub}.pem" \
    --key "$work/tls/${as:-hub}.key" -H "Sekisho-Permit: ${permit:-demo-m0}" \
    -o "$work/body" -w '%{http_code}' "$@" "https://localhost:$hub_port/fhir/$path" \
    >"$work/status" || return $?
  cat "$work/body"
}
status() { cat "$work/status"; }
total() { sed -n 's/.*"total":\([0-9]*\).*/\1/p'; }
