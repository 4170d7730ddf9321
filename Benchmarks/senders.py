#!/usr/bin/env python3
"""Measures what messages of many senders in random order cost beside those of one, in short turns.

Every sender has an address of its own on loopback. Needs gcc.

usage: Benchmarks/senders.py [--senders N] [--pairs N] [--seconds S] [syslog|routeros ...]
"""
import argparse
import pathlib
import shutil
import subprocess
import tempfile

from collectors import ROOT, compared, in_turns, show
from peers import PORTS, agent

RATE = 100_000
WANTED = 1.6


def run(load, kind, senders, pairs, seconds):
    home = pathlib.Path(tempfile.mkdtemp(prefix="catchment-senders-"))
    many = agent(kind, home / "many", "memory", PORTS["ours"], [str(senders)])
    one = agent(kind, home / "one", "memory", PORTS["peer"], ["1"])
    costs, sent = in_turns(many, one, load, kind, RATE, pairs, seconds, home)
    peak = many.memory("VmHWM")
    many.stop()
    one.stop()
    lost = 2 * sent - many.lines() - one.lines()
    shutil.rmtree(home, ignore_errors=True)
    return [kind, f"{senders}", *compared(costs, WANTED), str(lost), f"{peak:.1f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", default=["syslog", "routeros"], metavar="KIND")
    parser.add_argument("--senders", type=int, default=10_000)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.5, help="of load in each turn")
    arguments = parser.parse_args()
    if not shutil.which("gcc"):
        print("no comparison of senders: no gcc")
        return
    with tempfile.TemporaryDirectory(prefix="catchment-load-") as directory:
        load = f"{directory}/senders"
        subprocess.run(["gcc", "-O2", "-Wall", "-o", load, ROOT / "Benchmarks/load/senders.c"], check=True)
        rows = [["input", "senders", "us/record", "of one", "ratio", "95 %", "wanted", "", "lost", "peak MB"]]
        for kind in arguments.kinds:
            rows.append(run(load, kind, arguments.senders, arguments.pairs, arguments.seconds))
        show(rows)


if __name__ == "__main__":
    main()
