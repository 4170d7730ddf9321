#!/usr/bin/env python3
"""Measures the agent beside rsyslog and nfcapd under the same load, in short turns, and prints the ratios.

Both run all the time; each gets the same load for half a second, one after the other, again and again. The ratio
is the median over all pairs of turns, with the range where the true one lies in 95 of 100 cases.

Needs a load generator (loadgen.c in the directory that CATCHMENT_BENCH names), gcc, and the Debian packages
rsyslog and nfdump. Ratios of one run mean something; microseconds of different days do not.

usage: Benchmarks/peers.py [--pairs N] [--seconds S] [--storage memory|filesystem] [CASE ...]
"""
import argparse
import pathlib
import resource
import shutil
import subprocess
import tempfile

from collectors import AGENT, ROOT, Collector, compared, in_turns, load_generator, show

PORTS = {"ours": 5514, "peer": 5515}

# Name: load, datagrams a second, configuration, the highest ratio wanted.
CASES = {
    "syslog": ("syslog-udp", 120_000, "syslog", 0.4),
    "syslog-stock": ("syslog-udp", 120_000, "syslog-stock", 0.4),
    # RFC 5424 with structured data, which rsyslog's template leaves out.
    "syslog5424": ("syslog5424-udp", 120_000, "syslog", 0.45),
    # RouterOS firewall lines with all their fields; rsyslog keeps them as text.
    "routeros": ("syslog-udp", 120_000, "routeros", 0.6),
    "ipfix": ("ipfix", 10_435, "ipfix", 1.8),
    # Beside nfcapd and what nfdump takes to print the same flows as JSON.
    "ipfix-json": ("ipfix", 10_435, "ipfix", 0.1),
    # Received and journaled, written nowhere; meant for --storage filesystem.
    "ipfix-null": ("ipfix", 10_435, "ipfix-null", 1.0),
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


def agent(case, out, storage, port=PORTS["ours"], load=()):
    """The agent with the configuration of a case."""
    (out / "lines").mkdir(parents=True)
    settings = {"OUT": str(out / "lines"), "STORAGE": str(out / "storage"), "STORAGE_TYPE": storage, "PORT": str(port)}
    return Collector("agent", f"{AGENT} run -c {ROOT}/Benchmarks/cases/{CASES[case][2]}.yaml", port, out / "lines",
                     settings, load)


def peer(case, out):
    (out / "lines").mkdir(parents=True)
    port = PORTS["peer"]
    if case.startswith("ipfix"):
        return Collector("nfcapd", f"nfcapd -w {out}/lines -p {port} -b 127.0.0.1 -B 16000000", port, out / "lines")
    config = out / "rsyslog.conf"
    config.write_text(RSYSLOG.format(out=out / "lines", port=port))
    return Collector("rsyslogd", f"rsyslogd -n -f {config} -i {out}/rsyslog.pid", port, out / "lines")


def printing(directory):
    """CPU microseconds that nfdump takes to print what nfcapd kept."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["nfdump", "-R", directory, "-o", "json"], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e6 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def run(load, case, pairs, seconds, storage):
    mode, rate, _, wanted = CASES[case]
    home = pathlib.Path(tempfile.mkdtemp(prefix="catchment-peers-"))
    ours, other = agent(case, home / "ours", storage), peer(case, home / "peer")
    costs, sent = in_turns(ours, other, load, mode, rate, pairs, seconds, home)
    peak = ours.memory("VmHWM")
    ours.stop()
    other.stop()
    lost = [str(sent - ours.lines()) if case != "ipfix-null" else "-",
            str(sent - other.lines()) if mode != "ipfix" else "-"]
    extra = printing(other.out) / sent if case == "ipfix-json" else 0
    shutil.rmtree(home, ignore_errors=True)
    return [case, storage, *compared(costs, wanted, extra), *lost, f"{ours.idle:.1f}", f"{peak:.1f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="CASE")
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.5, help="of load in each turn")
    parser.add_argument("--storage", default="memory", choices=["memory", "filesystem"])
    arguments = parser.parse_args()
    missing = [tool for tool in ("rsyslogd", "nfcapd", "nfdump", "gcc") if not shutil.which(tool)]
    with tempfile.TemporaryDirectory(prefix="catchment-load-") as directory:
        load = load_generator(directory)
        if load is None or missing:
            print("no comparison with peers:", f"without {', '.join(missing)}" if missing else "no load generator")
            return
        rows = [["case", "storage", "us/record", "peer", "ratio", "95 %", "wanted", "", "lost", "peer lost", "idle MB",
                 "peak MB"]]
        for case in arguments.cases:
            rows.append(run(load, case, arguments.pairs, arguments.seconds, arguments.storage))
        show(rows)


if __name__ == "__main__":
    main()
