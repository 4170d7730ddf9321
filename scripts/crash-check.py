#!/usr/bin/env python3
"""Kills a running agent again and again while it follows a file that grows, and counts what arrived.

A writer appends numbered lines to a file, renaming it now and then; the agent follows it into
several outputs; SIGKILL ends the agent at random moments. At the end every line must be in every
output once. Prints one line per output and exits with 1 when anything is lost, doubled or torn.

usage: scripts/crash-check.py [--kills N] [--lines N] [--seed N] [--agent PATH] [--keep]
Needs the command line tool zstd.
"""
import argparse
import collections
import gzip
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]

# Several outputs of one input; the last is slower than the others: it waits for the disk.
CONFIG = """\
service: {{flush: 0.2, storage.path: {home}/storage, storage.type: filesystem}}
pipeline:
  inputs:
    - {{name: tail, tag: t, path: '{home}/in.log*', read_from_head: true, refresh_interval: 1}}
  outputs:
    - {{name: file, alias: plain, match: '*', path: {home}/plain, file: o, mkdir: on,
       rotate_max_size: 2M}}
    - {{name: file, alias: gzip, match: '*', path: {home}/gzip, file: o, mkdir: on,
       rotate_max_size: 300K, compress: gzip}}
    - {{name: file, alias: zstd, match: '*', path: {home}/zstd, file: o, mkdir: on,
       rotate_max_size: 300K, compress: zstd}}
    - {{name: file, alias: slow, match: '*', path: {home}/slow, file: o, mkdir: on,
       rotate_max_size: 2M, sync: full}}
"""
OUTPUTS = ["plain", "gzip", "zstd", "slow"]


class Writer(threading.Thread):
    """Appends lines at a steady pace, so that they last for all kills, and renames the file."""

    def __init__(self, home, lines, seconds, rotations=8):
        super().__init__(daemon=True)
        self.home, self.lines, self.seconds, self.rotations = home, lines, seconds, rotations
        self.written = 0

    def run(self):
        start = time.monotonic()
        file = open(self.home / "in.log", "w")
        per_file = self.lines // (self.rotations + 1) + 1
        while self.written < self.lines:
            due = int(self.lines * min(1, (time.monotonic() - start) / self.seconds)) + 1
            for number in range(self.written, min(due, self.lines)):
                file.write(f"2026-11-23 host{number % 7}: seq={number} and some words behind it\n")
                self.written = number + 1
                if self.written % per_file == 0:
                    file.close()
                    (self.home / "in.log").rename(self.home / f"in.log.{self.written}")
                    file = open(self.home / "in.log", "w")
            file.flush()
            time.sleep(0.005)
        file.close()


def content(path):
    """The bytes of an output file; None when its compression is torn."""
    raw = path.read_bytes()
    try:
        if path.name.endswith(".gz"):
            return gzip.decompress(raw)
        if path.name.endswith(".zst"):
            return subprocess.run(["zstd", "-dc", path], check=True, capture_output=True).stdout
    except (OSError, EOFError, subprocess.CalledProcessError):
        return None
    return raw


def count(folder, lines):
    seen, torn, files = collections.Counter(), 0, 0
    for path in sorted(folder.iterdir()):
        files += 1
        data = content(path)
        if data is None:
            torn += 1
            continue
        for line in data.splitlines():
            match = re.search(rb"seq=(\d+) ", line)
            if match is None or not line.endswith(b"}"):
                torn += 1
            else:
                seen[int(match[1])] += 1
    return {"files": files, "unique": len(seen), "lost": lines - len(seen),
            "doubled": sum(seen.values()) - len(seen), "torn": torn}


def size(home):
    return sum(p.stat().st_size for name in OUTPUTS for p in (home / name).glob("*"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--lines", type=int, default=600_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--agent", default=ROOT / ".build/release/catchment")
    parser.add_argument("--keep", action="store_true", help="leave the files for a look")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    home = pathlib.Path(tempfile.mkdtemp(prefix="catchment-crash-"))
    config = home / "catchment.yaml"
    config.write_text(CONFIG.format(home=home))
    pause = (0.03, 0.25)
    writer = Writer(home, arguments.lines, arguments.kills * sum(pause) / 2)
    writer.start()
    command = [arguments.agent, "run", "-c", config]
    in_the_middle = 0
    for kill in range(arguments.kills):
        before = size(home)
        with open(home / "log", "a") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
            time.sleep(random.uniform(*pause))
            process.kill()
            process.wait()
        in_the_middle += writer.is_alive() and size(home) > before
        if sys.stderr.isatty():
            print(f"\r{kill + 1} of {arguments.kills} kills", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    writer.join()
    with open(home / "log", "a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        last, calm = -1, time.monotonic()
        while time.monotonic() - calm < 3:
            time.sleep(0.2)
            if size(home) != last:
                last, calm = size(home), time.monotonic()
        process.send_signal(signal.SIGTERM)
        status = process.wait(30)
    print(f"{arguments.kills} kills, {in_the_middle} of them while it was delivering; "
          f"{arguments.lines} lines in {len(list(home.glob('in.log*')))} files; "
          f"exit status {status} at the end")
    good = status == 0
    for name in OUTPUTS:
        numbers = count(home / name, arguments.lines)
        good = good and not numbers["lost"] and not numbers["doubled"] and not numbers["torn"]
        print(f"{name:6}" + "".join(f"  {key} {value}" for key, value in numbers.items()))
    if arguments.keep or not good:
        print(f"files left in {home}")
    else:
        shutil.rmtree(home)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
