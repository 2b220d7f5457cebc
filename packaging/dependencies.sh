#!/bin/sh
# Installs the Debian packages that are missing. As root by apt-get without prompts; otherwise by
# sudo, or it prints the one command and stops. Usage: dependencies.sh build|demo|test|node|windows [...]
set -eu

build='g++ make cmake ninja-build pkg-config libpoco-dev rapidjson-dev libre2-dev libicu-dev
  libsqlite3-dev libssl-dev libcurl4-openssl-dev zlib1g-dev'
run='openssl curl ca-certificates'
test='libgtest-dev libgmock-dev libbenchmark-dev procps'
node='nodejs npm'
windows='g++-mingw-w64-x86-64-posix'

wanted=
for set in "$@"; do
  case $set in
    build) wanted="$wanted $build" ;;
    demo) wanted="$wanted $build $run" ;;
    test) wanted="$wanted $build $run $test" ;;
    node) wanted="$wanted $node" ;;
    windows) wanted="$wanted $build $windows" ;;
    *) echo "dependencies.sh: no set of packages is called $set (known: build, demo, test, node, windows)" >&2; exit 2 ;;
  esac
done

missing=
for package in $wanted; do
  if ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
    missing="$missing $package"
  fi
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root='sudo -n env'
else
  echo "These packages are missing. Install them and run this again:" >&2
  echo "  sudo apt-get install -y$missing" >&2
  exit 1
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root ${as_root:+DEBIAN_FRONTEND=noninteractive} apt-get install -y -qq --no-install-recommends $missing
