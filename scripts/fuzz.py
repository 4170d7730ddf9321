#!/usr/bin/env python3
"""Runs the fuzz targets in a release build and prints a table of what happened.

    scripts/fuzz.py [TARGET...] [--executions N | --minutes M] [--seed N] [--seeds DIR] [--coverage]

Without TARGET all are run: one process at a time, at the lowest priority. An input that ends the process
is kept in .build/fuzzing/found/, and the run goes on with the next seed; `Fuzz replay TARGET FILE` runs it
again. --coverage builds with libFuzzer and lets it choose the inputs; what it finds interesting stays in
.build/fuzzing/corpus/TARGET and is read by the next run of either kind. `slow` counts shapes of inputs whose
time grows faster than their length. Exits 1 when something was found or a process took more than 512 MB.
"""
import argparse
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOME = ROOT / ".build" / "fuzzing"
FOUND = HOME / "found"
PEAK_LIMIT_MB = 512
# A target that ends this often has said enough.
CRASH_LIMIT = 10


def build(is_coverage):
    """The program, built for libFuzzer or for itself."""
    scratch = ROOT / ".build" / ("fuzz-coverage" if is_coverage else "fuzz")
    command = ["swift", "build", "-c", "release", "--product", "Fuzz", "--scratch-path", str(scratch)]
    if is_coverage:
        # gold cannot link libFuzzer, lld can.
        command += ["-Xswiftc", "-sanitize=fuzzer", "-Xswiftc", "-DCOVERAGE", "-Xswiftc", "-use-ld=lld"]
    subprocess.run(command, cwd=ROOT, check=True)
    return str(scratch / "release" / "Fuzz")


def keep(target, note, trace):
    """Saves the input that ended a process; returns its path."""
    raw = note.read_bytes()
    length = int.from_bytes(raw[:8], sys.byteorder)
    name = f"{target}-{hashlib.sha256(raw[8:8 + length]).hexdigest()[:12]}"
    FOUND.mkdir(parents=True, exist_ok=True)
    (FOUND / name).write_bytes(raw[8:8 + length])
    (FOUND / (name + ".txt")).write_bytes(trace)
    return FOUND / name


def run_seeded(program, target, options, count):
    """Inputs run, seconds, peak MB and the files of what was found."""
    HOME.mkdir(parents=True, exist_ok=True)
    note = HOME / f"note-{os.getpid()}"
    done, seconds, peak, found, seed = 0, 0.0, 0, [], options.seed
    while done < count and len(found) < CRASH_LIMIT:
        command = ["nice", "-n", "19", program, "run", target, "--seed", str(seed), "--note", str(note)]
        command += ["--executions", str(count - done)]
        if options.minutes:
            command += ["--seconds", str(max(1, int(options.minutes * 60 - seconds)))]
        if (HOME / "corpus" / target).is_dir():
            command += ["--corpus", str(HOME / "corpus" / target)]
        for folder in options.seeds:
            command += ["--seeds", folder]
        start = time.monotonic()
        made = subprocess.run(command, capture_output=True)
        if made.returncode == 0:
            fields = made.stdout.split()
            done, seconds, peak = done + int(fields[0]), seconds + float(fields[1]), max(peak, int(fields[2]))
            break
        # How many inputs came before is not known; none are counted.
        seconds += time.monotonic() - start
        found.append(keep(target, note, made.stderr))
        seed += 1
    note.unlink(missing_ok=True)
    return done, seconds, peak, found


def count_slow(program, target, options):
    """Shapes of inputs whose time grows faster than their length, as lines."""
    made = subprocess.run(["nice", "-n", "19", program, "growth", target, "--seed", str(options.seed)],
                          capture_output=True, text=True)
    return [line for line in made.stdout.splitlines() if line.startswith("superlinear")]


def run_coverage(program, target, options, count):
    corpus = HOME / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    FOUND.mkdir(parents=True, exist_ok=True)
    subprocess.run([program, "seeds", target, str(corpus)], check=True)
    command = ["nice", "-n", "19", program, "coverage", target, str(corpus)]
    # libFuzzer's numbers have 32 bits.
    command += [f"-runs={min(count, 2**31 - 1)}", f"-artifact_prefix={FOUND}/{target}-", "-timeout=20", "-max_len=4096",
                f"-rss_limit_mb={PEAK_LIMIT_MB}", "-print_final_stats=1", f"-seed={options.seed}",
                "-detect_leaks=0"]
    if options.minutes:
        command.append(f"-max_total_time={int(options.minutes * 60)}")
    before = set(FOUND.iterdir())
    start = time.monotonic()
    text = subprocess.run(command, capture_output=True).stderr.decode("utf-8", "replace")
    seconds = time.monotonic() - start

    def stat(name):
        match = re.search(name + r":\s+(\d+)", text)
        return int(match.group(1)) if match else 0

    return (stat("number_of_executed_units"), seconds, stat("peak_rss_mb"),
            sorted(set(FOUND.iterdir()) - before))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--executions", type=int)
    parser.add_argument("--minutes", type=float, help="for each target")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--seeds", action="append", default=[], metavar="DIR",
                        help="captures and logs to begin with, too; not for --coverage")
    parser.add_argument("--coverage", action="store_true")
    options = parser.parse_args()
    if not options.executions and not options.minutes:
        options.minutes = 5
    program = build(options.coverage)
    listed = subprocess.run([program, "list"], capture_output=True, check=True, text=True).stdout
    targets = options.targets or [line.split("\t")[0] for line in listed.splitlines()]
    print(f"seed {options.seed}")
    print(f"{'target':<16} {'executions':>12} {'exec/s':>9} {'peak MB':>8} {'found':>6} {'slow':>5}",
          flush=True)
    is_bad = False
    for target in targets:
        run = run_coverage if options.coverage else run_seeded
        done, seconds, peak, found = run(program, target, options, options.executions or 1 << 40)
        slow = [] if options.coverage else count_slow(program, target, options)
        print(f"{target:<16} {done:>12,} {done / max(seconds, 1e-9):>9,.0f} {peak:>8} {len(found):>6}"
              f" {len(slow):>5}", flush=True)
        for text in found + slow:
            print(f"  {text}")
        if peak > PEAK_LIMIT_MB:
            print(f"  took more than {PEAK_LIMIT_MB} MB")
        is_bad = is_bad or bool(found) or bool(slow) or peak > PEAK_LIMIT_MB
    return 1 if is_bad else 0


if __name__ == "__main__":
    sys.exit(main())
