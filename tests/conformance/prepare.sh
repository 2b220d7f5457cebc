#!/bin/sh
# prepare.sh SHARED CACHE: sets up the checker as the library's README says, once. Prints nothing on
# success; exit status 77 with a reason where something that it needs is not to be had.
set -eu
shared=$1
cache=$2
for program in node npm tar; do
  command -v "$program" >/dev/null 2>&1 || { echo "$program is not installed"; exit 77; }
done
[ -d "$shared/tools/fhir-oracles" ] || { echo "the library is not beside the project"; exit 77; }

stamp=$(cat "$shared"/tools/fhir-oracles/* | cksum | tr -d ' ')
folder=$cache/conformance-$stamp
if [ ! -e "$folder/ready" ]; then
  rm -rf "$folder" && mkdir -p "$folder/clins" "$folder/core"
  cp "$shared"/tools/fhir-oracles/* "$folder/" && chmod -R u+w "$folder"
  tar xzf "$shared/data/jp/clins-1.5.3/StructureDefinition-with-snapshots.tgz" \
    --strip-components=1 -C "$folder/clins"
  cp "$shared"/data/jp/clins-1.5.3/json/CodeSystem/* "$shared"/data/jp/clins-1.5.3/json/ValueSet/* \
    "$folder/clins/"
  tar xzf "$shared/data/jp/packages/jp-core.r4-1.1.2-clins.tgz" --strip-components=1 \
    -C "$folder/core"
  (cd "$folder" && npm install --ignore-scripts --no-audit --no-fund >npm.log 2>&1) || {
    echo "npm install did not succeed (no registry?): see $folder/npm.log"
    exit 77
  }
  touch "$folder/ready"
fi
rm -f "$cache/conformance" && ln -s "$folder" "$cache/conformance"
