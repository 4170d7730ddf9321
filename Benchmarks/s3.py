#!/usr/bin/env python3
"""Measures the way from a file of syslog lines into objects of a store: CPU time, memory, sizes.

The agent tails a generated file (RFC 3164 and RFC 5424 in turns; `--plain`: RFC 3164 alone), parses it with
`parser: syslog` and delivers it to `rclone serve s3` on the loopback; the same file goes to `null`, and the
same bytes through zlib at level 1, in the same run. A store that is slow shows the memory of uploads. Needs
what `scripts/install-stores.sh` installs, and perf for the split.

usage: Benchmarks/s3.py [--lines N] [--rounds N] [--storage memory|filesystem] [--target SIZE]
                        [--compression none|gzip|zstd ...] [--plain] [--no-split] [--keep]
"""
import argparse
import hashlib
import http.server
import os
import pathlib
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[1]
AGENT = pathlib.Path(os.environ.get("CATCHMENT_BINARY", ROOT / ".build/release/catchment"))
VENV = pathlib.Path(os.environ.get("CATCHMENT_TEST_VENV", ROOT / ".build/object-stores"))
KEY, SECRET, BUCKET = "catchment-bench", "catchment-secret-of-the-bench", "bench"

CONFIG = """\
service: {{flush: 1, grace: 120, storage.path: {home}/storage}}
pipeline:
  inputs:
    - {{name: tail, tag: syslog, path: '{home}/in.log', parser: syslog, read_from_head: on,
       exit_on_eof: on, storage.type: {storage}}}
  outputs:
    - {{name: {output}, match: '*', alias: out}}
"""
S3 = "s3, bucket: " + BUCKET + """, preset: minio, endpoint: 'http://127.0.0.1:{port}',
       aws_access_key_id: {key}, aws_secret_access_key: {secret}, s3_key_format: /{home}/$POSITION,
       compression: {compression}, total_file_size: '{target}'"""

# What a sample is for: the first whose pattern fits "thread library function" decides.
PARTS = [
    ("compress", r"libisal|libz\.so|libzstd"),
    ("sign", r"libcrypto"),
    ("send", r"^s3 send|libcurl"),
    ("journal", r"Journal|SegmentReader|SegmentStorage|FrameEncoder|FrameDecoder|RecordBatch.*restore|by_instruction"
                r"|^\S+ \[kernel"),
    ("encode", r"JSON|TextCursor|TimeWriter|ClockText|Nested|OutS3"),
    ("parse", r"^tail|Parsers|InTail"),
    ("rest", r""),
]


def make_lines(path, count, plain=False):
    """Lines of firewalls, switches and servers as they log; every second one has structured data.

    With `plain` all are RFC 3164 and of one program.
    """
    generator = random.Random(1)
    hosts = [f"{kind}{n:02}.{site}.example.net" for kind in ("fw", "sw", "srv", "lb")
             for n in range(1, 13) for site in ("fra", "ams")]
    users = ["root", "admin", "deploy", "monitor", "backup", "jenkins"]

    def address():
        return f"10.{generator.randrange(64)}.{generator.randrange(256)}.{generator.randrange(1, 255)}"

    texts = [
        ("sshd", lambda: f"Accepted publickey for {generator.choice(users)} from {address()} port "
                         f"{generator.randrange(1024, 65536)} ssh2: RSA SHA256:{generator.getrandbits(120):030x}"),
        ("sshd", lambda: f"Failed password for invalid user {generator.choice(users)} from {address()} "
                         f"port {generator.randrange(1024, 65536)} ssh2"),
        ("kernel", lambda: f"[UFW BLOCK] IN=eth0 OUT= MAC=02:42:ac:11:00:02 SRC={address()} DST={address()} "
                           f"LEN={generator.randrange(40, 1500)} TOS=0x00 PREC=0x00 TTL={generator.randrange(30, 128)} "
                           f"ID={generator.randrange(65536)} PROTO=TCP SPT={generator.randrange(1024, 65536)} DPT=443 "
                           "WINDOW=64240 RES=0x00 SYN URGP=0"),
        ("nginx", lambda: f"{address()} - - \"GET /api/v1/items/{generator.randrange(10**6)} HTTP/1.1\" "
                          f"{generator.choice([200, 200, 200, 304, 404, 502])} {generator.randrange(200, 90000)} \"-\" "
                          "\"Mozilla/5.0 (X11; Linux x86_64)\""),
        ("haproxy", lambda: f"{address()}:{generator.randrange(1024, 65536)} [28/Nov/2026:10:00:00.123] front "
                            f"back/srv{generator.randrange(12)} 0/0/{generator.randrange(9)}/{generator.randrange(400)}/"
                            f"{generator.randrange(500)} 200 {generator.randrange(90000)} - - ---- 12/12/3/1/0 0/0"),
        ("CRON", lambda: f"({generator.choice(users)}) CMD (/usr/local/bin/check-backups --quiet)"),
        ("bgpd", lambda: f"%ADJCHANGE: neighbor {address()} in vrf default Down BGP Notification received"),
    ]
    if plain: texts = texts[1:2]
    begin = time.time() // 86400 * 86400
    with open(path, "w") as file:
        for number in range(count):
            name, text = generator.choice(texts)
            host = generator.choice(hosts)
            pri = generator.choice([13, 30, 38, 86, 134, 165, 190])
            # As if they came now, a day at most: a time of another day costs more to write.
            moment = time.gmtime(begin + number // 400)
            clock, day = time.strftime("%H:%M:%S", moment), time.strftime("%Y-%m-%d", moment)
            if number % 2 and not plain:
                file.write(f"<{pri}>1 {day}T{clock}.{number % 1000:03}Z {host} {name} "
                           f"{generator.randrange(300, 30000)} ID{number % 90} "
                           f"[origin ip=\"{address()}\" software=\"{name}\"] {text()}\n")
            else:
                file.write(f"<{pri}>{time.strftime('%b %e', moment)} {clock} {host} {name}[{generator.randrange(300, 30000)}]: {text()}\n")


class Store:
    """rclone as a process of its own; its objects are files."""

    def __init__(self, home):
        self.data = home / "data"
        (self.data / BUCKET).mkdir(parents=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [VENV / "bin/rclone", "serve", "s3", "--auth-key", f"{KEY},{SECRET}", "--addr", f"127.0.0.1:{self.port}",
             "--config", home / "no.conf", self.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit("rclone serve s3 does not start")

    def objects(self, prefix):
        return sorted(p for p in (self.data / BUCKET / prefix).rglob("*") if p.is_file())

    def stop(self):
        self.process.terminate()
        self.process.wait()


class SlowStore:
    """A store that takes half a second for each part and counts how many it has at once; keeps nothing."""

    def __init__(self):
        store, self.now, self.most, self.lock = self, 0, 0, threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                with store.lock:
                    store.now += 1
                    store.most = max(store.most, store.now)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.command == "PUT": time.sleep(0.5)
                text = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
                if "uploadId" in self.path: text = b"<CompleteMultipartUploadResult/>"
                with store.lock: store.now -= 1
                self.send_response(200)
                self.send_header("ETag", f'"{hashlib.md5(body).hexdigest()}"')
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_PUT = do_POST = do_GET = do_HEAD = do_DELETE = answer

            def log_message(self, *_): pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def run(home, name, output, storage, perf=None):
    """Runs the agent to the end of the file; returns CPU seconds, seconds, and its peak in MB."""
    shutil.rmtree(home / "storage", ignore_errors=True)
    config = home / f"{name}.yaml"
    config.write_text(CONFIG.format(home=home, output=output, storage=storage))
    command = [AGENT, "run", "-c", config]
    if perf: command = ["perf", "record", "-q", "-F", "4000", "-e", "cpu-clock", "-o", perf, "--"] + command
    start = time.monotonic()
    peak = 0
    with open(home / f"{name}.log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid: break
            # The most so far; what comes after the last look is the end, when memory is given back.
            found = re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())
            peak = int(found[1]) if found else peak
            time.sleep(0.02)
    process.returncode = status
    if status: sys.exit(f"the agent failed:\n{(home / f'{name}.log').read_text()}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, peak / 1024


def unpack(path, compression):
    if compression == "none": return path.read_bytes()
    command = {"gzip": ["gzip", "-dc"], "zstd": ["zstd", "-dc"]}[compression]
    return subprocess.run(command, stdin=open(path, "rb"), check=True, capture_output=True).stdout


def bytes_of(text):
    number, unit = re.fullmatch(r"(\d+)([kKmM]?)i?B?", text).groups()
    return int(number) * {"": 1, "k": 1000, "m": 10**6}[unit.lower()]


def split(perf):
    """Shares of the samples by what their function is for."""
    report = subprocess.run(
        ["perf", "report", "-i", perf, "--stdio", "-F", "sample,comm,dso,symbol", "-t", "|", "--no-children"],
        capture_output=True, text=True).stdout
    sums = dict.fromkeys([name for name, _ in PARTS], 0)
    for line in report.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 4 or not cells[0].isdigit(): continue
        text = " ".join(cells[1:4])
        sums[next(name for name, pattern in PARTS if re.search(pattern, text))] += int(cells[0])
    total = max(sum(sums.values()), 1)
    return {name: count / total for name, count in sums.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--storage", choices=["memory", "filesystem"], default="filesystem")
    parser.add_argument("--target", default="100M")
    parser.add_argument("--compression", nargs="+", default=["none", "gzip", "zstd"])
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--no-split", action="store_true")
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    home = pathlib.Path(tempfile.mkdtemp(prefix="catchment-s3-"))
    store = None
    try:
        make_lines(home / "in.log", arguments.lines, arguments.plain)
        size = (home / "in.log").stat().st_size
        store = Store(home)
        print(f"{arguments.lines} lines of {size / arguments.lines:.0f} bytes, journal in {arguments.storage}, "
              f"objects of {arguments.target}")
        million = arguments.lines / 1e6
        names = ["null"] + arguments.compression
        figures = {name: [] for name in names}
        zlib_times = []

        def output(name, label, store=store):
            if name == "null": return "'null'"
            return S3.format(port=store.port, key=KEY, secret=SECRET, home=label, compression=name,
                             target=arguments.target)

        for number in range(arguments.rounds):
            for name in names:
                figures[name].append(run(home, name, output(name, f"{name}{number}"), arguments.storage))
                if name == "null": continue
                objects = store.objects(f"{name}{number}")
                texts = [unpack(path, name) for path in objects]
                records = sum(text.count(b"\n") for text in texts)
                if records != arguments.lines: sys.exit(f"{name}: {records} records came")
                if name == arguments.compression[-1]:
                    start = time.process_time()
                    encoder = zlib.compressobj(1, zlib.DEFLATED, 31)
                    zlib_size = sum(len(encoder.compress(text)) for text in texts) + len(encoder.flush())
                    zlib_times.append((time.process_time() - start) / million)
                    json_size = sum(len(text) for text in texts)
                if number + 1 < arguments.rounds:
                    shutil.rmtree(store.data / BUCKET / f"{name}{number}")
        print(f"zlib level 1 alone on the {json_size / arguments.lines:.0f} bytes of each record: "
              f"{statistics.median(zlib_times):.2f} CPU s a million records, to {zlib_size / json_size:.3f}")
        print(f"\n{'to':<8}{'CPU s/M':>9}{'of zlib':>9}{'records/s':>12}{'peak MB':>9}   objects")
        for name in names:
            cpu = statistics.median(figure[0] for figure in figures[name]) / million
            wall = statistics.median(figure[1] for figure in figures[name])
            peak = max(figure[2] for figure in figures[name])
            row = f"{name:<8}{cpu:>9.2f}{cpu / statistics.median(zlib_times):>9.2f}" \
                  f"{arguments.lines / wall:>12,.0f}{peak:>9.1f}"
            if name != "null":
                sizes = [p.stat().st_size for p in store.objects(f"{name}{arguments.rounds - 1}")]
                target = bytes_of(arguments.target)
                full = [f"{s / target:.0%}" for s in sorted(sizes[:-1])]
                shown = f", but the last {full[0]} to {full[-1]} of the target" if full else ""
                row += f"   {len(sizes)}, {sum(sizes) / json_size:.3f} of the JSON{shown}"
            print(row)
        for name in arguments.compression:
            slow = SlowStore()
            _, _, peak = run(home, name, output(name, "slow", slow), arguments.storage)
            slow.server.shutdown()
            print(f"{name}, to a store that takes half a second for each part: "
                  f"at most {slow.most} uploads at once, {peak:.1f} MB")
        if not arguments.no_split and shutil.which("perf"):
            print("\nsplit by the thread, library and function that perf's samples lie in, in CPU s/M:")
            for name in names:
                perf = home / "perf.data"
                run(home, name, output(name, f"{name}-split"), arguments.storage, perf)
                shares = split(perf)
                cpu = statistics.median(figure[0] for figure in figures[name]) / million
                print(f"{name:<8}" + "  ".join(f"{part} {share * cpu:.2f}" for part, share in shares.items()))
    finally:
        if store: store.stop()
        if arguments.keep: print(home)
        else: shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
