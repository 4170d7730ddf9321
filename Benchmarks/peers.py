#!/usr/bin/env python3
"""Measures the agent beside rsyslog and nfcapd under the same load, in turns, and prints the ratios.

Needs a directory with a load harness (collect.py and loadgen.c; CATCHMENT_BENCH names it), gcc, and
the Debian packages rsyslog and nfdump. Ratios of one run mean something; microseconds of different
days do not.

usage: Benchmarks/peers.py [--rounds N] [--seconds S] [--storage memory|filesystem] [CASE ...]
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
AGENT = ROOT / ".build/release/catchment"
PORT = "5514"

# Name: load, datagrams a second, records a datagram, the highest ratio wanted.
CASES = {
    "syslog": ("syslog-udp", 120_000, 1, 0.4),
    "syslog-stock": ("syslog-udp", 120_000, 1, 0.4),
    # RFC 5424 with structured data, which rsyslog's template leaves out.
    "syslog5424": ("syslog5424-udp", 120_000, 1, 0.45),
    # RouterOS firewall lines with all their fields; rsyslog keeps them as text.
    "routeros": ("syslog-udp", 120_000, 1, 0.6),
    "ipfix": ("ipfix", 10_435, 23, 1.8),
    # Beside nfcapd and what nfdump takes to print the same flows as JSON.
    "ipfix-json": ("ipfix", 10_435, 23, 0.1),
    # Received and journaled, written nowhere; meant for --storage filesystem.
    "ipfix-null": ("ipfix", 10_435, 23, 1.0),
}

RSYSLOG = """\
module(load="imudp" TimeRequery="8" batchSize="128" threads="1")
global(workDirectory="{out}")
template(name="j" type="list") {{
  constant(value="{{\\"pri\\":\\"") property(name="pri")
  constant(value="\\",\\"time\\":\\"") property(name="timereported" dateFormat="rfc3339")
  constant(value="\\",\\"host\\":\\"") property(name="hostname" format="json")
  constant(value="\\",\\"ident\\":\\"") property(name="programname" format="json")
  constant(value="\\",\\"message\\":\\"") property(name="msg" format="json")
  constant(value="\\"}}\\n")
}}
ruleset(name="r" queue.type="fixedArray" queue.size="200000" queue.dequeueBatchSize="2048") {{
  action(type="omfile" file="{out}/peer.json" template="j" ioBufferSize="256k"
         asyncWriting="off" flushOnTXEnd="off")
}}
input(type="imudp" address="127.0.0.1" port="{port}" ruleset="r" rcvbufSize="8m")
"""


def harness():
    for place in (os.environ.get("CATCHMENT_BENCH"), ROOT.parent / "shared/bench"):
        if place and (pathlib.Path(place) / "collect.py").exists():
            return pathlib.Path(place) / "collect.py"
    return None


def commands(case, out, storage):
    """The command lines of the agent and of the peer, with how to count what the peer wrote."""
    environment = f"env OUT={out}/ours STORAGE={out}/storage STORAGE_TYPE={storage}"
    config = {"ipfix-json": "ipfix", "syslog5424": "syslog"}.get(case, case)
    ours = f"{environment} {AGENT} run -c {ROOT}/Benchmarks/cases/{config}.yaml"
    if not case.startswith("ipfix"):
        config = out / "rsyslog.conf"
        config.write_text(RSYSLOG.format(out=out / "peer", port=PORT))
        return ours, f"rsyslogd -n -f {config} -i {out}/rsyslog.pid", "lines"
    return ours, f"nfcapd -w {out}/peer -p {PORT} -b 127.0.0.1 -B 16000000", "none"


def warm(target, megabytes=2200):
    """Leaves a file for the harness to remove before it starts.

    On a virtual machine that gives free memory back to its host, the first use of a page costs many
    times the write that caused it. The pages of a file removed a moment ago are still there.
    """
    block = bytes(1 << 20)
    with open(target / "warm", "wb") as file:
        for _ in range(megabytes):
            file.write(block)


def measure(collect, name, command, case, seconds, target, count_how):
    warm(target)
    mode, rate, _, _ = CASES[case]
    result = subprocess.run(
        [sys.executable, collect, name, "--cmd", command, "--mode", mode, "--port", PORT,
         "--count", str(rate * seconds), "--rate", str(rate),
         "--out", f"{target}/*", "--count-how", count_how, "--settle", "2"],
        stdout=subprocess.PIPE, check=True, timeout=180)
    answer = json.loads(result.stdout)
    if "error" in answer:
        sys.exit(f"{name}: {answer['error']}; see {tempfile.gettempdir()}/{name}.log")
    return answer


def printing(directory):
    """CPU seconds that nfdump takes to print what nfcapd kept."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        ["nfdump", "-R", directory, "-o", "json"], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(collect, case, rounds, seconds, storage):
    ratios, ours_all, peer_all, lost, peak, idle = [], [], [], 0, 0, 0
    for round_ in range(rounds):
        out = pathlib.Path(tempfile.mkdtemp(prefix="catchment-peers-"))
        for name in ("ours", "peer"):
            (out / name).mkdir()
        ours, peer, how = commands(case, out, storage)
        ours_how = "none" if case == "ipfix-null" else "lines"
        first = measure(collect, "catchment", ours, case, seconds, out / "ours", ours_how)
        second = measure(collect, "peer", peer, case, seconds, out / "peer", how)
        if case == "ipfix-json":
            second["cpu_us_per_rec"] += 1e6 * printing(out / "peer") / second["records"]
        shutil.rmtree(out, ignore_errors=True)
        ours_all.append(first["cpu_us_per_rec"])
        peer_all.append(second["cpu_us_per_rec"])
        ratios.append(first["cpu_us_per_rec"] / second["cpu_us_per_rec"])
        print(f"{case} {round_ + 1}/{rounds}: {ours_all[-1]:.2f} us beside {peer_all[-1]:.2f} us, {ratios[-1]:.2f}",
              file=sys.stderr, flush=True)
        if first["got"] is not None:
            lost += first["records"] - first["got"]
        peak = max(peak, first["rss_peak_mb"])
        idle = max(idle, first["rss_idle_mb"])
    return [
        case, storage, f"{statistics.median(ours_all):.2f}", f"{statistics.median(peer_all):.2f}",
        f"{statistics.median(ratios):.2f}", f"{CASES[case][3]:.2f}", str(lost), f"{idle:.1f}",
        f"{peak:.1f}"]


def show(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="CASE")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--storage", default="memory", choices=["memory", "filesystem"])
    arguments = parser.parse_args()
    collect = harness()
    missing = [tool for tool in ("rsyslogd", "nfcapd", "gcc") if not shutil.which(tool)]
    if collect is None or missing:
        print("no comparison with peers:", "no load harness" if collect is None else missing)
        return
    rows = [["case", "storage", "us/record", "peer", "ratio", "wanted", "lost", "idle MB",
             "peak MB"]]
    for case in arguments.cases:
        rows.append(run(collect, case, arguments.rounds, arguments.seconds, arguments.storage))
    show(rows)


if __name__ == "__main__":
    main()
