#!/usr/bin/env bash
# Measures: the parts of the way by themselves, then the agent: beside its peers, with
# journals on disk and in memory, with many exporters and senders, and started on a large journal.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
"$swift" build -c release --static-swift-stdlib --product Benchmarks
.build/release/Benchmarks "$@"
echo
python3 Benchmarks/peers.py
echo
python3 Benchmarks/storage.py
echo
python3 Benchmarks/exporters.py
echo
python3 Benchmarks/senders.py
echo
python3 Benchmarks/backlog.py
