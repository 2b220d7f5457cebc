#!/bin/sh
# Compiles every object of the product for Windows (mingw-w64), without linking. Installs what is
# missing. Fails where a file does not compile that not-yet.txt does not list, and where a listed one
# does compile: so that list only gets shorter. Fails too where an object makes a path or opens a file
# from a plain char text, which on Windows would be read in the machine's code page and not as UTF-8.
set -eu
cd "$(dirname "$0")/../.."
sh packaging/dependencies.sh windows
build=build/windows
cmake --no-warn-unused-cli --preset windows >/dev/null

# "object source" of each compilation; the programs and libraries themselves are not asked for.
sed -n 's|^ *"command": ".* -o \([^ ]*\) -c \([^ ]*\)",$|\1 \2|p' "$build/compile_commands.json" |
  sed "s| $(pwd)/| |" >"$build/objects"
[ -s "$build/objects" ] || { echo "$build/compile_commands.json: names no object" >&2; exit 1; }

set +e
cut -d ' ' -f 1 "$build/objects" | xargs ninja -k 0 -C "$build" -j "${JOBS:-$(nproc)}" >"$build/compile.log"
compiled=$?
set -e
sed -n 's/^FAILED: \([^ ]*\) *$/\1/p' "$build/compile.log" | sort -u >"$build/failed-objects"
if [ "$compiled" != 0 ] && [ ! -s "$build/failed-objects" ]; then
  tail -n 20 "$build/compile.log" >&2
  exit 1
fi
awk 'NR == FNR { failed[$1]; next } $1 in failed { print $2 }' "$build/failed-objects" "$build/objects" |
  sort -u >"$build/failed"
# A line of the list: the path, two spaces, the reason.
sed -n 's/^\([^# ][^ ]*\)  *[^ ].*$/\1/p' packaging/windows/not-yet.txt | sort -u >"$build/listed"

# path::_S_convert<char>, and file streams made or opened with a char text.
code_page='path10_S_convertIcE|basic_(ifstream|ofstream|fstream|filebuf)IcSt11char_traitsIcEE(C[12]|4open)E(PKc|RKNSt7)'
status=0
for source in $(comm -23 "$build/failed" "$build/listed"); do
  echo "$source: does not compile for Windows:" >&2
  grep -F "$source:" "$build/compile.log" | grep -m 3 'error:' >&2 || true
  status=1
done
for source in $(comm -13 "$build/failed" "$build/listed"); do
  echo "$source: compiles for Windows, or is gone; take it off packaging/windows/not-yet.txt" >&2
  status=1
done
awk 'FILENAME == ARGV[1] { failed[$1]; next } $2 !~ /^tests\// && !($1 in failed)' \
  "$build/failed-objects" "$build/objects" >"$build/to-search"
while read -r object source; do
  found=0
  LC_ALL=C grep -qE "$code_page" "$build/$object" || found=$?
  case $found in
    0) echo "$source: takes a path in the code page; make it by std::filesystem::u8path or a u8 literal" >&2 ;;
    1) continue ;;
    *) echo "$source: its object cannot be searched for paths in the code page" >&2 ;;
  esac
  status=1
done <"$build/to-search"
all=$(wc -l <"$build/objects")
echo "windows: $((all - $(wc -l <"$build/failed-objects"))) of $all objects compiled," \
  "$(wc -l <"$build/listed") listed as not yet"
exit "$status"
