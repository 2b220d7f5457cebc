#!/bin/sh
# Verifies an exported ledger bundle as its READ_ME.txt says, with common tools and none of the
# project's code:  stranger_verify.sh BUNDLE. Silent where all holds; else says where, and ends with 1.
set -eu
bundle=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sha256() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }
member() { printf %s "$1" | sed -n "s/.*\"$2\":\"\\{0,1\\}\\([^\",]*\\).*/\\1/p"; }
broken() { echo "line $number: $1"; exit 1; }

head=$(cat "$bundle/ledger/head.json")
head_seen=
number=0
previous=0000000000000000000000000000000000000000000000000000000000000000
cat "$bundle"/ledger/ledger-*.jsonl >"$work/lines"
while IFS= read -r line; do
  number=$((number + 1))
  case $line in "{\"seq\":$number,\"prev\":\"$previous\",\""*) ;; *) broken 'sequence or digest' ;; esac
  sum=$(sha256 "${line%,\"sum\":*}")
  case $line in *",\"sum\":\"$(printf %s "$sum" | cut -c 1-16)\"}") ;; *) broken 'sum' ;; esac
  case $line in *',"kind":"checkpoint",'*)
    printf %s "${line%,\"signature\":*}" >"$work/signed"
    member "$line" signature | tr -d '\n' | tr a-f A-F | basenc --base16 -d >"$work/signature"
    openssl pkeyutl -verify -pubin -inkey "$bundle/public_key.pem" -rawin -in "$work/signed" \
      -sigfile "$work/signature" >"$work/said" 2>&1 || broken 'signature' ;;
  esac
  if [ "$line" = "$head" ]; then head_seen=yes; fi
  previous=$(sha256 "$line")
done <"$work/lines"
if [ -z "$head_seen" ]; then broken 'head.json is none of the lines'; fi
