"""The agent with numbered records on one side and a bucket on the other."""
import collections
import json
import os
import random
import subprocess
import sys

from . import KEY, SECRET


class Agent:
    def __init__(self, binary, directory, store, bucket, options, endpoint=None, more=""):
        """`endpoint` is where the agent finds the store when something is in between, `more` further
        outputs as YAML."""
        os.makedirs(directory, exist_ok=True)
        self.binary = binary
        self.directory = directory
        self.input = os.path.join(directory, "in.log")
        self.written = 0
        self.store, self.bucket, self.options = store, bucket, options
        self.endpoint, self.more = endpoint or store.endpoint, more
        open(self.input, "w").close()

    def append(self, count, filler=0, hosts=3):
        generator = random.Random(self.written)
        with open(self.input, "a") as file:
            for number in range(self.written, self.written + count):
                noise = generator.randbytes(filler // 2).hex() if filler else "of a line"
                file.write(f'{{"n":{number},"host":"h{number % hosts}","words":"{noise}"}}\n')
        self.written += count

    @property
    def configuration(self):
        return os.path.join(self.directory, "catchment.yaml")

    def configure(self, exits):
        lines = [
            "service:", "  flush: 0.02", "  log_level: info", "  grace: 120",
            f"  storage.path: {self.directory}/storage", "  storage.type: filesystem",
            "pipeline:", "  inputs:",
            f"    - {{name: tail, tag: t, path: {self.input}, parser: json, read_from_head: on,"
            f" exit_on_eof: {'on' if exits else 'off'}}}",
            "  outputs:", "    - name: s3", "      match: t", f"      bucket: {self.bucket}",
            "      preset: minio", f"      endpoint: '{self.endpoint}'",
            f"      aws_access_key_id: {KEY}", f"      aws_secret_access_key: {SECRET}",
        ]
        if self.store.authority:
            lines.append(f"      tls.ca_file: {self.store.authority}")
        lines += [f"      {key}: {value}" for key, value in self.options.items()]
        with open(self.configuration, "w") as file:
            file.write("\n".join(lines) + "\n" + self.more)

    def start(self, exits):
        self.configure(exits)
        self.log = open(os.path.join(self.directory, "log"), "a")
        return subprocess.Popen(
            [self.binary, "run", "-c", self.configuration], stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log)

    def finish(self, seconds=300):
        """Delivers all there is; `False` when the time was not enough."""
        process = self.start(exits=True)
        try:
            status = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False
        if status != 0:
            sys.exit(f"the agent failed: {self.directory}/log")
        return True

    def compare(self):
        """Records lost and doubled, and the sizes of the objects."""
        self.lines, sizes = [], []
        for _, body in self.store.objects(self.bucket):
            sizes.append(len(body))
            self.lines += body.splitlines()
        numbers = collections.Counter(json.loads(line)["n"] for line in self.lines)
        lost = self.written - len(numbers)
        doubled = sum(numbers.values()) - len(numbers)
        return lost, doubled, sizes

    def read_back(self, *arguments, environment=None):
        """Lines that `catchment parse` prints of the bucket."""
        command = [self.binary, "parse", "-q", *arguments, f"s3://{self.bucket}/"]
        made = subprocess.run(
            command, capture_output=True, timeout=300, env={**os.environ, **(environment or {})})
        if made.returncode != 0:
            sys.exit(f"{' '.join(command)}: {made.stderr.decode()}")
        return made.stdout.splitlines()

    def differs_when_read_back(self):
        """Lines that are not the same by `catchment parse` and by boto3; after `compare`."""
        ours = collections.Counter(self.read_back("-c", self.configuration))
        theirs = collections.Counter(self.lines)
        return sum(((ours - theirs) + (theirs - ours)).values())
