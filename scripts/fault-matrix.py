#!/usr/bin/env python3
"""Runs the agent against object stores of others with a proxy in between that does everything wrong.

usage: scripts/fault-matrix.py [--binary FILE] [--store moto|rclone] [--table NAME] [--fault NAME] [--times N]
                               [--seconds N] [--jobs N] [--keep]

Three tables for each store, whose objects are read back with boto3:

once     every request of one kind (begin an upload, each part, complete it, put) fails once in one way; what is
         sent again goes through
lasting  every request of one kind fails --times times
refused  the store refuses for good what only somebody's help can mend, until that help comes: the agent must
         say so, deliver to its other output meanwhile, and to the store afterwards, also when it is killed
         with -9 and started again while it is refused

The tables have the records lost and doubled and, in brackets, how many requests were hit; `-` where a fault makes
no sense. Runs that take longer than --seconds are ended, and fail.
"""

import argparse
import concurrent.futures
import os
import re
import shutil
import signal
import time

import stores
from stores import servers
from stores.agent import Agent
from stores.proxy import FAULTS, Proxy

KINDS = ("initiate", "part", "complete", "put")
# An object in three parts and two small ones.
RECORDS, FILLER, SMALL = 13_000, 1_000, 100
OPTIONS = {
    "s3_key_format": "/$host/$POSITION", "total_file_size": "11M", "upload_chunk_size": "5MiB",
    "upload_timeout": "30s", "net.io_timeout": "1s", "net.connect_timeout": "1s",
}

# What is refused, the error that the log must show, and the answer; without one the bucket is not there.
REFUSALS = [
    ("no bucket", "E3504", None),
    ("access denied", "E3503", (403, "AccessDenied", KINDS + ("other",))),
    ("wrong key", "E3503", (403, "SignatureDoesNotMatch", KINDS + ("other",))),
    ("no right to parts", "E3503", (403, "AccessDenied", ("part",))),
    ("no right to end", "E3503", (403, "AccessDenied", ("complete",))),
    ("not understood", "E3507", (400, "InvalidStorageClass", ("initiate", "put"))),
    ("store full", "E3506", (507, "InsufficientStorage", ("part", "put"))),
]


def name_of_bucket(*words):
    return "-".join("".join(c if c.isalnum() else "-" for c in word.lower()).strip("-") for word in words)


def append(agent):
    # One host's records fill parts, the other's are few.
    agent.append(RECORDS, FILLER, hosts=1)
    with open(agent.input, "a") as file:
        for number in range(agent.written, agent.written + SMALL):
            file.write(f'{{"n":{number},"host":"small","words":"of a line"}}\n')
    agent.written += SMALL


def run(arguments, store, work, fault, kind, times):
    """Text for the table, and whether all is well."""
    bucket = name_of_bucket(f"f{times}", fault.name, kind)
    store.client.create_bucket(Bucket=bucket)
    proxy = Proxy(store, lambda found, _, number: fault.name if found == kind and number < times else None)
    try:
        agent = Agent(arguments.binary, os.path.join(work, store.name, bucket), store, bucket, OPTIONS, proxy.endpoint)
        append(agent)
        if not agent.finish(arguments.seconds):
            return "too long", False
        lost, doubled, sizes = agent.compare()
        hits = proxy.hits
        shutil.rmtree(agent.directory)
        return f"{lost}/{doubled} ({hits})", not lost and not doubled and hits > 0 and len(sizes) > 1
    except SystemExit as failure:
        print(failure)
        return "failed", False
    finally:
        proxy.stop()


def print_faults(store, work, arguments, pool, table, times):
    print(f"\n{store.name}, {table}: lost/doubled (requests hit)\n{'fault':18}"
          + "".join(f"{kind:>15}" for kind in KINDS), flush=True)
    faults = [fault for fault in FAULTS if not arguments.fault or fault.name in arguments.fault]
    rows = [(fault, [pool.submit(run, arguments, store, work.path, fault, kind, times)
                     if kind in fault.kinds else None for kind in KINDS]) for fault in faults]
    for fault, futures in rows:
        results = [future.result() if future else ("-", True) for future in futures]
        print(f"{fault.name:18}" + "".join(f"{text:>15}" for text, _ in results), flush=True)
        work.is_good = work.is_good and all(good for _, good in results)


class Refused:
    """An agent whose store refuses, with a second output beside it."""

    def __init__(self, arguments, store, work, name, code, answer):
        self.arguments, self.store, self.code, self.answer = arguments, store, code, answer
        self.bucket = name_of_bucket("r", name)
        self.proxy = Proxy(store)
        self.directory = os.path.join(work, store.name, self.bucket)
        self.file = os.path.join(self.directory, "out", "all")
        more = f"    - {{name: file, match: t, path: {os.path.dirname(self.file)}, file: all, mkdir: on}}\n"
        self.agent = Agent(
            arguments.binary, self.directory, store, self.bucket, {**OPTIONS, "retry_max_pause": "1s"},
            self.proxy.endpoint, more)

    def refuse(self):
        if self.answer:
            self.store.client.create_bucket(Bucket=self.bucket)
        self.proxy.refusal = self.answer

    def help(self):
        if not self.answer:
            self.store.client.create_bucket(Bucket=self.bucket)
        self.proxy.refusal = None

    def log(self):
        with open(os.path.join(self.directory, "log")) as file:
            return file.read()

    def lines_in_file(self):
        if not os.path.exists(self.file):
            return 0
        with open(self.file, "rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))

    def wait(self, condition):
        """Seconds since the last step until it holds; `None` when that takes too long or the agent ends."""
        while not condition():
            if time.monotonic() - self.begin > self.arguments.seconds or self.process.poll() is not None:
                return None
            time.sleep(0.05)
        return time.monotonic() - self.begin

    def start(self):
        self.begin = time.monotonic()
        self.process = self.agent.start(exits=False)

    def attempts(self):
        return len(re.findall(rf"error \[s3\.0\] {self.code}: ", self.log()))

    def run(self):
        """Cells of the table, and whether all is well."""
        self.refuse()
        append(self.agent)
        self.start()
        try:
            told = self.wait(self.attempts)
            others = self.wait(lambda: self.lines_in_file() == self.agent.written)
            # The fourth attempt has a line of its own.
            again = self.wait(lambda: "; attempt 4 in " in self.log())
            before = self.attempts()
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.start()
            anew = self.wait(lambda: self.attempts() > before)
            lines = self.attempts()
            self.begin = time.monotonic()
            self.help()
            after = self.wait(lambda: "goes on after" in self.log())
            self.process.send_signal(signal.SIGTERM)
            ended = self.process.wait(timeout=self.arguments.seconds) == 0
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.proxy.stop()
        steps = (told, others, again, anew, after)
        lost, doubled, sizes = self.agent.compare()
        cells = ["-" if step is None else f"{step:.1f}" for step in (told, others, after)]
        good = ended and None not in steps and not lost and not doubled and len(sizes) > 1 \
            and self.lines_in_file() == self.agent.written
        if good:
            shutil.rmtree(self.directory)
        return [self.code, *cells, lines, f"{lost}/{doubled}"], good


def print_refusals(store, work, arguments, pool):
    columns = ("code", "told s", "other output s", "after help s", "lines in log", "lost/doubled")
    print(f"\n{store.name}, refused\n{'refusal':18}" + "".join(f"{column:>15}" for column in columns), flush=True)
    futures = [(name, pool.submit(Refused(arguments, store, work.path, name, code, answer).run))
               for name, code, answer in REFUSALS if not arguments.fault or name in arguments.fault]
    for name, future in futures:
        cells, good = future.result()
        print(f"{name:18}" + "".join(f"{cell:>15}" for cell in cells), flush=True)
        work.is_good = work.is_good and good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.path.join(stores.ROOT, ".build", "release", "catchment"))
    parser.add_argument("--store", choices=["moto", "rclone"], action="append")
    parser.add_argument("--table", choices=["once", "lasting", "refused"], action="append")
    parser.add_argument("--fault", action="append", help="only this one, or this refusal")
    parser.add_argument("--times", type=int, default=3, help="for the table of lasting faults")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--jobs", type=int, default=6, help="agents at once; they mostly wait")
    parser.add_argument("--keep", action="store_true", help="leave the files for a look")
    arguments = parser.parse_args()
    if not stores.enter():
        return
    begin = time.time()

    def wanted(table):
        return not arguments.table or table in arguments.table

    with stores.workspace("faults", arguments.keep) as work, \
            concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for make in (servers.moto, lambda: servers.rclone(work.path)):
            store = make()
            try:
                if not arguments.store or store.name in arguments.store:
                    if wanted("once"):
                        print_faults(store, work, arguments, pool, "once", 1)
                    if wanted("lasting"):
                        print_faults(store, work, arguments, pool, f"{arguments.times} times", arguments.times)
                    if wanted("refused"):
                        print_refusals(store, work, arguments, pool)
            finally:
                store.stop()
        print(f"\n{time.time() - begin:.0f} s")


if __name__ == "__main__":
    main()
