#!/usr/bin/python3
"""Writes the text files: routeros.log, syslog.log and syslog.log.gz.

usage: text-logs.py DIRECTORY
"""

import gzip
import sys

import routeros_lines

# Lines of the two RFCs, of vendors who read them in their own way, and plain damage. Every line is one
# message for a collector; none may be dropped for being malformed.
SYSLOG = [
    b"<34>1 2026-10-11T22:14:15.003Z m.example.com su - ID47 - \xef\xbb\xbf'su root' failed for alice on /dev/pts/8",
    b'<165>1 2026-10-11T22:14:16.000003-07:00 192.0.2.1 evntslog 8710 ID47 [exampleSDID@32473 iut="3"'
    b' eventSource="Application" eventID="1011"][examplePriority@32473 class="high"] An application event',
    b'<165>1 - - - - - [a@1 k="x\\]y\\"z\\q"]',
    b"<78>1 2026-10-11T22:15:00Z edge2 CROND 24583 - - (root) CMD (/usr/bin/backup)",
    b'<14>1 2026-10-11T22:15:01.5+02:00 edge2 api 77 REQ [meta sequenceId="29"] GET /status 200',
    b"<46>1 2026-10-11T22:15:02Z edge2 rsyslogd - - [origin software=\"rsyslogd\" swVersion=\"8.2302.0\"] start",
    b"<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
    b"<13>Oct  1 00:00:01 host1 backup[311]: done in 12 s",
    b"<13>Oct 1 00:00:02 host1 backup[311]: one space before the day",
    b"<30>Oct 11 22:14:15.123 switch7 lldpd[99]: milliseconds",
    b"<85>Oct 11 22:14:15 bastion sudo: pam_unix(sudo:auth): authentication failure; user=alice",
    b"<86>Oct 11 22:14:16 bastion sshd[1204]: Accepted publickey for bob from 2001:db8:9::7 port 50022 ssh2",
    b"<4>Oct 11 22:14:17 bastion kernel: [12345.678901] nf_conntrack: table full, dropping packet",
    b"<13>Oct 11 22:14:18 bastion last message repeated 3 times",
    b"<30>2026-10-11T22:14:15.123+02:00 relay1 dhcpd: DHCPACK on 198.51.100.31 to 00:00:5e:00:53:31 via eth1",
    b"<189>123: core-sw1: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.9)",
    b"<187>77: RP/0/RSP0/CPU0:Oct 11 22:14:15.123 CEST: ifmgr[123]: %PKT_INFRA-LINK-3-UPDOWN : Interface down",
    b"<189>: 2026 Oct 11 22:14:15 CEST: %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up in mode trunk",
    b"<166>Oct 11 2026 22:14:15 fw1 : %ASA-6-302013: Built outbound TCP connection 1 for outside:203.0.113.9/443",
    b"<134>1 1791756855.774 mx-1 flows src=192.0.2.44 dst=203.0.113.9 protocol=tcp sport=50211 dport=443",
    b'<189>date=2026-10-11 time=22:14:15 devname="fg1" devid="FG000" type="traffic" srcip=192.0.2.44 action="deny"',
    b"<134>Oct 11 22:14:15 fw2 CEF:0|Example|Guard|1.0|100|blocked|7|src=192.0.2.44 msg=a\\=b and more act=deny",
    b'<14>Oct 11 22:14:15 app1 {"level":"info","msg":"json body","n":3}',
    b"<30>Jan  1 00:00:09 camera7 boot: the clock was never set",
    b"Oct 11 22:14:15 nopri cron[1]: a line from a file has no priority",
    b"<0>Oct 11 22:14:15 host1 kernel: emergency",
    b"<191>Oct 11 22:14:15 host1 app: the highest priority value",
    "<13>Oct 11 22:14:15 host1 app: Grüße, 你好, emoji \U0001f600".encode(),
    # Damage.
    b"<999>x",
    b"<>x",
    b"<3",
    b"<13>",
    b"no header at all",
    b"<13>Oct 11 22:14:15 host1 app: not UTF-8: \xff\xfe\xe9t\xe9",
    b"<13>Oct 11 22:14:15 host1 app: control characters \x1b[31mred\x1b[0m and a tab\there",
    b'<13>1 2026-10-11T22:14:15Z h a - - [unterminated k="v" the rest',
    b"<13>1 2026-02-30T25:61:61Z h a - - - an impossible date",
    b"<13>Oct 11 22:14:15 host1 app: a long one " + b"0123456789" * 300,
]

directory = sys.argv[1]
with open(f"{directory}/routeros.log", "wb") as out:
    out.write("".join(f"{topics} {text}\n" for topics, text in routeros_lines.ENTRIES).encode())
text = b"".join(line + b"\n" for line in SYSLOG)
with open(f"{directory}/syslog.log", "wb") as out:
    out.write(text)
with open(f"{directory}/syslog.log.gz", "wb") as out:
    out.write(gzip.compress(text, mtime=0))
print(f"{directory}: routeros.log {len(routeros_lines.ENTRIES)} lines, syslog.log {len(SYSLOG)} lines")
