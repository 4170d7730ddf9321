#!/usr/bin/env bash
# Runs the built agent on recorded traffic, in a directory of its own, and shows what it wrote.
#
# usage: scripts/demo.sh          after `make build`; or `make demo`, which does both
#
# Leaves demo/ behind for a closer look. CATCHMENT names another binary than the release build.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

agent=${CATCHMENT:-.build/release/catchment}
samples=conf/samples
data=demo
pid=

heading() { printf '\n== %s\n' "$*"; }
fail() {
    echo "demo: $*" >&2
    if [ -s "$data/agent.log" ]; then
        echo "The agent said last:" >&2
        tail -n 20 "$data/agent.log" >&2
    fi
    exit 1
}

# Never leaves the agent running.
cleanup() {
    if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then
        kill -KILL "$pid" 2>/dev/null || true
    fi
}
trap cleanup EXIT

# Whether something is bound to a port: usage: bound udp|tcp PORT
bound() {
    local state=07
    [ "$1" = udp ] || state=0A
    cat "/proc/net/$1" "/proc/net/${1}6" 2>/dev/null |
        awk -v port=":$(printf '%04X' "$2")" -v state="$state" \
            '$4 == state && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }'
}

listening() { bound udp 2055 && bound udp 5140 && bound tcp 5140 && bound udp 5141; }

# Bytes below the output directory.
written() { { find "$data/out" -type f -printf '%s\n' 2>/dev/null || true; } | awk '{ n += $1 } END { print n + 0 }'; }

[ -x "$agent" ] || fail "$agent is not there; run: make build"
for port in "udp 2055" "udp 5140" "tcp 5140" "udp 5141"; do
    # shellcheck disable=SC2086
    ! bound $port || fail "port $port is in use on this machine"
done

heading "Starting the agent"
rm -rf "$data"
mkdir "$data"
echo "$agent run -c conf/catchment.yaml    (CATCHMENT_DATA=$data, output in $data/agent.log)"
CATCHMENT_DATA=$data "$agent" run -c conf/catchment.yaml >"$data/agent.log" 2>&1 </dev/null &
pid=$!
for attempt in $(seq 100); do
    listening && break
    kill -0 "$pid" 2>/dev/null || fail "the agent ended before it listened"
    [ "$attempt" -lt 100 ] || fail "the agent did not listen on its ports within 10 s"
    sleep 0.1
done
echo "It listens: NetFlow and IPFIX on udp 2055, syslog on udp and tcp 5140, RouterOS logs on udp 5141."

heading "Sending what real exporters sent"
python3 scripts/replay.py "$samples"/*.pcap "$samples"/*.pcapng \
    --datagram "$samples/netflow-v9-datagram.bin" 2055 \
    --lines "$samples/syslog.log" 5140 \
    --lines "$samples/routeros.log" 5141 \
    --tcp "$samples/syslog-tcp-octet-count.bin" 5140 \
    --tcp "$samples/syslog-tcp-lines.bin" 5140 \
    --tcp "$samples/syslog-tcp-rsyslog.bin" 5140 || fail "the samples could not be sent"

heading "Waiting for the output files to settle"
before=-1 quiet=0
for _ in $(seq 40); do
    kill -0 "$pid" 2>/dev/null || fail "the agent ended by itself"
    now=$(written)
    if [ "$now" = "$before" ]; then quiet=$((quiet + 1)); else quiet=0; fi
    before=$now
    if [ "$now" -gt 0 ] && [ "$quiet" -ge 4 ]; then break; fi
    sleep 0.5
done
echo "$before bytes in $data/out"

heading "Stopping the agent; its own summary"
lines_before=$(wc -l <"$data/agent.log")
kill -TERM "$pid"
for attempt in $(seq 300); do
    kill -0 "$pid" 2>/dev/null || break
    [ "$attempt" -lt 300 ] || fail "the agent did not stop within 30 s of SIGTERM"
    sleep 0.1
done
status=0
wait "$pid" || status=$?
pid=
tail -n "+$((lines_before + 1))" "$data/agent.log"
[ "$status" = 0 ] || fail "the agent ended with status $status"

python3 scripts/show-output.py "$data/out" "$samples/expected.json" || fail "something is missing"
