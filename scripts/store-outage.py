#!/usr/bin/env python3
"""Takes the object store away while records arrive, gives it back, and measures what becomes of it.

usage: scripts/store-outage.py [--binary FILE] [--seconds N] [--rate N] [--store moto|rclone] [--pause TIME] [--keep]

The agent follows a file that grows by --rate records a second and delivers to the store and to a second
file. After 10 s the store's process is ended for --seconds: connections are refused. Then it comes
back, records go on to arrive, and the time until nothing old waits is measured. Printed each minute
of the run: what waits for the store, how far the second output is behind, the agent's resident memory and CPU.
At the end every record is looked for in the objects (boto3) and in the file.
"""

import argparse
import os
import re
import signal
import threading
import time

import stores
from stores import servers
from stores.agent import Agent

OPTIONS = {
    "s3_key_format": "/$TAG/%Y/%m/%d/%H/$UUID.ndjson.zst", "compression": "zstd", "total_file_size": "8M",
    "upload_timeout": "5s", "net.connect_timeout": "2s", "net.io_timeout": "10s",
}
NUMBER = re.compile(rb'"n":(\d+)')


class Sender(threading.Thread):
    """Appends numbered records to a file, in twenty pieces a second."""

    def __init__(self, path, rate):
        super().__init__(daemon=True)
        self.path, self.rate = path, rate
        self.sent, self.ends = 0, False
        # (time, records) for each piece, to know how old a record is.
        self.pieces = []

    def run(self):
        begin = time.monotonic()
        with open(self.path, "a", buffering=1 << 20) as file:
            while not self.ends:
                due = int((time.monotonic() - begin) * self.rate)
                for number in range(self.sent, due):
                    file.write(f'{{"n":{number},"host":"router-{number % 50}","event":"firewall forward accept",'
                               f'"port":{number * 7919 % 65536}}}\n')
                file.flush()
                self.sent = due
                self.pieces.append((time.monotonic(), due))
                time.sleep(0.05)

    def age(self, number):
        """Seconds since the record was written."""
        low, high = 0, len(self.pieces)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.pieces[middle][1] <= number else (low, middle)
        return time.monotonic() - self.pieces[low][0] if low < len(self.pieces) else 0.0


class Watch:
    """Looks at the agent from outside."""

    def __init__(self, process, agent, sender, file):
        self.process, self.agent, self.sender, self.file = process, agent, sender, file
        self.ticks = os.sysconf("SC_CLK_TCK")

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / self.ticks

    def last_in_file(self):
        """The number of the last whole record in the second output."""
        if not os.path.exists(self.file):
            return 0
        with open(self.file, "rb") as file:
            file.seek(max(0, os.path.getsize(self.file) - 4096))
            lines = file.read().split(b"\n")[:-1]
        return int(NUMBER.search(lines[-1]).group(1)) if lines and NUMBER.search(lines[-1]) else 0

    def delivered(self):
        """Records that the store has confirmed, by the ledger that SIGUSR1 prints."""
        path = os.path.join(self.agent.directory, "log")
        before = os.path.getsize(path)
        self.process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            time.sleep(0.05)
            with open(path, "rb") as file:
                file.seek(before)
                rows = re.findall(rb"^s3\.0 +\S+ +[\d,]+ +([\d,]+)", file.read(), re.M)
            if rows:
                return int(rows[-1].replace(b",", b""))
        return 0


def counted(objects, total):
    """Records lost and doubled."""
    seen = bytearray(total)
    doubled = strange = 0
    for body in objects:
        for match in NUMBER.finditer(body):
            number = int(match.group(1))
            if number >= total:
                strange += 1
            elif seen[number]:
                doubled += 1
            else:
                seen[number] = 1
    return seen.count(0), doubled + strange


def pieces_of(path):
    with open(path, "rb") as file:
        rest = b""
        while piece := file.read(1 << 24):
            piece = rest + piece
            end = piece.rfind(b"\n") + 1
            rest = piece[end:]
            yield piece[:end]
        yield rest


def run(work, arguments):
    """Whether nothing is lost or doubled."""
    # moto forgets its objects when it ends, so it is stopped instead: connections are accepted by nobody.
    store = servers.moto() if arguments.store == "moto" else servers.rclone(work)
    store.client.create_bucket(Bucket="outage")
    out = os.path.join(work, "agent", "out")
    more = f"    - {{name: file, match: t, path: {out}, file: all, mkdir: on}}\n"
    agent = Agent(arguments.binary, os.path.join(work, "agent"), store, "outage",
                  {**OPTIONS, "retry_max_pause": arguments.pause}, more=more)
    sender = Sender(agent.input, arguments.rate)
    process = agent.start(exits=False)
    watch = Watch(process, agent, sender, os.path.join(out, "all"))
    sender.start()
    begin = time.monotonic()
    lags, memories, minute = {"before": [], "away": [], "after": []}, [], []
    last_cpu, last_print = watch.cpu(), 0
    print(f"{'at s':>6} {'store':8} {'sent':>12} {'waiting':>12} {'file behind s':>14} {'RSS MB':>7} {'CPU %':>6}")

    def look(phase, is_last=False):
        nonlocal last_cpu, last_print, minute
        at = time.monotonic() - begin
        lag = sender.age(watch.last_in_file())
        lags[phase].append(lag)
        minute.append((lag, watch.memory()))
        if at - last_print < (5 if is_last else 60):
            return
        cpu, waiting = watch.cpu(), sender.sent - watch.delivered()
        memories.append(max(memory for _, memory in minute))
        print(f"{at:6.0f} {phase:8} {sender.sent:12,} {waiting:12,} {max(lag for lag, _ in minute):14.2f} "
              f"{memories[-1]:7.1f} {(cpu - last_cpu) * 100 / max(at - last_print, 1):6.1f}", flush=True)
        last_cpu, last_print, minute = cpu, at, []

    def phase(name, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.5)
            look(name)
        look(name, is_last=True)

    try:
        phase("before", 10)
        if arguments.store == "moto":
            store.process.send_signal(signal.SIGSTOP)
        else:
            store.stop()
        phase("away", arguments.seconds)
        old = sender.sent
        backlog = old - watch.delivered()
        if arguments.store == "moto":
            store.process.send_signal(signal.SIGCONT)
        else:
            store.start()
        back = time.monotonic()
        # The agent may wait as long as --pause before it tries again: that is not its speed.
        first = None
        while (delivered := watch.delivered()) < old and time.monotonic() - back < 60 + arguments.seconds:
            if first is None and delivered > old - backlog:
                first = (time.monotonic(), delivered)
            time.sleep(0.2)
            look("after")
        caught = time.monotonic()
        look("after", is_last=True)
        while watch.delivered() < sender.sent - 8 * arguments.rate and time.monotonic() - caught < 60:
            time.sleep(0.2)
        sender.ends = True
        sender.join()
        agent.written = sender.sent
        print(f"\nbacklog {backlog:,} records; first object {first[0] - back if first else 0:.1f} s after the store came "
              f"back, all {caught - back:.1f} s: {backlog / arguments.rate / (caught - back):.1f} times real time")
        if first and caught > first[0]:
            print(f"from the first object on {(old - first[1]) / (caught - first[0]):,.0f} records/s, "
                  f"{(old - first[1]) / (caught - first[0]) / arguments.rate:.1f} times real time")
        for name, values in lags.items():
            print(f"file output behind, store {name}: {max(values):.2f} s at most, "
                  f"{sum(values) / len(values):.2f} s on average")
        print(f"RSS by minute: {min(memories):.1f} to {max(memories):.1f} MB")
        # What was written until now is delivered before the agent ends.
        while watch.last_in_file() < sender.sent - 1:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=180)
        lost, doubled = counted((body for _, body in store.objects("outage")), sender.sent)
        print(f"store: {sender.sent:,} records sent, {lost} lost, {doubled} doubled")
        file_lost, file_doubled = counted(pieces_of(watch.file), sender.sent)
        print(f"file:  {sender.sent:,} records sent, {file_lost} lost, {file_doubled} doubled")
        return not (lost or doubled or file_lost or file_doubled)
    finally:
        if process.poll() is None:
            process.kill()
        store.process.send_signal(signal.SIGCONT)
        store.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.path.join(stores.ROOT, ".build", "release", "catchment"))
    parser.add_argument("--seconds", type=int, default=600, help="how long the store is away")
    parser.add_argument("--rate", type=int, default=20_000, help="records a second")
    parser.add_argument("--store", choices=["moto", "rclone"], default="rclone")
    parser.add_argument("--pause", default="30s", help="retry_max_pause of the output")
    parser.add_argument("--keep", action="store_true", help="leave the files for a look")
    arguments = parser.parse_args()
    if not stores.enter():
        return
    with stores.workspace("outage", arguments.keep) as work:
        work.is_good = run(work.path, arguments)


if __name__ == "__main__":
    main()
