#!/bin/sh
# A disk that is full while ingesting, while a refusal is journaled, and while the ledger is written:
# nothing is acknowledged that is not kept, nothing is released that is not recorded. Needs root, to
# mount a small file system; without it the checks are skipped.
. "$(dirname "$0")/lib.sh"
home=$work/home

unmount_all() {
  [ ! -f "$work/mounts" ] || while read -r one; do umount -l "$one" 2>/dev/null; done <"$work/mounts"
}
trap 'unmount_all; clean' EXIT

# small_disk FOLDER SIZE: puts what the folder holds onto a file system of that size.
small_disk() {
  [ "$(id -u)" = 0 ] || { echo 'only root can mount a small file system'; exit 77; }
  mv "$1" "$1.kept"
  mkdir -m 700 "$1"
  mount -t tmpfs -o "size=$2,mode=700" sekisho-test "$1" 2>/dev/null ||
    { rmdir "$1"; mv "$1.kept" "$1"; echo 'mounting is not allowed here'; exit 77; }
  echo "$1" >>"$work/mounts"
  cp -a "$1.kept/." "$1/"
}
fill() { dd if=/dev/zero of="$1/filler" bs=4096 2>/dev/null || true; }
empty() { rm "$1/filler"; }

full_ledger() {
  small_disk "$home/state/ledger" 1m
  start_agent "$home"
  hub 'Patient?_count=1' >/dev/null; same before "$(status)" 200
  fill "$home/state/ledger"
  tries=0  # the last block of the file may hold a few records more
  while
    hub 'Patient?_count=1' >"$work/answer"
    if [ "$(status)" != 200 ] && grep -q '"resourceType":"Patient"' "$work/answer"; then
      fail 'data left without a record'
    fi
    curl -fs "http://127.0.0.1:$health_port/health" >"$work/health"
    ! grep -q '"state":"locked"' "$work/health"
  do
    tries=$((tries + 1)); [ "$tries" -lt 50 ] || fail 'never closes'
  done
  hub 'Patient?_count=1' >/dev/null; same 'with a full disk' "$(status)" 503
  empty "$home/state/ledger"
  tries=0
  until hub 'Patient?_count=1' >/dev/null && [ "$(status)" = 200 ]; do
    tries=$((tries + 1)); [ "$tries" -lt 50 ] || fail "still $(status) after room was made"
    sleep 0.1
  done
  stop_agent
  sekisho ledger verify --home "$home"
}
full_registry() {
  small_disk "$home/state/registry" 2m
  start_agent "$home"
  fill "$home/state/registry"
  : >"$work/acknowledged"  # the last block of the file may hold a few more
  while sekisho registry refuse --home "$home" --patient 1 --by 窓口 >"$work/refused" 2>&1; do
    sed -n 's/.*（求め \(r[0-9.]*\)、.*/\1/p' "$work/refused" >>"$work/acknowledged"
    [ "$(wc -l <"$work/acknowledged")" -lt 100 ] || fail 'never says that the disk is full'
  done
  cat "$work/refused"
  empty "$home/state/registry"
  stop_agent
  start_agent "$home"
  sekisho registry refuse --home "$home" --patient 1 --by 窓口
  stop_agent
  sekisho registry list --home "$home" --of refusals --json >"$work/refusals"
  while read -r id; do
    grep -q "\"$id\"" "$work/refusals" || fail "acknowledged and lost: $id"
  done <"$work/acknowledged"
}
full_store() {
  make_home "$work/small"
  small_disk "$work/small/state/store" 1m
  fails_with 1 sekisho ingest --home "$work/small"
  cat "$work/refused"
  mount -o remount,size=200m "$work/small/state/store"
  sekisho ingest --home "$work/small"
}

make_home "$home"
sekisho ingest --home "$home" >/dev/null
register "$home" >/dev/null
check 'a full disk under the ledger closes the door, and room opens it again' full_ledger
check 'a full disk under the registry acknowledges no refusal' full_registry
check 'a full disk under the store stops the ingest, which goes on when there is room' full_store
finish
