#!/bin/sh
# kill -9 at random points. Acknowledged means kept; no answer was received without its record; an
# interrupted ingest ends where an uninterrupted one does. KILL_ROUNDS=n makes it longer,
# KILL_PARTS='serving refusing ingesting' takes some of it.
. "$(dirname "$0")/lib.sh"
rounds=${KILL_ROUNDS:-4}

pause() {  # pause LEAST MOST: milliseconds, at random
  sleep "$(awk -v seed="$(od -An -N2 -tu2 /dev/urandom)" -v least="$1" -v most="$2" \
    'BEGIN { srand(seed); printf "%.3f", (least + rand() * (most - least)) / 1000 }')"
}

while_serving() {
  home=$work/home
  start_agent "$home"
  id=$(hub 'Patient?_count=1' | sed -n 's/.*"resourceType":"Patient","id":"\([^"]*\)".*/\1/p')
  [ -n "$id" ]
  kill -9 "$agent"; wait "$agent" || true
  round=0
  while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    start_agent "$home"
    pullers=''
    for puller in 1 2 3 4; do
      (
        while curl -s --cacert "$work/tls/ca.pem" --cert "$work/tls/hub.pem" \
          --key "$work/tls/hub.key" -H 'Sekisho-Permit: demo-m0' -o /dev/null \
          -w '%header{x-request-id}\n' "https://localhost:$hub_port/fhir/Patient/$id" \
          >>"$work/received.$puller"; do :; done
      ) &
      pullers="$pullers $!"
    done
    pause 20 900
    kill -9 "$agent"; wait "$agent" || true
    for one in $pullers; do wait "$one" || true; done
  done
  start_agent "$home"
  stop_agent
  sekisho ledger verify --home "$home"
  sekisho ledger list --home "$home" |
    sed -n 's/.*"request_id":"\([0-9a-f]*\)".*/\1/p' | sort >"$work/recorded"
  cat "$work"/received.* | grep . | sort >"$work/received"
  say "$(wc -l <"$work/received") answers received, $(wc -l <"$work/recorded") recorded"
  [ -s "$work/received" ]
  same 'answers without a record' "$(comm -23 "$work/received" "$work/recorded" | wc -l)" 0
}
while_refusing() {
  home=$work/home
  round=0
  : >"$work/acknowledged"
  while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    start_agent "$home"
    (
      while sekisho registry refuse --home "$home" --patient 1 --by 窓口 >"$work/receipt"; do
        sed -n 's/.*（求め \(r[0-9.]*\)、.*/\1/p' "$work/receipt" >>"$work/acknowledged"
      done
    ) 2>/dev/null &
    counter=$!
    pause 20 900
    # Once the agent is gone the command would do the work itself, and hold the lock that the next
    # agent needs: the counter goes with the command it has under way.
    kill -STOP "$counter"
    command=$(pgrep -P "$counter" || true)
    kill -9 "$agent" "$counter"
    for one in $command; do
      kill -9 "$one" 2>/dev/null || true
      while kill -0 "$one" 2>/dev/null; do sleep 0.02; done
    done
    wait "$agent" || true
    wait "$counter" || true
  done
  [ -s "$work/acknowledged" ] || fail 'no refusal was acknowledged; the test shows nothing'
  sekisho registry list --home "$home" --of refusals --json >"$work/refusals"
  while read -r id; do
    grep -q "\"$id\"" "$work/refusals" || fail "acknowledged and lost: $id"
  done <"$work/acknowledged"
  start_agent "$home"   # the journal opens and verifies
  stop_agent
  say "$(wc -l <"$work/acknowledged") acknowledged, all kept"
}
while_ingesting() {
  whole=$work/whole broken=$work/broken
  make_home "$whole"
  cp -a "$whole" "$broken"
  for home in "$whole" "$broken"; do
    sed -i "s|\"health\"|\"ingest\": { \"batch_files\": 20 }, \"health\"|" "$home/sekisho.json"
  done
  sekisho ingest --home "$whole" >/dev/null
  killed=0
  while :; do
    sekisho ingest --home "$broken" >"$work/out" 2>&1 &
    job=$!
    # Later each time, so that a slow machine gets on too.
    (pause 20 $((600 + killed * 200)); kill -9 "$job" 2>/dev/null) &
    killer=$!
    if wait "$job"; then wait "$killer" || true; break; fi
    wait "$killer" || true
    killed=$((killed + 1))
    [ "$killed" -lt 100 ] || { cat "$work/out"; fail 'never comes to an end'; }
  done
  say "killed $killed times"
  sekisho_store_dump "$whole/state/store/store.db" >"$work/whole.txt"
  sekisho_store_dump "$broken/state/store/store.db" >"$work/broken.txt"
  [ -s "$work/whole.txt" ]
  cmp "$work/whole.txt" "$work/broken.txt"
}

make_home "$work/home"
sekisho ingest --home "$work/home" >/dev/null
register "$work/home" >/dev/null
for part in ${KILL_PARTS:-serving refusing ingesting}; do
  case $part in
    serving) check 'no answer was received without its record' while_serving ;;
    refusing) check 'an acknowledged refusal is kept' while_refusing ;;
    ingesting) check 'an ingest that is killed ends where one that is not ends' while_ingesting ;;
    *) echo "KILL_PARTS: $part: no such part"; exit 2 ;;
  esac
done
finish
