#!/usr/bin/env python3
"""Runs the agent against object stores of others with a proxy in between that does everything wrong once.

usage: scripts/fault-matrix.py [--binary FILE] [--store moto|rclone] [--fault NAME] [--seconds N] [--keep]

In each run every request of one kind (begin an upload, each part, complete it, put) fails once in one
way; what is sent again goes through. Objects are read back with boto3. The table has for each fault and
kind of request the records lost and doubled and, in brackets, how many requests were hit; `-` where a
fault makes no sense. Runs that take longer than --seconds are ended, and fail.
"""

import argparse
import concurrent.futures
import os
import shutil
import time

import stores
from stores import servers
from stores.agent import Agent
from stores.proxy import FAULTS, Proxy

KINDS = ("initiate", "part", "complete", "put")
# An object in three parts and two small ones.
RECORDS, FILLER = 13_000, 1_000
OPTIONS = {
    "s3_key_format": "/$host/$POSITION", "total_file_size": "11M", "upload_chunk_size": "5MiB",
    "upload_timeout": "30s", "net.io_timeout": "1s", "net.connect_timeout": "1s",
}


def run(binary, store, work, fault, kind, seconds):
    """Text for the table, and whether all is well."""
    bucket = "f-" + "".join(c if c.isalnum() else "-" for c in fault.name.lower()).strip("-") + "-" + kind
    store.client.create_bucket(Bucket=bucket)
    proxy = Proxy(store, lambda found, _, number: fault.name if found == kind and number == 0 else None)
    try:
        agent = Agent(binary, os.path.join(work, store.name, bucket), store, bucket, OPTIONS, proxy.endpoint)
        # One host's records fill parts, the other's are few.
        agent.append(RECORDS, FILLER, hosts=1)
        with open(agent.input, "a") as file:
            for number in range(agent.written, agent.written + 100):
                file.write(f'{{"n":{number},"host":"small","words":"of a line"}}\n')
        agent.written += 100
        if not agent.finish(seconds):
            return "too long", False
        lost, doubled, sizes = agent.compare()
        hits = proxy.hits
        shutil.rmtree(agent.directory)
        return f"{lost}/{doubled} ({hits})", not lost and not doubled and hits > 0 and len(sizes) > 1
    finally:
        proxy.stop()


def print_table(store, work, arguments):
    print(f"\n{store.name}: lost/doubled (requests hit)\n{'fault':18}" + "".join(f"{kind:>15}" for kind in KINDS))
    for fault in FAULTS:
        if arguments.fault and fault.name not in arguments.fault:
            continue
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            futures = [
                pool.submit(run, arguments.binary, store, work.path, fault, kind, arguments.seconds)
                if kind in fault.kinds else None for kind in KINDS]
            results = [future.result() if future else ("-", True) for future in futures]
        print(f"{fault.name:18}" + "".join(f"{text:>15}" for text, _ in results), flush=True)
        work.is_good = work.is_good and all(good for _, good in results)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.path.join(stores.ROOT, ".build", "release", "catchment"))
    parser.add_argument("--store", choices=["moto", "rclone"], action="append")
    parser.add_argument("--fault", action="append", help="only this one")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--keep", action="store_true", help="leave the files for a look")
    arguments = parser.parse_args()
    if not stores.enter():
        return
    begin = time.time()
    with stores.workspace("faults", arguments.keep) as work:
        for make in (servers.moto, lambda: servers.rclone(work.path)):
            store = make()
            try:
                if not arguments.store or store.name in arguments.store:
                    print_table(store, work, arguments)
            finally:
                store.stop()
        print(f"\n{time.time() - begin:.0f} s")


if __name__ == "__main__":
    main()
