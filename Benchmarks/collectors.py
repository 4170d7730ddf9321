"""Two collectors side by side: the same load in short turns, and what each turn cost in CPU time.

On a shared machine the same work takes half as long again a minute later. Turns of half a second meet the same
conditions; the median of the ratios of many pairs, and how far it can be trusted, is what counts.
"""
import json
import math
import os
import pathlib
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
AGENT = ROOT / ".build/release/catchment"


def load_generator(out):
    """The program that sends, built from loadgen.c of the directory that CATCHMENT_BENCH names; None without it."""
    for place in (os.environ.get("CATCHMENT_BENCH"), ROOT.parent / "shared/bench"):
        source = pathlib.Path(place or "/nowhere") / "loadgen.c"
        if source.exists() and shutil.which("gcc"):
            program = pathlib.Path(out) / "loadgen"
            subprocess.run(["gcc", "-O2", "-o", program, source], check=True)
            return program
    return None


class Collector:
    """A collector that listens on a port of loopback and writes below a directory."""

    def __init__(self, name, command, port, out, environment=None, load=()):
        """`load`: what the load generator is told beside mode, place, number and rate."""
        self.name, self.port, self.out, self.load = name, port, pathlib.Path(out), load
        self.log = tempfile.NamedTemporaryFile(prefix=f"{name}-", suffix=".log", delete=False)
        self.process = subprocess.Popen(
            shlex.split(command), stdout=self.log, stderr=self.log, env={**os.environ, **(environment or {})})
        time.sleep(1.5)
        if self.process.poll() is not None:
            sys.exit(f"{name} ended with status {self.process.returncode}; see {self.log.name}")
        self.idle = self.memory("VmRSS")

    def cpu(self):
        """Nanoseconds of CPU time of all threads until now."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task")
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir())

    def memory(self, what):
        """MiB: VmRSS or VmHWM."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(what):
                return int(line.split()[1]) / 1024
        return 0

    def turn(self, load, mode, count, rate):
        """CPU nanoseconds for `count` datagrams, with what follows until the collector rests."""
        before = self.cpu()
        answer = subprocess.run([load, mode, "127.0.0.1", str(self.port), str(count), str(rate), *self.load],
                                stdout=subprocess.PIPE, check=True, timeout=120)
        records = json.loads(answer.stdout)["records"]
        last, calm = self.cpu(), 0
        while calm < 12:
            time.sleep(0.1)
            now = self.cpu()
            calm = calm + 1 if now - last < 500_000 else 0
            last = now
        return last - before, records

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        os.unlink(self.log.name)

    def lines(self):
        """Lines in the files it wrote."""
        count = 0
        for path in self.out.rglob("*"):
            if path.is_file():
                with open(path, "rb") as file:
                    while block := file.read(1 << 22):
                        count += block.count(b"\n")
        return count


class Reserve:
    """Pages of memory that were in use a moment before, held by a file until they are wanted.

    On a virtual machine that gives free memory back to its host, the first use of a page costs many
    times the write that caused it.
    """

    def __init__(self, directory, megabytes):
        self.path = pathlib.Path(directory) / "reserve"
        self.length = megabytes << 20
        block = bytes(1 << 20)
        with open(self.path, "wb") as file:
            for _ in range(megabytes):
                file.write(block)

    def give(self, megabytes):
        self.length = max(0, self.length - (megabytes << 20))
        os.truncate(self.path, self.length)

    def give_all(self):
        self.path.unlink(missing_ok=True)


def in_turns(first, second, load, mode, rate, pairs, seconds, home):
    """CPU microseconds a record of both, a pair for each time both had a turn, and records sent to each.

    `home` takes a reserve of memory while it lasts.
    """
    count, costs, sent = int(rate * seconds), [], 0
    # What a turn writes: up to 800 bytes a record.
    megabytes = 1 + count * (24 if mode == "ipfix" else 1) * 800 // (1 << 20)
    reserve = Reserve(home, min(megabytes * (2 * pairs + 2), 8 << 10))
    for pair in range(-1, pairs):
        order = (first, second) if pair % 2 == 0 else (second, first)
        cost = {}
        for collector in order:
            reserve.give(megabytes)
            spent, records = collector.turn(load, mode, count, rate)
            cost[collector] = spent / 1000 / records
        sent += records
        if pair >= 0:  # before that, caches and what is made at first use
            costs.append((cost[first], cost[second]))
        if sys.stderr.isatty():
            print(f"\r{mode}: {pair + 1} of {pairs} pairs", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    return costs, sent


def median_range(values):
    """The median, and between which two of the values the true one lies in 95 of 100 cases (order statistics)."""
    values, n = sorted(values), len(values)
    below, outside = 0.0, 0
    for k in range(n // 2):
        below += math.comb(n, k) / 2 ** n
        if below > 0.025:
            break
        outside = k + 1
    low, high = (values[outside - 1], values[n - outside]) if outside else (values[0], values[-1])
    return statistics.median(values), low, high


def compared(costs, wanted, extra=0):
    """Cells of a table: microseconds of both, their ratio, its range, what is wanted, and whether it holds.

    `extra` microseconds belong to each of the second.
    """
    ratio, low, high = median_range([one / (other + extra) for one, other in costs])
    first, second = (statistics.median(column) for column in zip(*costs))
    verdict = "holds" if high <= wanted else "fails" if low > wanted else "open"
    return [f"{first:.2f}", f"{second + extra:.2f}", f"{ratio:.2f}", f"{low:.2f}-{high:.2f}", f"{wanted:.2f}", verdict]


def show(rows):
    """A table, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths)))
