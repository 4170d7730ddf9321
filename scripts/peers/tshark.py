"""tshark's reading of captures."""
import collections
import json
import subprocess

# Link types and ports of the captures are told to tshark, and fragments are joined.
COMMAND = ["tshark", "-d", "udp.port==2055,cflow", "-d", "udp.port==6343,sflow", "-T", "json"]


class Fields(list):
    """The members of a JSON object in order; names may repeat."""

    def get(self, name, default=None):
        return next((value for key, value in self if key == name), default)


def flatten(fields, found=None):
    """All values below an object by name, each a list."""
    found = collections.defaultdict(list) if found is None else found
    for name, value in fields:
        if isinstance(value, Fields):
            flatten(value, found)
        elif isinstance(value, list):
            found[name] += value
        else:
            found[name].append(value)
    return found


def layers(capture, protocol, *options):
    """Every layer of a protocol, in the order of the packets."""
    made = subprocess.run(COMMAND + ["-r", str(capture), "-Y", protocol, *options],
                          capture_output=True, check=True, timeout=300)
    for packet in json.loads(made.stdout, object_pairs_hook=Fields):
        for name, value in packet.get("_source").get("layers"):
            if name == protocol:
                yield value
