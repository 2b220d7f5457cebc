#!/bin/sh
# What is broken or wrong around the agent: configuration, registry, ledger, clock, storages.
. "$(dirname "$0")/lib.sh"
home=$work/home

unknown_key() {
  cp "$home/sekisho.json" "$work/good.json"
  sed -i 's/"base_url"/"base_uri"/' "$home/sekisho.json"
  fails_with 1 sekisho run --home "$home"
  has 'the error' "$(cat "$work/refused")" 'did you mean'
  has 'the error' "$(cat "$work/refused")" 'base_url'
  fails_with 1 sekisho doctor --home "$home" --json
  has doctor "$(cat "$work/refused")" CONFIG_INVALID
  cp "$work/good.json" "$home/sekisho.json"
}
broken_registry() {
  file=$(ls "$home"/state/registry/*.jsonl | head -n 1)
  cp "$file" "$work/kept"
  size=$(wc -c <"$file")
  printf '~' | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
  start_agent "$home"
  has health "$(cat "$work/health")" '"state":"locked"'
  hub metadata >/dev/null; same metadata "$(status)" 200
  hub status >/dev/null; same status "$(status)" 200
  has status "$(cat "$work/body")" closed
  hub Patient >"$work/a"; same data "$(status)" 503
  hub Patient/x >"$work/b"; same data "$(status)" 503
  cmp "$work/a" "$work/b"
  grep -q '"level":"alarm","event":"registry.locked"' "$home/agent.log"
  stop_agent
  fails_with 1 sekisho doctor --home "$home" --json
  has doctor "$(cat "$work/refused")" REGISTRY_BROKEN
  cp "$work/kept" "$file"
}
broken_ledger() {
  file=$(ls "$home"/state/ledger/ledger-*.jsonl | head -n 1)
  cp "$file" "$work/kept"
  printf '~' | dd of="$file" bs=1 seek=40 conv=notrunc 2>/dev/null
  head -c -40 "$file" >"$file.cut"; mv "$file.cut" "$file"
  start_agent "$home"
  has health "$(cat "$work/health")" '"state":"locked"'
  hub Patient >/dev/null; same data "$(status)" 503
  hub metadata >/dev/null; same metadata "$(status)" 200
  stop_agent
  fails_with 1 sekisho doctor --home "$home" --json
  has doctor "$(cat "$work/refused")" LEDGER_BROKEN
  cp "$work/kept" "$file"
}
clock_back() {
  printf '{"format":1,"lastSeen":"%s","confirmedUpTo":"1970-01-01T00:00:00.000Z","held":false}\n' \
    "$(date -u -d '1 hour' +%Y-%m-%dT%H:%M:%S.000Z)" >"$home/state/clock.json"
  start_agent "$home"
  hub Patient >/dev/null; same 'after the clock stepped back' "$(status)" 503
  fails_with 1 sekisho doctor --home "$home" --json
  has doctor "$(cat "$work/refused")" CLOCK_HELD
  sekisho clock confirm --home "$home" --by 山田
  hub Patient >/dev/null; same 'after an operator confirmed it' "$(status)" 200
  stop_agent
}
two_agents() {
  start_agent "$home"
  fails_with 1 sekisho run --home "$home"
  stop_agent
}
newer_store() {
  file=$home/state/store/store.db
  cp "$file" "$work/kept"
  printf '\0\0\0\011' | dd of="$file" bs=1 seek=60 conv=notrunc status=none  # its user_version
  for command in run ingest; do
    fails_with 1 sekisho "$command" --home "$home"
    has "$command" "$(cat "$work/refused")" 'install the newer program again'
  done
  cp "$work/kept" "$file"
}
lost_storage() {
  mv "$work/storage" "$work/storage.away"
  fails_with 1 sekisho ingest --home "$home"
  mkdir "$work/storage"
  fails_with 1 sekisho ingest --home "$home"
  has 'the error' "$(cat "$work/refused")" 'confirm-loss'
  sekisho_store_dump "$home/state/store/store.db" >"$work/after"
  cmp "$work/before" "$work/after"
  rmdir "$work/storage"; mv "$work/storage.away" "$work/storage"
}
two_names() {
  fails_with 2 sekisho registry attest --home "$home" --client demo-hub --none-known --reason "デモのため" \
    --as-of 2026-11-01 --by 山田 --by '山 田'
  has 'the error' "$(cat "$work/refused")" 'two different people'
}
modes_not_served() {
  sed 's/"M0"/"M1"/; s/demo-m0/demo-m1/' "$home/permit.json" >"$home/m1.json"
  sekisho registry import --home "$home" "$home/m1.json" --by 山田 --by 佐藤 >"$work/import" 2>&1
  has 'the import' "$(cat "$work/import")" M0
  sekisho doctor --home "$home" --json >"$work/doctor" || true
  has doctor "$(cat "$work/doctor")" PERMIT_MODE_NOT_SERVED
  start_agent "$home"
  permit=demo-m1
  hub Patient >/dev/null; same 'a permit of another mode' "$(status)" 501
  stop_agent
}
usage() {
  fails_with 2 sekisho registry
  has 'the error' "$(cat "$work/refused")" 'registry refuse'
  fails_with 2 sekisho no-such-command
  fails_with 2 sekisho registry refuse --home "$home" --patient 1
  fails_with 1 sekisho doctor --home "$work/nowhere" --json
  has doctor "$(cat "$work/refused")" CONFIG_INVALID
  fails_with 1 sekisho ingest --home "$work/nowhere"
  has 'the error' "$(cat "$work/refused")" 'sekisho init'
  rm -rf "$work/empty"; mkdir "$work/empty"; cp "$home/sekisho.json" "$work/empty/"
  fails_with 1 sekisho ingest --home "$work/empty"
  case $(cat "$work/refused") in *'at work here'*) fail 'a missing folder is called a busy one' ;; esac
}
languages() {
  has 'by default' "$(sekisho doctor --home "$home" || true)" '設定ファイル'
  has 'where asked' "$(sekisho doctor --home "$home" --lang en || true)" 'the configuration reads'
  sed -i 's/"language": "ja"/"language": "en"/' "$home/sekisho.json"
  has 'by setting' "$(sekisho doctor --home "$home" || true)" 'the configuration reads'
  has readiness "$(sekisho readiness --home "$home" --permit demo-m0)" 'patients in the store'
  has explain "$(sekisho explain --home "$home" --permit demo-m0 --patient 1)" 'Patient resource'
  has 'registry list' "$(sekisho registry list --home "$home")" 'Permits'
  sed -i 's/"language": "en"/"language": "ja"/' "$home/sekisho.json"
  has readiness "$(sekisho readiness --home "$home" --permit demo-m0)" '保存されている患者'
  has explain "$(sekisho explain --home "$home" --permit demo-m0 --patient 1)" 'Patient リソース'
  has 'registry list' "$(sekisho registry list --home "$home")" '利用許可'
}

make_home "$home"
sekisho ingest --home "$home" >/dev/null
register "$home" >/dev/null
sekisho_store_dump "$home/state/store/store.db" >"$work/before"
check 'an unknown key of the configuration is an error with the nearest name' unknown_key
check 'a registry that does not verify locks the agent' broken_registry
check 'a ledger that does not verify locks the agent' broken_ledger
check 'a clock behind the last persisted time closes the door until it is confirmed' clock_back
check 'a second agent does not start beside the first' two_agents
check 'a store of a newer program is refused with what to do' newer_store
check 'a storage that is gone or empty deletes nothing and asks' lost_storage
check 'two names that are one person are not two people' two_names
check 'a permit of a mode that is not served warns, and answers 501' modes_not_served
check 'what is asked wrongly is answered with what would be right' usage
check 'reports are Japanese by default, English by setting' languages
finish
