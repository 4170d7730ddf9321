"""NetFlow and IPFIX as nfcapd stores and nfdump reads them."""
import importlib.util
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import replay  # noqa: E402  the reader of captures and sender of datagrams

# nfdump's names and our columns.
COLUMNS = {
    "first": "time_flow_start", "last": "time_flow_end", "in_packets": "packets", "in_bytes": "bytes",
    "out_packets": "packets_rev", "out_bytes": "bytes_rev",
    "proto": "proto", "tcp_flags": "tcp_flags", "src_port": "src_port", "dst_port": "dst_port",
    "src_tos": "ip_tos", "src4_addr": "src_addr", "dst4_addr": "dst_addr", "src6_addr": "src_addr",
    "dst6_addr": "dst_addr", "input_snmp": "in_if", "output_snmp": "out_if", "src_mask": "src_net",
    "dst_mask": "dst_net", "fwd_status": "forwarding_status", "src_as": "src_as", "dst_as": "dst_as",
    "ip4_next_hop": "next_hop", "ip6_next_hop": "next_hop", "bgp4_next_hop": "bgp_next_hop",
    "bgp6_next_hop": "bgp_next_hop", "src_vlan": "src_vlan", "dst_vlan": "dst_vlan",
    "in_src_mac": "src_mac", "src4_xlt_ip": "post_nat_src_addr", "dst4_xlt_ip": "post_nat_dst_addr",
    "src6_xlt_ip": "post_nat_src_addr", "dst6_xlt_ip": "post_nat_dst_addr",
    "src_xlt_port": "post_nat_src_port", "dst_xlt_port": "post_nat_dst_port", "nat_event_id": "nat_event",
    "ingress_vrf": "in_vrf", "egress_vrf": "out_vrf", "t_event": "time_flow_start",
}
# And our elements.
ELEMENTS = {
    "out_dst_mac": "postDestinationMacAddress", "in_dst_mac": "destinationMacAddress",
    "out_src_mac": "postSourceMacAddress", "dst_tos": "postIpClassOfService", "direction": "flowDirection",
    "observationDoaminID": "observationDomainId", "observationPointID": "observationPointId",
    "flow_id": "flowId",
}
# Not of the exporter, or made of other values.
OWN = re.compile(r"type|sampled|export_sysid|received|ip4_router|ip6_router|label|src_net|dst_net"
                 r"|nat_event|event|engine_.*|exporter_.*|mpls_10|aggr_flows$")
FLAGS = "CEUAPRSF"


class Collector:
    """An nfcapd that listens on a port of this machine and stores what one capture holds."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = open(folder + ".log", "w+b")
        self.process = subprocess.Popen(
            ["nfcapd", "-p", str(self.port), "-b", "127.0.0.1", "-w", folder, "-t", "3600"],
            stdout=self.log, stderr=self.log, env={**os.environ, "TZ": "UTC"})

    def wait(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            if b"Startup" in pathlib.Path(self.log.name).read_bytes():
                return
            time.sleep(0.02)
        raise RuntimeError("nfcapd did not start: " + pathlib.Path(self.log.name).read_text())

    def feed(self, capture):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _, payload in replay.capture_datagrams(str(capture)):
                sender.sendto(payload, ("127.0.0.1", self.port))
                time.sleep(0.001)

    def records(self):
        """Ends the collector and reads what it stored."""
        time.sleep(0.2)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.log.close()
        made = subprocess.run(["nfdump", "-R", self.folder, "-q", "-o", "json"], check=True,
                              capture_output=True, timeout=60, env={**os.environ, "TZ": "UTC"})
        text = made.stdout.decode("utf-8", "replace").strip()
        if not text.startswith(("{", "[")):
            return []  # it says that there is nothing
        return json.loads(text if text.startswith("[") else f"[{text}]")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def comparisons(theirs, records):
    """(record number, nfdump's field, its value, ours) for every value that nfdump gives."""
    flows = [record for record in records if record["record_type"] != "options"]
    yield 0, "records", len(theirs), len(flows)
    for at, (their, our) in enumerate(zip(theirs, flows)):
        for name, value in their.items():
            if OWN.match(name):
                continue
            if name.startswith("mpls_"):
                index = int(name[5:]) - 1
                stack = our.get("mpls_label") or []
                label, _, _ = value.partition("-")
                yield at, name, int(label), stack[index] if index < len(stack) else None
            elif name in ELEMENTS:
                yield at, name, value, our.get("ie", {}).get(ELEMENTS[name])
            elif name in ("icmp_type", "icmp_code") and name not in our:
                # In NetFlow v5, and where it is copied, they are the destination port.
                port = our.get("dst_port", 0)
                yield at, name, value, port >> 8 if name == "icmp_type" else port & 255
            else:
                yield at, name, value, our.get(COLUMNS.get(name, name))


def agree(name, theirs, ours):
    """Whether they mean the same; zero is what nfdump has where nothing was sent."""
    if name in ("first", "last", "t_event"):
        if ours is None:
            return theirs.startswith("1970-01-01T00:00:00.000")
        whole, _, fraction = ours.rstrip("Z").partition(".")
        return theirs == f"{whole}.{fraction.ljust(3, '0')[:3]}"
    if name == "tcp_flags":
        bits = sum(128 >> index for index, letter in enumerate(theirs) if letter != ".")
        return bits == (ours or 0) & 255
    if ours is None:
        return str(theirs) in ("0", "0.0.0.0", "::", "00:00:00:00:00:00", "")
    return str(theirs) == str(ours)
