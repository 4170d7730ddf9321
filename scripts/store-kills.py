#!/usr/bin/env python3
"""Ends the agent with kill -9 while it uploads, many times, and reads everything back with boto3.

usage: scripts/store-kills.py [--binary FILE] [--kills N] [--store moto|rclone] [--keep]

A proxy makes the store slow, so that a kill hits requests: bodies come in at 8 MB/s and answers are held
back for 0.2 s. Each kill waits until a request of a kind chosen at random is under way, and then for a moment of
up to 0.15 s, before or after the store has carried it out. The table says how many kills hit which requests, and
what is lost or doubled at the end.
"""

import argparse
import collections
import os
import random
import signal
import time

import stores
from stores import servers
from stores.agent import Agent
from stores.proxy import Proxy

# Name, options, records of a round, bytes of noise in each, kinds of requests to hit.
CASES = [
    ("small objects", {"total_file_size": "20k", "s3_key_format": "/$host/$UUID"}, 1_000, 0, ["put"]),
    ("gzip", {"total_file_size": "20k", "compression": "gzip", "s3_key_format": "/$host/$UUID.gz"}, 3_000, 0,
     ["put"]),
    ("parts", {"total_file_size": "11M", "upload_chunk_size": "5MiB", "s3_key_format": "/$TAG/$UUID"}, 9_000, 1_000,
     ["initiate", "part", "complete"]),
]
COLUMNS = ("kills", "hits", "initiate", "part", "complete", "put")
HOLD = 0.2


def kill_all(agent, proxy, kills, records, filler, kinds, generator):
    """Kills by the request that was under way."""
    hit = collections.Counter()
    for _ in range(kills):
        agent.append(records, filler)
        process = agent.start(exits=False)
        kind, deadline = generator.choice(kinds), time.time() + 20
        while kind not in proxy.uploading.copy().values() and time.time() < deadline and process.poll() is None:
            time.sleep(0.002)
        time.sleep(generator.uniform(0, 0.15))
        under_way = set(proxy.uploading.copy().values())
        process.send_signal(signal.SIGKILL)
        process.wait()
        hit.update(under_way or {"none"})
        hit["kills"] += 1
        hit["hits"] += bool(under_way)
    return hit


def run(store, work, arguments, generator, name, options, records, filler, kinds):
    begin = time.time()
    bucket = name.replace(" ", "-")
    store.client.create_bucket(Bucket=bucket)
    proxy = Proxy(store)
    proxy.bytes_per_second, proxy.hold = 8_000_000, HOLD
    options = {**options, "upload_timeout": "1s", "net.io_timeout": "5s"}
    agent = Agent(arguments.binary, os.path.join(work.path, bucket), store, bucket, options, proxy.endpoint)
    hit = kill_all(agent, proxy, arguments.kills, records, filler, kinds, generator)
    proxy.bytes_per_second, proxy.hold = None, 0.0
    agent.append(records, filler)
    ended = agent.finish()
    proxy.stop()
    lost, doubled, sizes = agent.compare()
    print(f"{name:16}" + "".join(f"{hit[column]:9}" for column in COLUMNS)
          + f"{agent.written:10,}{len(sizes):9}{lost:6}{doubled:9}{time.time() - begin:7.1f}", flush=True)
    return ended and not lost and not doubled and hit["hits"] > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.path.join(stores.ROOT, ".build", "release", "catchment"))
    parser.add_argument("--kills", type=int, default=50, help="in each case")
    parser.add_argument("--store", choices=["moto", "rclone"], default="rclone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the files for a look")
    arguments = parser.parse_args()
    if not stores.enter():
        return
    generator = random.Random(arguments.seed)
    print(f"{'case':16}" + "".join(f"{column:>9}" for column in COLUMNS)
          + f"{'records':>10}{'objects':>9}{'lost':>6}{'doubled':>9}{'s':>7}")
    with stores.workspace("kills", arguments.keep) as work:
        store = servers.moto() if arguments.store == "moto" else servers.rclone(work.path)
        try:
            for case in CASES:
                work.is_good = run(store, work, arguments, generator, *case) and work.is_good
        finally:
            store.stop()


if __name__ == "__main__":
    main()
