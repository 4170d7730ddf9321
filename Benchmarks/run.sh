#!/usr/bin/env bash
# Measures: the parts of the way by themselves, then the agent beside its peers.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
"$swift" build -c release --static-swift-stdlib --product Benchmarks
.build/release/Benchmarks "$@"
echo
python3 Benchmarks/peers.py
