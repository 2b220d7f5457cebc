#!/bin/sh
# Layout by clang-format and the short list of clang-tidy checks (.clang-tidy).
#   lint.sh format   every source is formatted; exit status 77 where clang-format-14 is missing
#   lint.sh tidy     runs clang-tidy over build/dev/compile_commands.json (minutes, by command)
set -eu
cd "$(dirname "$0")/.."
case ${1:-format} in
  format)
    command -v clang-format-14 >/dev/null 2>&1 || { echo "clang-format-14 is not here"; exit 77; }
    git ls-files '*.h' '*.cc' | xargs -r clang-format-14 --dry-run --Werror
    ;;
  tidy)
    git ls-files '*.cc' | grep -v '_windows\.cc$' |
      xargs -r -n 4 -P "$(nproc)" clang-tidy-14 --quiet -p build/dev
    ;;
  *) echo "usage: lint.sh [format|tidy]" >&2; exit 2 ;;
esac
