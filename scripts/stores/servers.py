"""moto and rclone as processes of their own."""
import gzip
import os
import socket
import subprocess
import sys
import time

from . import KEY, SECRET, VENV


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A store as a process of its own."""

    def __init__(self, name, command, port, host="127.0.0.1", authority=None):
        self.name = name
        self.authority = authority
        self.command, self.port, self.host = command, port, host
        shown = f"[{host}]" if ":" in host else host
        self.endpoint = f"{'https' if authority else 'http'}://{shown}:{port}"
        self.start()
        import boto3
        from botocore.config import Config
        self.client = boto3.client(
            "s3", endpoint_url=self.endpoint, aws_access_key_id=KEY,
            aws_secret_access_key=SECRET, region_name="us-east-1", verify=authority,
            config=Config(s3={"addressing_style": "path"}))

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.time() + 60
        while True:
            try:
                socket.create_connection((self.host, self.port), 1).close()
                break
            except OSError:
                if time.time() > deadline or self.process.poll() is not None:
                    sys.exit(f"{self.name} does not start: {' '.join(self.command)}")
                time.sleep(0.05)

    def objects(self, bucket):
        """Keys and what is in the objects, decompressed by their names."""
        for key, body in self.stored(bucket):
            if key.endswith(".gz"):
                body = gzip.decompress(body)
            elif key.endswith(".zst"):
                body = subprocess.run(
                    ["zstd", "-dc"], input=body, capture_output=True, check=True).stdout
            yield key, body

    def stored(self, bucket):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for page in pages:
            for item in page.get("Contents", []):
                body = self.client.get_object(Bucket=bucket, Key=item["Key"])["Body"]
                yield item["Key"], body.read()

    def stop(self):
        self.process.terminate()
        self.process.wait()


def moto():
    port = free_port()
    return Server(
        "moto", [os.path.join(VENV, "bin", "moto_server"), "-H", "127.0.0.1", "-p", str(port)], port)


def rclone(work):
    port = free_port()
    return Server("rclone", rclone_command(work, "rclone", f"127.0.0.1:{port}"), port)


def rclone_tls(work):
    """TLS with an authority that nobody knows, at an IPv6 address where there is one."""
    host = "::1" if has_ipv6() else "127.0.0.1"
    certificate, key = make_certificate(work, "tls", host)
    port = free_port()
    shown = f"[{host}]" if ":" in host else host
    return Server(
        "tls", rclone_command(work, "tls", f"{shown}:{port}") + ["--cert", certificate, "--key", key],
        port, host, certificate)


def make_certificate(work, name, host):
    """Files of a certificate that nobody knows, and of its key."""
    certificate, key = os.path.join(work, f"{name}.crt"), os.path.join(work, f"{name}.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=store",
         "-addext", f"subjectAltName=IP:{host}", "-out", certificate, "-keyout", key],
        check=True, capture_output=True)
    return certificate, key


def rclone_command(work, name, address):
    data = os.path.join(work, "data-" + name)
    os.makedirs(data, exist_ok=True)
    return [os.path.join(VENV, "bin", "rclone"), "serve", "s3", "--auth-key", f"{KEY},{SECRET}",
            "--addr", address, "--config", os.path.join(work, "no.conf"), data]


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False
