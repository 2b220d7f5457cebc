#!/bin/sh
# Holds two promises of the unit: systemd finds no fault in it, and its exposure stays below 2.0 of
# 10. Exit status 77 (skipped) where systemd-analyze is missing.
set -eu
command -v systemd-analyze >/dev/null 2>&1 || { echo "systemd-analyze is not here"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# verify wants the program to exist; the unit is checked with one that does.
sed 's,^ExecStart=/usr/bin/sekisho ,ExecStart=/bin/true ,; s,^Documentation=.*,,' \
  "$(dirname "$0")/sekisho.service" > "$folder/sekisho.service"
said=$(systemd-analyze verify "$folder/sekisho.service" 2>&1) || { echo "$said"; exit 1; }
if [ -n "$said" ]; then
  echo "$said"
  exit 1
fi
systemd-analyze security --offline=yes --threshold=20 "$folder/sekisho.service" | tail -n 1
