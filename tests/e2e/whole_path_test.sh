#!/bin/sh
# From a hospital's files to a hub's answers, and away again for a patient who refuses.
. "$(dirname "$0")/lib.sh"
home=$work/home

installs() {
  make_home "$home"
  fails_with 1 sekisho init --home "$home" --institution 1319999999
  has 'second init' "$(cat "$work/refused")" 'installation'
  # What cannot be finished leaves nothing that would refuse the next attempt.
  : >"$work/file"
  fails_with 1 sekisho init --home "$work/half" --config "$work/file/sekisho.json" \
    --institution 1319999999
  sekisho init --home "$work/half" --institution 1319999999
}
ingests() {
  sekisho ingest --home "$home" >"$work/ingest" || { cat "$work/ingest"; return 1; }
  cat "$work/ingest"
}
second_pass() {
  sekisho ingest --home "$home" >"$work/ingest2"
  cat "$work/ingest2"
  grep -q '^files: read [1-9][0-9]* = mapped 0 + unchanged [1-9]' "$work/ingest2"
  grep -q '^resources: produced [1-9][0-9]* = stored 0 + unchanged [1-9]' "$work/ingest2"
}
locked_without_attestation() {
  demo_registry_files "$home" "$work/storage"
  sekisho registry import --home "$home" "$home/client.json" "$home/permit.json" \
    "$home/filing.json" "$home/notices.csv" --by 山田 --by 佐藤
  start_agent "$home"
  hub 'Patient?_total=accurate' >/dev/null
  same 'status without an attested baseline' "$(status)" 503
  hub status >/dev/null
  same '/status' "$(status)" 200
  sekisho registry attest --home "$home" --client demo-hub --none-known --reason "デモのため" \
    --as-of "$(japan_day today)" --by 山田 --by 佐藤  # reaches the running agent
  hub 'Patient?_total=accurate' >/dev/null
  same 'status afterwards' "$(status)" 200
  stop_agent
}
serves() {
  start_agent "$home"
  hub metadata >/dev/null; same metadata "$(status)" 200
  count=$(hub 'Patient?_total=accurate&_count=5' | total)
  same patients "$count" 20
  id=$(sed -n 's/.*"resourceType":"Patient","id":"\([^"]*\)".*/\1/p' "$work/body" | head -n 1)
  [ -n "$id" ] || fail 'no Patient in the first page'
  hub "Patient/$id" >/dev/null; same read "$(status)" 200
  observations=$(hub "Observation?patient=$id&_total=accurate&_count=1" | total)
  [ "$observations" -gt 0 ] || fail 'the patient has no Observation'
  curl -fs "http://127.0.0.1:$health_port/metrics" | grep -q '^sekisho_requests_total{interaction="read",status="200"} [1-9]'
  stop_agent
}
refuses() {
  start_agent "$home"
  before=$(hub 'Patient?_total=accurate&_count=1' | total)
  id=$(sed -n 's/.*"resourceType":"Patient","id":"\([^"]*\)".*/\1/p' "$work/body")
  at=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  sekisho registry refuse --home "$home" --patient "Patient/$id" --by 窓口一郎
  hub "Patient/$id" >"$work/gone"; same 'read of the refused' "$(status)" 404
  hub "Patient/$(echo "$id" | tr 'a-z' 'b-za')" >"$work/never"
  same 'read of an unknown' "$(status)" 404
  cmp "$work/gone" "$work/never"
  same total "$(hub 'Patient?_total=accurate&_count=1' | total)" $((before - 1))
  same 'their observations' "$(hub "Observation?patient=$id&_total=accurate" | total)" 0
  sekisho explain --home "$home" --patient "Patient/$id" --permit demo-m0 >"$work/why"
  has explain "$(cat "$work/why")" OPTOUT
  sekisho explain --home "$home" --patient "Patient/$id" --permit demo-m0 --at "$at" >"$work/then"
  has 'explain of before' "$(cat "$work/then")" '提供  OK'
  ! grep OPTOUT "$work/then" || fail 'before the refusal there was none'
  sekisho readiness --home "$home" --permit demo-m0 --json >"$work/ready"
  has readiness "$(cat "$work/ready")" '"patients":20'
  has readiness "$(cat "$work/ready")" '{"gate":4,"reason":"OPTOUT","patients":1}'
  sekisho statement --home "$home" --patient "Patient/$id" --lang en >"$work/statement"
  has 'what was disclosed before' "$(cat "$work/statement")" '/ demo-hub / demo-m0 /'
  has 'what is refused' "$(cat "$work/statement")" 'is in force'
  fails_with 1 sekisho statement --home "$home" --patient Patient/nobody --lang en
  stop_agent
}
ingests_while_serving() {
  start_agent "$home"
  before=$(hub 'Patient?_total=accurate&_count=1' | total)
  sekisho_storage_generator --out "$work/storage" --patients 2 --first-number 101 --seed 7 \
    --years 1 >/dev/null
  sekisho ingest --home "$home"
  same 'patients without a notice' "$(hub 'Patient?_total=accurate&_count=1' | total)" "$before"
  demo_registry_files "$work/prepared" "$work/storage"
  grep -E '^(card|0*10[12]),' "$work/prepared/notices.csv" >"$work/new.csv"
  sekisho registry import --home "$home" "$work/new.csv" --by 山田
  same 'with one' "$(hub 'Patient?_total=accurate&_count=1' | total)" $((before + 2))
  find "$work/storage" -type d \( -name '*0000101' -o -name '*0000102' \) -prune -exec rm -r {} +
  sekisho ingest --home "$home"
  same 'when the storage lost them' "$(hub 'Patient?_total=accurate&_count=1' | total)" "$before"
  stop_agent
}
revokes() {
  start_agent "$home"
  hub Patient >/dev/null; same 'before' "$(status)" 200
  sekisho registry revoke --home "$home" demo-m0 --by 山田
  hub Patient >/dev/null; same 'after' "$(status)" 403
  stop_agent
}
proves() {
  sekisho ledger verify --home "$home"
  sekisho ledger list --home "$home" | grep -c '"kind":"request"' >"$work/requests"
  [ "$(cat "$work/requests")" -ge 10 ] || fail 'records are missing'
  file=$(ls "$home"/state/ledger/ledger-*.jsonl | head -n 1)
  cp "$file" "$work/kept"
  size=$(wc -c <"$file")
  byte=$(dd if="$file" bs=1 skip=$((size / 2)) count=1 2>/dev/null)
  other=x; [ "$byte" != x ] || other=y
  printf %s "$other" | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
  fails_with 1 sekisho ledger verify --home "$home"
  has 'where it does not hold' "$(cat "$work/refused")" 'byte'
  cp "$work/kept" "$file"
  sekisho ledger verify --home "$home"
}

exports() {
  sekisho ledger export --home "$home" --bundle "$work/bundle"
  fails_with 1 sekisho ledger export --home "$home" --bundle "$work/bundle"
  mkdir "$work/elsewhere"
  (cd "$work/elsewhere" && sekisho ledger verify --bundle "$work/bundle")
  sh "$root/tests/e2e/stranger_verify.sh" "$work/bundle"
  file=$(ls "$work"/bundle/ledger/ledger-*.jsonl | head -n 1)
  sed -i '0,/"status":200/s//"status":404/' "$file"
  fails_with 1 sekisho ledger verify --bundle "$work/bundle"
  fails_with 1 sh "$root/tests/e2e/stranger_verify.sh" "$work/bundle"
}

check 'init makes an installation, and refuses where one is' installs
check 'ingest balances' ingests
check 'a second pass changes nothing and balances' second_pass
check 'nothing is released before the earlier refusals are attested' locked_without_attestation
check 'a hub reads and searches' serves
check 'a refusal at the counter takes the patient out of read, search and totals' refuses
mkdir "$work/prepared"
check 'an ingest beside the serving agent adds and takes away' ingests_while_serving
check 'a revoked permit opens nothing' revokes
check 'the ledger verifies, and one changed byte is found' proves
check 'a stranger verifies an exported ledger, by the program and by common tools' exports
finish
