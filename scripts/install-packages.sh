#!/usr/bin/env bash
# Installs the Debian packages a build needs, if any is missing; touches nothing and stays silent otherwise.
#
# usage: scripts/install-packages.sh [--test]      --test adds what the tests use
#
# The Swift toolchain (6.3 or later) is not in Debian and has to be there already.

set -euo pipefail

packages=(
    gcc libc6-dev binutils pkg-config python3
    libyaml-dev zlib1g-dev libzstd-dev libpcre2-dev libssl-dev libcurl4-openssl-dev libisal-dev
)
if [ "${1:-}" = --test ]; then
    # bsdutils has logger; tshark and nfdump decode flows; python3-venv is for install-stores.sh
    packages+=(gzip zstd bsdutils openssl tzdata tshark nfdump python3-venv)
elif [ $# -gt 0 ]; then
    echo "usage: $0 [--test]" >&2
    exit 2
fi

if ! command -v dpkg-query >/dev/null; then
    echo "Not a Debian system: make sure that what these packages hold is there: ${packages[*]}" >&2
    exit 0
fi

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing: ${missing[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "Neither root nor sudo; please run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        return 1
    fi
}
apt update
apt install --no-install-recommends -y "${missing[@]}"
