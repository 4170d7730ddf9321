#!/usr/bin/env python3
"""Delivers to object stores of others and compares every record with what was sent.

usage: scripts/check-object-stores.py [--binary FILE] [--kills N] [--keep]

Starts moto and rclone (`rclone serve s3`) on the loopback from the environment that
`scripts/install-stores.sh` makes, lets the agent deliver small objects, compressed ones and
large ones in parts, kills it with -9 while it uploads, and reads everything back with boto3 and
with `catchment parse`: `differs` counts lines that are not the same for both.
"""

import argparse
import copy
import os
import random
import signal
import sys
import time

import stores
from stores import servers
from stores.agent import Agent
from stores.proxy import Proxy


def start_servers(work):
    yield servers.moto()
    yield servers.rclone(work)
    yield servers.rclone_tls(work)


def cases(kills):
    """Name, options, records of a round, bytes of noise in each, kills."""
    return [
        ("small", {"total_file_size": "20k"}, 3_000, 0, 0),
        ("gzip", {"total_file_size": "20k", "compression": "gzip",
                  "s3_key_format": "/$host/%Y/%m/%d/%H/$UUID.ndjson.gz"}, 3_000, 0, 0),
        ("zstd", {"compression": "zstd",
                  "s3_key_format": "/host=$host/$INDEX.ndjson.zst"}, 3_000, 0, 0),
        ("virtual host", {"total_file_size": "100k", "addressing": "virtual"}, 3_000, 0, 0),
        ("many objects", {"total_file_size": "1k", "parallel_uploads": "16",
                          "s3_key_format": "/$n/a b+c%%$UUID"}, 1_100, 0, 0),
        ("parts", {"total_file_size": "12M", "upload_chunk_size": "5MiB"}, 30_000, 1_000, 0),
        # Over TLS, and with the checksums in the answers: what is sent is then not signed.
        ("crc32c", {"total_file_size": "12M", "upload_chunk_size": "5MiB", "checksum": "crc32c"}, 30_000, 1_000, 0),
        ("killed", {"total_file_size": "20k", "s3_key_format": "/$host/$UUID"}, 2_000, 0, kills),
        ("killed in parts", {"total_file_size": "12M", "upload_chunk_size": "5MiB"}, 10_000, 1_000,
         kills),
    ]


def run(store, directory, binary, name, options, count, filler, kills, generator):
    bucket = "b-" + name.replace(" ", "-")
    store.client.create_bucket(Bucket=bucket)
    endpoint = None
    if "addressing" in options:
        # libcurl takes every name below localhost for the loopback (RFC 6761 §6.3).
        endpoint = store.endpoint.replace("127.0.0.1", "localhost")
    proxy = None
    if name == "crc32c":
        files = servers.make_certificate(os.path.dirname(directory), "proxy", "127.0.0.1")
        proxy = Proxy(store, files=files)
        proxy.confirms_checksums = True
        store, endpoint = copy.copy(store), proxy.endpoint
        store.authority = files[0]
    agent = Agent(binary, directory, store, bucket, options, endpoint)
    for _ in range(kills):
        agent.append(count, filler)
        process = agent.start(exits=False)
        time.sleep(generator.uniform(0.05, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    agent.append(count, filler)
    if not agent.finish():
        sys.exit(f"the agent does not end: {directory}/log")
    if name == "small":
        # What the configuration says, the command line and the environment can say, too.
        flags = ["--endpoint", store.endpoint, "--preset", "minio"]
        if store.authority:
            flags += ["--tls.ca_file", store.authority]
        keys = {"AWS_ACCESS_KEY_ID": stores.KEY, "AWS_SECRET_ACCESS_KEY": stores.SECRET}
        variables = {"AWS_ENDPOINT_URL": store.endpoint, "AWS_REGION": "us-east-1",
                     **({"AWS_CA_BUNDLE": store.authority} if store.authority else {}), **keys}
        expected = agent.read_back("-c", agent.configuration)
        if agent.read_back(*flags, environment=keys) != expected \
                or agent.read_back(environment=variables) != expected:
            sys.exit("options and environment lead elsewhere than the configuration")
    result = agent, *agent.compare(), agent.differs_when_read_back()
    if proxy:
        proxy.stop()
        if not proxy.unsigned:
            sys.exit("everything that was sent was signed")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.path.join(stores.ROOT, ".build", "debug", "catchment"))
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--keep", action="store_true", help="leave the files for a look")
    arguments = parser.parse_args()
    if not stores.enter():
        return
    generator = random.Random(1)
    print(f"{'store':8} {'case':16} {'records':>8} {'objects':>8} {'lost':>6} {'doubled':>8} {'differs':>8} {'s':>6}")
    with stores.workspace("stores", arguments.keep) as work:
        for store in start_servers(work.path):
            try:
                for name, *case in cases(arguments.kills):
                    # What travels is the same with TLS; rclone knows buckets in paths only.
                    if store.authority and name not in ("small", "parts") \
                            or store.name == "rclone" and name == "virtual host":
                        continue
                    begin = time.time()
                    directory = os.path.join(work.path, store.name, name.replace(" ", "-"))
                    agent, lost, doubled, sizes, differs = run(
                        store, directory, arguments.binary, name, *case, generator)
                    print(f"{store.name:8} {name:16} {agent.written:8} {len(sizes):8} {lost:6} "
                          f"{doubled:8} {differs:8} {time.time() - begin:6.1f}", flush=True)
                    work.is_good = work.is_good and not (lost or doubled or differs) and bool(sizes)
            finally:
                store.stop()


if __name__ == "__main__":
    main()
