#!/usr/bin/env bash
# Checks that a release binary keeps its promises: small, Swift's library inside, no Foundation.
#
# usage: deploy/check-binary.sh BINARY

set -euo pipefail

limit=$((15 * 1000 * 1000))
binary=${1:?usage: deploy/check-binary.sh BINARY}
[ -f "$binary" ] || {
    echo "check-binary: $binary is not there" >&2
    exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
wrong() {
    echo "WRONG: $*"
    failures=$((failures + 1))
}

strip -o "$work/stripped" "$binary"
size=$(stat -c %s "$work/stripped")
printf '%-22s %10d bytes\n' "as given" "$(stat -c %s "$binary")" stripped "$size"
[ "$size" -le "$limit" ] || wrong "more than $limit bytes when stripped"

# What the binary itself asks for, and what that comes to.
readelf --dynamic --wide "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/needs \1/p' | tee "$work/needed"
ldd "$binary" >"$work/ldd" 2>&1 || true
if grep 'not found' "$work/ldd"; then wrong "libraries are missing on this machine"; fi
if grep -E 'libswift|libFoundation|lib_Foundation|libdispatch' "$work/needed" "$work/ldd"; then
    wrong "links Swift or Foundation dynamically"
fi

# Mangled names of the Foundation modules, defined or wanted; the module names alone survive stripping.
{
    nm "$binary" 2>/dev/null || true
    nm --dynamic "$binary" 2>/dev/null || true
    strings -a "$binary"
} >"$work/names"
found=$(grep -cE '\$s[s]?(10Foundation|20FoundationEssentials|30FoundationInternationalization)|libFoundation|_FoundationICU|^Foundation(Essentials|Internationalization)?$' \
    "$work/names" || true)
if [ "$found" -gt 0 ]; then
    grep -m 5 -E 'Foundation' "$work/names"
    wrong "contains Foundation ($found names)"
fi

[ "$failures" = 0 ] || exit 1
echo "good"
