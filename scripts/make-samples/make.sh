#!/usr/bin/env bash
# Makes conf/samples again with real exporters, recorded in a network namespace of their own.
#
# usage: scripts/make-samples/make.sh        as root, on Debian 12 or similar
#
# Needs softflowd, nfdump, pmacct, bsdutils (logger), rsyslog, tcpdump,
# tshark (which brings dumpcap) and python3-scapy. Nothing leaves the namespace; every wait is bounded.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
samples=$(cd "$here/../.." && pwd)/conf/samples
python=/usr/bin/python3 # the one that has Debian's scapy
netns=catchment-samples
work=$(mktemp -d)
started=()

cleanup() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    ip netns del "$netns" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

inside() { ip netns exec "$netns" "$@"; }

# Starts a command in the namespace and waits until its output holds a word.
# usage: background WORD COMMAND...   sets $pid
background() {
    local word=$1 log="$work/background.$RANDOM"
    shift
    ip netns exec "$netns" "$@" >"$log" 2>&1 &
    pid=$!
    started+=("$pid")
    for _ in $(seq 100); do
        grep -q -- "$word" "$log" && return
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "did not start: $*" >&2
    cat "$log" >&2
    exit 1
}

stop() {
    kill -INT "$1" 2>/dev/null || true
    for _ in $(seq 50); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$1"
}

# Records what a command sends: usage: record FILE INTERFACE LINKTYPE FILTER -- COMMAND...
record() {
    local file=$1 interface=$2 linktype=$3 filter=$4
    shift 5
    background "listening on" tcpdump -i "$interface" -y "$linktype" -s 9000 -B 16384 -U --immediate-mode \
        -w "$work/record.pcap" -Z root "$filter"
    local recorder=$pid
    "$@"
    sleep 0.7
    stop "$recorder"
    mv "$work/record.pcap" "$file"
    echo "recorded $(basename "$file")"
}

# The same with dumpcap, which writes pcapng with the names of interface and programs.
record_pcapng() {
    local file=$1 interface=$2 filter=$3
    shift 4
    background "File:" dumpcap -q -n -i "$interface" -f "$filter" -w "$work/record.pcapng"
    local recorder=$pid
    sleep 0.5
    "$@"
    sleep 1
    stop "$recorder"
    "$python" "$here/pcapng-anonymous.py" "$work/record.pcapng" "$file"
    echo "recorded $(basename "$file")"
}

softflowd_reads() { # VERSION COLLECTOR [OPTIONS...]
    # Without a control socket: softflowd 1.1.0 sometimes waits on it for ever when reading a file.
    inside timeout 20 softflowd -d -r "$work/traffic.pcap" -6 -v "$1" -n "$2" "${@:3}" \
        -p "$work/softflowd.pid" -c none >/dev/null 2>&1
}

nfreplay_sends() { # VERSION HOST
    inside timeout 20 nfreplay -r "$work/nfcapd.file" -v "$1" -H "$2" -p 2055 -d 20000 >/dev/null
}

pmacctd_reads() { # VERSION COLLECTOR SOURCE
    cat >"$work/pmacctd.conf" <<CONF
daemonize: false
pcap_savefile: $work/traffic.pcap
pcap_savefile_wait: true
snaplen: 1600
aggregate: src_host, dst_host, src_port, dst_port, proto, tos, tcpflags, src_mac, dst_mac
plugins: nfprobe
nfprobe_receiver: $2
nfprobe_source_ip: $3
nfprobe_version: $1
nfprobe_engine: 42
nfprobe_timeouts: tcp=3600:udp=300:expint=2
pmacctd_force_frag_handling: true
CONF
    # Its probe exports what is left when it is interrupted.
    inside timeout --signal INT --kill-after 5 8 pmacctd -f "$work/pmacctd.conf" \
        >"$work/pmacctd.log" 2>&1 || true
    ! grep -E 'ERROR' "$work/pmacctd.log"
}

logger_udp() { # OPTIONS... MESSAGE, from a host of an invented name
    inside unshare --uts sh -c 'hostname edge1.example.net; exec logger "$@"' logger \
        --udp --server 192.0.2.1 --port 5140 "$@"
}

logger_tcp() {
    inside unshare --uts sh -c 'hostname edge1.example.net; exec logger "$@"' logger \
        --tcp --server 127.0.0.1 --port 5140 "$@"
}

ip netns add "$netns"
ip -n "$netns" link set lo up
background ready "$python" "$here/links.py" tap0 tun0
ip -n "$netns" link set tap0 address 00:00:5e:00:53:10
ip -n "$netns" addr add 192.0.2.10/24 dev tap0
ip -n "$netns" addr add 203.0.113.10/24 dev tun0
ip -n "$netns" link set tap0 up
ip -n "$netns" link set tun0 up
ip -n "$netns" neigh add 192.0.2.1 lladdr 00:00:5e:00:53:01 dev tap0
mkdir -p "$samples"

"$python" "$here/traffic.py" "$work/traffic.pcap" 110

flows='udp dst port 2055'
record "$samples/netflow-v5-softflowd.pcap" tap0 EN10MB "$flows" -- softflowd_reads 5 192.0.2.1:2055
record_pcapng "$samples/netflow-v9-softflowd.pcapng" tap0 "$flows" -- softflowd_reads 9 192.0.2.1:2055
record "$samples/ipfix-softflowd.pcap" any LINUX_SLL "$flows" -- softflowd_reads 10 192.0.2.1:2055

# nfreplay sends what nfcapd stored of softflowd's export.
mkdir "$work/nfcapd"
background "Startup" nfcapd -p 9995 -b 127.0.0.1 -w "$work/nfcapd" -t 300
nfcapd=$pid
softflowd_reads 9 127.0.0.1:9995
sleep 1
stop "$nfcapd"
mv "$work"/nfcapd/nfcapd.* "$work/nfcapd.file"
record "$samples/netflow-v5-nfreplay.pcap" any LINUX_SLL2 "$flows" -- nfreplay_sends 5 192.0.2.1
record "$samples/netflow-v9-nfreplay.pcap" tun0 RAW "$flows" -- nfreplay_sends 9 203.0.113.1

record "$work/untagged.pcap" tap0 EN10MB "$flows" -- pmacctd_reads 9 192.0.2.1:2055 192.0.2.10
"$python" "$here/vlan.py" "$work/untagged.pcap" "$samples/netflow-v9-pmacct-vlan.pcap" 100
record "$samples/ipfix-pmacct.pcap" any LINUX_SLL2 "$flows" \
    -- pmacctd_reads 10 192.0.2.1:2055 192.0.2.10

# A link smaller than the exporter's datagrams makes the kernel fragment them.
ip -n "$netns" link set tap0 mtu 576
record "$samples/ipfix-softflowd-fragments.pcap" tap0 EN10MB \
    'udp dst port 2055 or (ip[6:2] & 0x1fff != 0)' \
    -- softflowd_reads 10 192.0.2.1:2055 -A milli
ip -n "$netns" link set tap0 mtu 1280 # IPv6 exists from this MTU on only
ip -n "$netns" addr add 2001:db8::10/64 dev tap0 nodad
ip -n "$netns" neigh add 2001:db8::1 lladdr 00:00:5e:00:53:01 dev tap0
record "$samples/ipfix-softflowd-fragments6.pcap" tap0 EN10MB \
    'ip6 and (udp dst port 2055 or ip6[6] == 44)' \
    -- softflowd_reads 10 '[2001:db8::1]:2055' -b -A milli
ip -n "$netns" link set tap0 mtu 1500

logs='udp dst port 5140'
rfc5424_messages() {
    logger_udp --rfc5424 -t app -p local0.info --msgid START 'service started'
    logger_udp --rfc5424 -t app --id=4711 -p local0.warning --msgid SLOW \
        --sd-id 'request@32473' --sd-param 'path="/status"' --sd-param 'ms="1532"' 'slow request'
    logger_udp --rfc5424 -t app --id=4711 -p local0.err \
        --sd-id 'a@32473' --sd-param 'quote="say \"hi\""' --sd-param 'bracket="[x\]"' \
        --sd-id 'b@32473' --sd-param 'n="1"' 'two structured elements with escapes'
    logger_udp --rfc5424=notime,nohost -t bare -p user.notice 'neither time nor host'
    logger_udp --rfc5424=notq -t app -p auth.crit 'no timeQuality'
    logger_udp --rfc5424 -t naïve -p daemon.debug 'UTF-8: Grüße, здравствуйте, こんにちは'
    for n in $(seq 14); do
        logger_udp --rfc5424 -t counter --id="$n" -p local7.info --msgid TICK "tick $n of 14"
    done
}
rfc3164_messages() {
    logger_udp --rfc3164 -t sshd --id=2203 -p auth.info \
        'Accepted publickey for alice from 198.51.100.23 port 52144 ssh2'
    logger_udp --rfc3164 -t kernel -p kern.warning 'eth0: link becomes ready'
    logger_udp --rfc3164 -t dhcpd -p daemon.info \
        'DHCPACK on 198.51.100.31 to 00:00:5e:00:53:31 (phone) via eth1'
    logger_udp --rfc3164 -t named --id=811 -p daemon.err \
        "client @0x7f 198.51.100.9#53211 (example.com): query 'example.com/A/IN' denied"
    for n in $(seq 16); do
        logger_udp --rfc3164 -t cron --id=$((900 + n)) -p cron.info "(root) CMD (job $n)"
    done
}
record "$samples/syslog-rfc5424-logger.pcap" any LINUX_SLL2 "$logs" -- rfc5424_messages
record "$samples/syslog-rfc3164-logger.pcap" any LINUX_SLL "$logs" -- rfc3164_messages

cat >"$work/lines" <<'LINES'
<14>first message on this connection
<11>an error with "quotes" and a trailing space 
<15>debug
<13>12 apples, 3 pears: digits at the start of a text
<12>a long one: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789
<10>critical: last message
LINES
background ready "$python" "$here/tcp-sink.py" 5140 "$samples/syslog-tcp-octet-count.bin" 3
sink=$pid
logger_tcp --octet-count --rfc5424 -t stream --prio-prefix -f "$work/lines"
logger_tcp --octet-count --rfc3164 -t stream --id=77 --prio-prefix -f "$work/lines"
logger_tcp --octet-count --rfc5424 -t stream --sd-id 'x@32473' --sd-param 'k="v"' 'one more'
wait "$sink"
background ready "$python" "$here/tcp-sink.py" 5140 "$samples/syslog-tcp-lines.bin" 2
sink=$pid
logger_tcp --rfc3164 -t stream --id=78 --prio-prefix -f "$work/lines"
logger_tcp --rfc5424 -t stream --id=78 --prio-prefix -f "$work/lines"
wait "$sink"

# rsyslog forwards what logger hands it: over UDP in its own forward format, over TCP with octet counts.
cat >"$work/rsyslog.conf" <<CONF
global(workDirectory="$work" localHostname="relay1.example.net")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$work/log.sock" RateLimit.Interval="0")
action(type="omfwd" target="192.0.2.1" port="5140" protocol="udp" template="RSYSLOG_ForwardFormat")
action(type="omfwd" target="127.0.0.1" port="5140" protocol="tcp" TCP_Framing="octet-counted"
       template="RSYSLOG_SyslogProtocol23Format")
CONF
rsyslog_forwards() {
    background ready "$python" "$here/tcp-sink.py" 5140 "$samples/syslog-tcp-rsyslog.bin" 1
    local sink=$pid
    ip netns exec "$netns" rsyslogd -n -f "$work/rsyslog.conf" -i "$work/rsyslog.pid" &
    local relay=$!
    started+=("$relay")
    for _ in $(seq 50); do
        [ -S "$work/log.sock" ] && break
        sleep 0.1
    done
    for n in $(seq 12); do
        logger --socket "$work/log.sock" -t postfix/smtpd --id=$((3000 + n)) -p mail.info \
            "connect from host$n.example.com[203.0.113.$n]"
    done
    logger --socket "$work/log.sock" -t multi -p user.notice "$(printf 'two lines:\nthe second\tand a tab')"
    sleep 1
    kill "$relay"
    wait "$relay" "$sink" || true
}
record "$samples/syslog-rsyslog-forward.pcap" tap0 EN10MB "$logs" -- rsyslog_forwards

"$python" "$here/routeros.py" "$samples"
"$python" "$here/text-logs.py" "$samples"

# One raw datagram: the first of softflowd's NetFlow v9 export, with its templates.
tshark -r "$samples/netflow-v9-softflowd.pcapng" -c 1 -T fields -e udp.payload 2>/dev/null |
    "$python" -c "import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))" \
        >"$samples/netflow-v9-datagram.bin"

chmod 644 "$samples"/*
"$python" "$here/expect.py" "$samples"
