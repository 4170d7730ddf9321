#!/usr/bin/env python3
"""Delivers to object stores of others and compares every record with what was sent.

usage: scripts/check-object-stores.py [--binary FILE] [--kills N] [--keep]

Starts moto and rclone (`rclone serve s3`) on the loopback from the environment that
`scripts/install-stores.sh` makes, lets the agent deliver small objects, compressed ones and
large ones in parts, kills it with -9 while it uploads, and reads everything back with boto3.
"""

import argparse
import gzip
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.environ.get("CATCHMENT_TEST_VENV", os.path.join(ROOT, ".build", "object-stores"))
KEY, SECRET = "catchment-test", "catchment-secret-of-the-test"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A store as a process of its own."""

    def __init__(self, name, command, port, host="127.0.0.1", authority=None):
        self.name = name
        self.authority = authority
        shown = f"[{host}]" if ":" in host else host
        self.endpoint = f"{'https' if authority else 'http'}://{shown}:{port}"
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.time() + 60
        while True:
            try:
                socket.create_connection((host, port), 1).close()
                break
            except OSError:
                if time.time() > deadline or self.process.poll() is not None:
                    sys.exit(f"{name} does not start: {' '.join(command)}")
                time.sleep(0.05)
        import boto3
        from botocore.config import Config
        self.client = boto3.client(
            "s3", endpoint_url=self.endpoint, aws_access_key_id=KEY,
            aws_secret_access_key=SECRET, region_name="us-east-1", verify=authority,
            config=Config(s3={"addressing_style": "path"}))

    def objects(self, bucket):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for page in pages:
            for item in page.get("Contents", []):
                body = self.client.get_object(Bucket=bucket, Key=item["Key"])["Body"]
                yield item["Key"], body.read()

    def stop(self):
        self.process.terminate()
        self.process.wait()


def start_servers(work):
    port = free_port()
    yield Server("moto", [os.path.join(VENV, "bin", "moto_server"), "-H", "127.0.0.1", "-p", str(port)], port)
    port = free_port()
    yield Server("rclone", rclone(work, "rclone", f"127.0.0.1:{port}"), port)
    # TLS with an authority that nobody knows, at an IPv6 address where there is one.
    host = "::1" if has_ipv6() else "127.0.0.1"
    certificate, key = os.path.join(work, "tls.crt"), os.path.join(work, "tls.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=store",
         "-addext", f"subjectAltName=IP:{host}", "-out", certificate, "-keyout", key],
        check=True, capture_output=True)
    port = free_port()
    shown = f"[{host}]" if ":" in host else host
    yield Server(
        "tls", rclone(work, "tls", f"{shown}:{port}") + ["--cert", certificate, "--key", key], port,
        host, certificate)


def rclone(work, name, address):
    data = os.path.join(work, "data-" + name)
    os.makedirs(data)
    return [os.path.join(VENV, "bin", "rclone"), "serve", "s3", "--auth-key", f"{KEY},{SECRET}",
            "--addr", address, "--config", os.path.join(work, "no.conf"), data]


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


class Agent:
    def __init__(self, binary, directory, store, bucket, options):
        self.binary = binary
        self.directory = directory
        self.input = os.path.join(directory, "in.log")
        self.written = 0
        self.store, self.bucket, self.options = store, bucket, options
        open(self.input, "w").close()

    def append(self, count, filler=0):
        generator = random.Random(self.written)
        with open(self.input, "a") as file:
            for number in range(self.written, self.written + count):
                noise = generator.randbytes(filler // 2).hex() if filler else "of a line"
                file.write(f'{{"n":{number},"host":"h{number % 3}","words":"{noise}"}}\n')
        self.written += count

    def start(self, exits):
        lines = [
            "service:", "  flush: 0.02", "  log_level: info",
            f"  storage.path: {self.directory}/storage", "  storage.type: filesystem",
            "pipeline:", "  inputs:",
            f"    - {{name: tail, tag: t, path: {self.input}, parser: json, read_from_head: on,"
            f" exit_on_eof: {'on' if exits else 'off'}}}",
            "  outputs:", "    - name: s3", "      match: t", f"      bucket: {self.bucket}",
            "      preset: minio", f"      endpoint: '{self.store.endpoint}'",
            f"      aws_access_key_id: {KEY}", f"      aws_secret_access_key: {SECRET}",
        ]
        if self.store.authority:
            lines.append(f"      tls.ca_file: {self.store.authority}")
        lines += [f"      {key}: {value}" for key, value in self.options.items()]
        path = os.path.join(self.directory, "catchment.yaml")
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
        self.log = open(os.path.join(self.directory, "log"), "a")
        return subprocess.Popen(
            [self.binary, "run", "-c", path], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log)

    def finish(self):
        process = self.start(exits=True)
        if process.wait(timeout=300) != 0:
            sys.exit(f"the agent failed: {self.directory}/log")

    def compare(self):
        numbers, sizes = [], []
        for key, body in self.store.objects(self.bucket):
            sizes.append(len(body))
            if key.endswith(".gz"):
                body = gzip.decompress(body)
            elif key.endswith(".zst"):
                body = subprocess.run(
                    ["zstd", "-dc"], input=body, capture_output=True, check=True).stdout
            numbers += [json.loads(line)["n"] for line in body.splitlines()]
        lost = self.written - len(set(numbers))
        doubled = len(numbers) - len(set(numbers))
        return lost, doubled, sizes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build", "debug", "catchment"))
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--keep", action="store_true", help="leave the files for a look")
    arguments = parser.parse_args()
    if not os.path.exists(os.path.join(VENV, "complete")):
        print(f"left out: {VENV} is not there; scripts/install-stores.sh makes it")
        return
    # The environment's own interpreter has boto3.
    python = os.path.join(VENV, "bin", "python3")
    if os.path.realpath(sys.prefix) != os.path.realpath(VENV):
        os.execv(python, [python] + sys.argv)

    cases = [
        ("small", {"total_file_size": "20k"}, 3_000, 0, 0),
        ("gzip", {"total_file_size": "20k", "compression": "gzip",
                  "s3_key_format": "/$host/%Y/%m/%d/%H/$UUID.ndjson.gz"}, 3_000, 0, 0),
        ("zstd", {"compression": "zstd",
                  "s3_key_format": "/host=$host/$INDEX.ndjson.zst"}, 3_000, 0, 0),
        ("parts", {"total_file_size": "12M", "upload_chunk_size": "5MiB"}, 30_000, 1_000, 0),
        ("killed", {"total_file_size": "20k", "s3_key_format": "/$host/$UUID"}, 2_000, 0,
         arguments.kills),
        ("killed in parts", {"total_file_size": "12M", "upload_chunk_size": "5MiB"}, 10_000, 1_000,
         arguments.kills),
    ]
    work = tempfile.mkdtemp(prefix="catchment-stores-")
    failures = 0
    generator = random.Random(1)
    print(f"{'store':8} {'case':16} {'records':>8} {'objects':>8} {'lost':>6} {'doubled':>8} {'s':>6}")
    try:
        for store in start_servers(work):
            try:
                for name, options, count, filler, kills in cases:
                    begin = time.time()
                    # What travels is the same with TLS.
                    if store.name == "tls" and name not in ("small", "parts"):
                        continue
                    bucket = "b-" + name.replace(" ", "-")
                    store.client.create_bucket(Bucket=bucket)
                    directory = os.path.join(work, store.name, name.replace(" ", "-"))
                    os.makedirs(directory)
                    agent = Agent(arguments.binary, directory, store, bucket, options)
                    for _ in range(kills):
                        agent.append(count, filler)
                        process = agent.start(exits=False)
                        time.sleep(generator.uniform(0.05, 1.0))
                        process.send_signal(signal.SIGKILL)
                        process.wait()
                    agent.append(count, filler)
                    agent.finish()
                    lost, doubled, sizes = agent.compare()
                    print(f"{store.name:8} {name:16} {agent.written:8} {len(sizes):8} {lost:6} "
                          f"{doubled:8} {time.time() - begin:6.1f}", flush=True)
                    if lost or doubled or not sizes:
                        failures += 1
            finally:
                store.stop()
    finally:
        if arguments.keep or failures:
            print(f"files: {work}")
        else:
            shutil.rmtree(work)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
