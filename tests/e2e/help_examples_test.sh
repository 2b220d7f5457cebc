#!/bin/sh
# Runs the worked example of every command's --help, in the order of `sekisho --help`, in one folder.
. "$(dirname "$0")/lib.sh"

prepare() {
  make_home "$work/prepared"
  demo_registry_files "$work/prepared" "$work/storage"
  cp "$work"/prepared/*.json "$work"/prepared/*.csv "$work/"
  rm "$work/sekisho.json"
  mkdir -p "$work/pack/profiles"
  cp "$root"/mappings/profiles/*.map.json "$work/pack/profiles/"
  cp -r "$root/mappings/concept_maps" "$root/mappings/testdata" "$work/pack/"
  find "$work/storage" -type f -name '*ADT-00*' | head -n 1 | xargs -I{} cp {} "$work/message.hl7"
  echo お知らせ >"$work/leaflet.txt"
  cat >"$work/cases.json" <<'CASES'
{ "cases": [ { "id": "C1", "title": "nothing is loaded", "expect": ["DENY", "SYS_REGISTRY_UNAVAILABLE"],
               "env": { "registry_loaded": false }, "request": { "now": "2026-11-20T10:00:00+09:00" } } ] }
CASES
}
example_of() { sekisho "$@" --help | awk 'show { sub(/^ */, ""); print; exit } /^Example:/ { show = 1 }'; }
# What an example takes for granted beside the ones before it.
before_example() {
  case $example in
    'sekisho registry resolve'*)
      sekisho registry refuse --home demo --patient 99999999 --by 窓口一郎 >refused
      grep -q '求め r9、' refused || { cat refused; fail 'the example names r9'; } ;;
    'sekisho registry revoke'*)
      sed 's/demo-m0/demo-old/' permit.json >old.json
      sekisho registry import --home demo old.json --by 山田 --by 佐藤 ;;
  esac
}
run_example() {
  cd "$work"
  before_example
  if [ "$example" = 'sekisho run --home demo' ]; then
    sekisho run --home demo 2>demo.log &
    agent=$!
    echo "$agent" >>"$work/agents"
    waited=0
    until grep -q agent.ready demo.log; do
      waited=$((waited + 1)); [ "$waited" -lt 300 ] || fail 'not ready'
      sleep 0.1
    done
    stop_agent
    return
  fi
  eval "$example"
  # What the first example made is filled with the storage and the certificates.
  if [ "$example" = 'sekisho init --home demo --institution 1319999999' ]; then
    cp "$work/prepared/sekisho.json" demo/sekisho.json
  fi
}

prepare
sekisho --help | sed -n '/^Commands:/,/^$/s/^  \([a-z ]*[a-z]\)  .*/\1/p' >"$work/names"
while read -r command; do
  # shellcheck disable=SC2086 # a command is one or two words
  example=$(example_of $command)
  check "sekisho $command: $example" run_example
done <"$work/names"
all_have_one() { [ "$(wc -l <"$work/names")" -ge 19 ]; }
check 'every command was shown' all_have_one
finish
