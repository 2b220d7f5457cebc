#!/bin/sh
# The whole pipeline over records whose every value is a marker: ingest of good and damaged files,
# lists with errors, requests of all kinds with markers in them. No log line, metric, error, URL,
# report or ledger line holds one; and no core file is left.
. "$(dirname "$0")/lib.sh"
home=$work/home
seen=$work/seen  # whatever was shown or written down on the way, a file each
mkdir "$seen"

# Of the patient: name, kana, card, address, postal code, phone, insurance, problem, item, value, remark,
# doctor. Of a hub that probes, in URLs, headers and bodies: QJXHUB; the ledger may name its permit.
cat >"$work/markers" <<'MARKERS'
ZQX
標識
ヒョウシキ
8831647
8831999
9907731
77316642
773-1642
7731.64
19310707
1931-07-07
MARKERS

# file PATIENT DATE TYPE ORDER TIME FLAG: the message on standard input, as a storage has it.
file() {
  folder=$work/storage/883/164/8831647/$2/$3
  mkdir -p "$folder"
  tr '\n' '\r' | iconv -f UTF-8 -t ISO-2022-JP >"$folder/$1_$2_$3_$4_$5_01_$6"
}
none=999999999999999
head_of() {  # head_of EVENT: MSH and PID
  printf 'MSH|^~\\&|ZQXHIS|SEND|GW|RCV|20261120093000||%s|1|P|2.5||||||~ISO IR87||ISO 2022-1994\n' "$1"
  printf 'PID|0001||%s^^^^PI||標識^花子ZQX^^^^^L^I~ヒョウシキ^ハナコ^^^^^L^P||19310707|F|||^^^^990-7731^JPN^H^標識県ZQX市１||^PRN^PH^^^^^^^^^054-773-1642\n' \
    "${2:-8831647}"
}
results() {
  head_of 'OUL^R22^OUL_R22' "${1:-8831647}"
  cat <<'HL7'
PV1|0001|O|01^^^^^C
SPM|1|ZQXSPM||023^血清^JC10|||||||||||||202611191500|202611191510
OBR|1|883164700000001|ZQXSPM|E001^生化学^99O03|||20261119|20261119||||||||607^標識医師ZQX^^^^^^^^L^^^^^I||||||20261120103059
ORC|SC|883164700000001|ZQXSPM||CM||||20261120103059|||607^標識^医師^^^^^^^L^^^^^I|||||01^内科^HL70069||||||||||||O
OBX|1|NM|3A010000002327101^総蛋白^JC10^ZQXLAB^標識項目^99ZQX||7731.64|g/dl^g/dl^ISO+|6.70-8.3||||F|||202611191500
OBX|2|NM|ZQXLAB2^標識項目^99ZQX||標識値|ZQXUNIT||||||F|||ZQXDATE
OBX|3|CWE|ZQXLAB3^標識項目^JC10||ZQXCODE^標識結果^99ZQX||||||ZQX|||99999999
NTE|1||標識所見ZQX
HL7
}
storage() {
  {
    head_of 'ADT^A08^ADT_A01'
    printf 'PV1|0001|O\nIN1|1|01^ZQXINSURER^JHSD0001|01130012|||||||ZQXSYMBOL|77316642|20250401\n'
    printf 'OBX|1|NM|9N001000000000001^身長^JC10||7731.64|ZQXUNIT|||||F|||20261119\n'
  } | file 8831647 - ADT-00 $none 20261120093000123 1
  {
    head_of 'PPR^ZD1^PPR_ZD1'
    printf 'PRB|AD|20260915|ZQXDIAG^標識病^99ZQX|1|||20260831|||ZQXICD^標識病^I10|||||||20260830|標識所見\n'
    printf 'PRB|AD|ZQXDATE|20054174^標識病^MDCDX2|ZQX2|||標識日|||||||||20260830\n'
  } | file 8831647 - PPR-01 $none 20261120093000124 1
  results | file 8831647 20261119 OML-11 883164700000001 20261120103059000 1
  # Damaged, each in its own way.
  results 8831999 | file 8831647 20261119 OML-11 883164700000002 20261120103059001 1
  results | file 8831647 20261119 OML-11 883164700000003 20261120103059002 1
  truncate -s -8 "$work"/storage/883/164/8831647/20261119/OML-11/*_883164700000003_*
  : | file 8831647 20261119 OML-11 883164700000004 20261120103059003 1
  printf 'ZQX標識\000\001\002' | file 8831647 20261119 OML-11 883164700000005 20261120103059004 1
  printf 'ZQX 標識\n' | file 8831647 20261119 OML-11 883164700000006 20261120103059005 1
  results | file 8831647 20261119 OML-11 '標識ZQX of 8831647' 20261120103059006 x
  printf 'MSH|^~\\&|ZQX|||\nPID|||標識' | file 8831647 20261119 OML-11 883164700000007 20261120103059007 1
}
ingests() {
  sekisho ingest --home "$home" >"$seen/ingest" 2>&1
  cat "$seen/ingest"
  grep -q 'mapped 3 ' "$seen/ingest" || fail 'the good files were not mapped'
  grep -q 'quarantined 7' "$seen/ingest" || fail 'the damaged files are not in quarantine'
  sekisho ingest --home "$home" --quarantine >"$work/paths"  # shown inside the hospital, with paths
  grep -q 8831647 "$work/paths"
}
lists_with_errors() {
  demo_registry_files "$home" "$work/storage"
  cat >"$home/bad-notices.csv" <<'CSV'
card,client,track,date,party,method,items
8831647,ZQXCLIENT,ZQXTRACK,標識日,ZQXPARTY,paper_at_visit,ZQXITEM
CSV
  cat >"$home/refusals.csv" <<'CSV'
card,kana,name,birth,requester
ZQX8831999,ヒョウシキ ハナコ,標識 花子,標識日,ZQXREQUESTER
CSV
  printf '{"permits":[{"id":"ZQXPERMIT","unknown":1,"mode":"ZQXMODE"}],"refusals":[{"patients":["標識"]}]}' \
    >"$home/bad.json"
  printf '{"clients":[{"id":"ZQX' >"$home/cut.json"
  sekisho registry import --home "$home" "$home/client.json" "$home/permit.json" \
    "$home/filing.json" "$home/notices.csv" --by 山田 --by 佐藤 >"$seen/import" 2>&1 ||
    { cat "$seen/import"; return 1; }
  for bad in bad-notices.csv bad.json cut.json; do
    fails_with 1 sekisho registry import --home "$home" "$home/$bad" --by 山田 --by 佐藤
    cp "$work/refused" "$seen/import-$bad"
  done
  fails_with 1 sekisho registry import --home "$home" "$home/refusals.csv" --by 山田
  cp "$work/refused" "$seen/import-refusals"
  sekisho registry list --home "$home" --of refusals >"$seen/refusals"
  line=$(sed -n 's/.*id=\(r[0-9-]*\) .*/\1/p' "$seen/refusals" | head -n 1)
  # The line may mean the patient by name: two people say that it does not.
  patient=$(sed -n 's/.*candidates=\([A-Za-z0-9.-]*\).*/\1/p' "$seen/refusals" | head -n 1)
  [ -z "$patient" ] || sekisho registry resolve --home "$home" "$line" --release "$patient" \
    --by 山田 --by 佐藤 >"$seen/resolve" 2>&1
  sekisho registry resolve --home "$home" "$line" --reject --by 山田 --by 佐藤 >"$seen/reject" 2>&1
  sekisho registry attest --home "$home" --client demo-hub --none-known --reason "デモのため" \
    --as-of "$(japan_day today)" --by 山田 --by 佐藤 >"$seen/attest" 2>&1
}
# ask NAME PATH [curl options]: what is no data goes among what was seen.
ask() {
  name_=$1; shift
  hub "$@" -D "$work/headers" >/dev/null || return 0
  cat "$work/headers" >>"$seen/headers"
  case $(status) in
    200) sed 's/.*//' "$work/body" >"$seen/answer-$name_"
      grep -Eo '"(fullUrl|url)":"[^"]*(Patient|Observation|Condition|Coverage|Specimen)/[^"]*"' \
        "$work/body" >"$seen/urls-$name_" || true ;;
    *) cp "$work/body" "$seen/answer-$name_" ;;
  esac
}
requests() {
  start_agent "$home"
  hub 'Patient?_count=5' >"$work/data"
  grep -qF 標識 "$work/data" || fail 'the marked patient is not served: the test shows nothing'
  id=$(sed -n 's/.*"resourceType":"Patient","id":"\([^"]*\)".*/\1/p' "$work/data")
  [ -n "$id" ]
  marker=QJXHUB%E6%A8%99%E8%AD%98
  n=0
  for path in Patient Observation Condition Coverage Specimen "Patient/$id" "Patient/$id/_history/1" \
    "Observation?patient=$id" 'Observation?_count=1' "Patient/$marker" "$marker" "$marker/x" \
    "Patient/$id/_history/$marker" "Patient?$marker=1" "Patient?name=$marker" \
    "Patient?identifier=$marker" "Patient?identifier=urn:x%7C8831647" "Patient?_id=$marker" \
    "Patient?_count=$marker" "Patient?_lastUpdated=$marker" "Patient?_total=$marker" \
    "Patient?_page=$marker" "Patient?_cursor=$marker" "Observation?code=$marker" \
    "Observation?date=$marker" "Observation?date=gt$marker" "Observation?patient=$marker" \
    "Observation?subject=$marker/8831647" "Condition?clinical-status:$marker=x" "Patient/%zz$marker" \
    "Patient?x=%zz$marker" "Patient/\$$marker" "Patient?_format=$marker" "metadata?$marker=1" \
    "status?$marker=1"; do
    n=$((n + 1))
    ask "$n" "$path"
  done
  ask post Observation/_search --data "patient=8831647&code=$marker"
  ask post-bad Observation/_search --data "$marker=%zz"
  ask post-type Observation/_search --data "$marker" -H "Content-Type: text/QJXHUB"
  ask create Patient --data '{"resourceType":"Patient","name":[{"text":"標識"}]}'
  ask delete "Patient/$id" -X DELETE
  ask method Patient -X QJXHUBMETHOD
  ask accept Patient -H "Accept: application/QJXHUB"
  ask purpose Patient -H 'Sekisho-Purpose: QJXHUB'
  ask etag "Patient/$id" -H 'If-None-Match: W/"QJXHUB"'
  permit='QJXHUBPERMIT'
  ask permit Patient
  permit=demo-m0
  as=stranger
  ask stranger "Patient?name=$marker"
  as=hub
  # What the HTTP layer cannot parse. However s_client ends: nothing_shows asks whether it was counted.
  printf 'GET /fhir/Patient?name=QJXHUB標識 QJXHUB/1.1\r\nHost: QJXHUB\r\n\r\n' |
    openssl s_client -quiet -connect "localhost:$hub_port" -cert "$work/tls/hub.pem" \
      -key "$work/tls/hub.key" -CAfile "$work/tls/ca.pem" 2>/dev/null >"$seen/raw" || true
  sekisho ingest --home "$home" --reprocess >"$seen/reprocess" 2>&1
  sekisho explain --home "$home" --patient 8831647 --permit demo-m0 >"$seen/explain" 2>&1
  sekisho readiness --home "$home" --permit demo-m0 >"$seen/readiness" 2>&1
  sekisho doctor --home "$home" >"$seen/doctor" 2>&1
  sekisho registry refuse --home "$home" --patient 8831647 --by 窓口 >"$seen/refuse" 2>&1
  ask refused "Patient/$id"
  ask refused-all "Patient?identifier=8831647"
  sekisho explain --home "$home" --patient 8831647 --permit demo-m0 >"$seen/explain-refused" 2>&1
  curl -fs "http://127.0.0.1:$health_port/metrics" >"$seen/metrics"
  curl -fs "http://127.0.0.1:$health_port/health" >"$seen/health"
  curl -s "http://127.0.0.1:$health_port/$marker?$marker=1" >"$seen/health-unknown"
  grep -q '^Max core file size *0 *0 ' "/proc/$agent/limits" || fail 'core files are not switched off'
  stop_agent
  mv "$home/state/store" "$home/state/store.away"
  mkdir "$home/state/store"
  cp "$work/data" "$home/state/store/store.db"  # no database, and full of markers
  fails_with 1 sekisho ingest --home "$home"
  cp "$work/refused" "$seen/no-store"
  rm -r "$home/state/store"
  mv "$home/state/store.away" "$home/state/store"
}
# Each file of what was seen, of the log and of the ledger.
nothing_shows() {
  ls "$home"/state/log/*.jsonl >/dev/null
  grep -q '"event":"ingest.ended"' "$home"/state/log/*.jsonl
  grep -q '"event":"command","name":"registry refuse"' "$home"/state/log/*.jsonl
  [ "$(find "$seen" -type f | wc -l)" -gt 40 ]
  grep -q 'sekisho_requests_total{interaction="read",status="404"}' "$seen/metrics"
  grep -q '^sekisho_unhandled_total{what="bad-request"} [1-9]' "$seen/metrics"
  if grep -rFn -f "$work/markers" "$seen" "$home/agent.log" "$home/state/log" \
    "$home/state/ledger"; then
    fail 'a value of a record shows'
  fi
  if grep -rFn QJXHUB "$seen" "$home/agent.log" "$home/state/log"; then
    fail 'a value of a request shows'
  fi
}
no_core_file() {
  start_agent "$home"
  (cd "$work" && kill -ABRT "$agent")
  wait "$agent" 2>/dev/null || true
  found=$(find "$work" . -maxdepth 1 -name 'core*' -type f)
  same 'core files' "$found" ''
}

storage
make_home "$home"
check 'the marked records are mapped, and the damaged files are kept out' ingests
check 'lists with errors are refused' lists_with_errors
check 'a hub asks in every way' requests
check 'no log, metric, error, URL or report holds a value of a record or of a request' nothing_shows
check 'an agent that is aborted leaves no core file' no_core_file
finish
