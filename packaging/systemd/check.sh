#!/bin/sh
# Holds what the unit promises: systemd finds no fault in it, its exposure stays below 2.0 of 10, it
# leaves no core file, and callers of the command socket keep their names. Exit status 77 (skipped) where systemd-analyze is missing.
set -eu
unit=$(dirname "$0")/sekisho.service
grep -q '^LimitCORE=0$' "$unit" || { echo 'the unit allows core files'; exit 1; }
if grep -q '^PrivateUsers=' "$unit"; then echo 'the unit hides who gives a command'; exit 1; fi
command -v systemd-analyze >/dev/null 2>&1 || { echo "systemd-analyze is not here"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# verify wants the program to exist; the unit is checked with one that does.
sed 's,^ExecStart=/usr/bin/sekisho ,ExecStart=/bin/true ,; s,^Documentation=.*,,' \
  "$unit" > "$folder/sekisho.service"
said=$(systemd-analyze verify "$folder/sekisho.service" 2>&1) || { echo "$said"; exit 1; }
if [ -n "$said" ]; then
  echo "$said"
  exit 1
fi
systemd-analyze security --offline=yes --threshold=20 "$folder/sekisho.service" | tail -n 1
