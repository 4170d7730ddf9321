#!/usr/bin/env python3
"""Compares every value that other decoders read in our captures with what `catchment parse` reads there.

    scripts/compare-decoders.py [CAPTURE...] [--binary PATH] [--fields] [--verbose]

The others are tshark, for all protocols, and nfcapd with nfdump, for NetFlow and IPFIX; one that is not
installed is left out, with a word. Without CAPTURE all flow captures of conf/samples and those of
plugins/in_netflow/Tests/fixtures/peers are read. A value that differs is either listed in EXPLAINED, with
the reason, or makes the exit status 1.
"""
import argparse
import collections
import fnmatch
import pathlib
import shutil
import sys
import tempfile

from peers import netflow, nfdump, ours, sflow

ROOT = pathlib.Path(__file__).resolve().parent.parent
WRAPPED = "these uptimes lie before zero and wrap; nfdump adds 49.7 days"


def is_wrapped(theirs, ours):
    """Whether the times are 2^32 ms apart, but for a minute: nfdump may have taken the other end."""
    apart = netflow.nanoseconds(theirs) - netflow.nanoseconds(ours)
    return abs(apart - 2**32 * 10**6) < 60 * 10**9


# Where another decoder is wrong, or means something else: its name, files, fields, and why.
EXPLAINED = [
    ("tshark", "ipfix.pcap", "cflow.abstime*",
     "RFC 7011 6.1.9: the lowest 11 bits of dateTimeMicroseconds are to be ignored, and tshark reads them",
     lambda theirs, ours: abs(netflow.nanoseconds(theirs) - netflow.nanoseconds(ours)) < 478),
    ("tshark", "netflow-v1.pcap", "cflow.padding", "tshark shows 3 of the 7 bytes behind a record"),
    ("tshark", "netflow-v7.pcap", "cflow.flags",
     "the flags of v7 say which fields are invalid and have no element; we keep them as padding"),
    ("tshark", "netflow-v7.pcap", "cflow.padding", "the same: we have the flags there"),
    ("nfdump", "netflow-v9-softflowd.pcapng", "[fl]*st", WRAPPED, is_wrapped),
    ("nfdump", "ipfix-softflowd.pcap", "[fl]*st", WRAPPED, is_wrapped),
    ("nfdump", "ipfix*", "[fl]*st", "nfdump exchanges elements 21 and 22 of IPFIX",
     lambda theirs, ours: not theirs.startswith("1970")),
    ("nfdump", "*", "[fl]*st", "nfdump reads times of 152, 153, 21 and 22 only, not 150, 151, 154 to 157",
     lambda theirs, ours: theirs.startswith("1970")),
    ("nfdump", "*", "t_event", "nfdump reads the time of events from 323 only, not from 322"),
    ("nfdump", "ipfix-routeros-7.pcap", "icmp_*", "nfdump does not read icmpTypeIPv4, and takes port 0"),
    ("nfdump", "netflow-v[57].pcap", "*_mask", "nfdump does not store the masks of v5 and v7",
     lambda theirs, ours: theirs == 0),
    ("nfdump", "netflow-v9-*", "icmp_*", "nfdump does not read icmpTypeCodeIPv4 and icmpTypeCodeIPv6 of v9",
     lambda theirs, ours: theirs == 0),
    ("nfdump", "ipfix.pcap", "in_*", "nfdump puts octetTotalCount and packetTotalCount where the deltas were",
     lambda theirs, ours: theirs != 0),
    ("nfdump", "netflow-v9.pcap", "in_*",
     "nfdump puts octetTotalCount and packetTotalCount where the deltas were"),
    ("nfdump", "ipfix.pcap", "in_*", "nfdump does not read initiatorOctets and initiatorPackets",
     lambda theirs, ours: theirs == 0),
    ("nfdump", "*", "out_*", "nfdump takes postOctetDeltaCount and postPacketDeltaCount for the other direction",
     lambda theirs, ours: ours is None),
]


def captures():
    home = ROOT / "conf/samples"
    recorded = [path for path in sorted(home.glob("*.pcap*")) if path.name.startswith(("netflow", "ipfix"))]
    return recorded + sorted((ROOT / "plugins/in_netflow/Tests/fixtures/peers").glob("*.pcap"))


def is_sflow(records):
    return any(record["flow_type"] == "sflow_5" for record in records)


def reason(peer, capture, field, theirs, ours):
    for name, files, fields, why, *test in EXPLAINED:
        if name == peer and fnmatch.fnmatch(capture, files) and fnmatch.fnmatch(field, fields):
            if not test or test[0](theirs, ours):
                return why
    return None


class Agreement:
    """What the comparison of captures with a decoder gave."""

    def __init__(self, peer):
        self.peer = peer
        self.by_capture = collections.defaultdict(collections.Counter)
        self.by_field = collections.defaultdict(collections.Counter)
        self.differences, self.reasons = [], collections.Counter()

    def add(self, capture, comparisons, agree):
        for at, field, theirs, ours in comparisons:
            state = "agree"
            if not agree(field, theirs, ours):
                why = reason(self.peer, capture, field, theirs, ours)
                state = "explained" if why else "differ"
                if why:
                    self.reasons[why] += 1
                else:
                    self.differences.append((capture, at, field, theirs, ours))
            self.by_capture[capture][state] += 1
            self.by_field[field][state] += 1

    def show(self, counters):
        width = max(map(len, counters), default=4)
        print(f"  {'':{width}} {'compared':>9} {'agree':>9} {'explained':>9} {'differ':>7}")
        rows = dict(counters)
        rows["all"] = sum(self.by_capture.values(), collections.Counter())
        for name, counts in rows.items():
            print(f"  {name:{width}} {sum(counts.values()):>9,} {counts['agree']:>9,} "
                  f"{counts['explained']:>9,} {counts['differ']:>7,}")

    def report(self, options):
        print(self.peer)
        self.show(self.by_field if options.fields else self.by_capture)
        for why, count in self.reasons.most_common():
            print(f"  explained {count:,}: {why}")
        shown = self.differences if options.verbose else self.differences[:20]
        for capture, at, field, theirs, ours in shown:
            print(f"  {capture}, record {at}: {field} is {ours!r}, {self.peer} has {theirs!r}")
        if len(shown) < len(self.differences):
            print(f"  and {len(self.differences) - len(shown)} more; --verbose shows them")


def compare_tshark(decoded):
    result = Agreement("tshark")
    for capture, records in decoded:
        peer = sflow if is_sflow(records) else netflow
        result.add(capture.name, peer.comparisons(capture, records), peer.agree)
    return result


def compare_nfdump(decoded):
    result = Agreement("nfdump")
    decoded = [(capture, records) for capture, records in decoded if not is_sflow(records)]
    with tempfile.TemporaryDirectory() as home:
        collectors = []
        try:
            for index, (capture, _) in enumerate(decoded):
                folder = pathlib.Path(home, str(index))
                folder.mkdir()
                collectors.append(nfdump.Collector(str(folder)))
            for collector, (capture, _) in zip(collectors, decoded):
                collector.wait()
                collector.feed(capture)
            for collector, (capture, records) in zip(collectors, decoded):
                result.add(capture.name, nfdump.comparisons(collector.records(), records), nfdump.agree)
        finally:
            for collector in collectors:
                collector.stop()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("captures", nargs="*", type=pathlib.Path)
    parser.add_argument("--binary")
    parser.add_argument("--fields", action="store_true", help="a line for each field, not for each capture")
    parser.add_argument("--verbose", action="store_true", help="show all differences")
    options = parser.parse_args()
    binary = ours.find_binary(options.binary)
    decoded = []
    for capture in options.captures or captures():
        status, records = ours.decode(binary, [capture])
        if status != 0:
            sys.exit(f"{binary} ended with status {status} on {capture}")
        decoded.append((capture, records))
    is_bad = False
    for tools, compare in ((["tshark"], compare_tshark), (["nfcapd", "nfdump"], compare_nfdump)):
        missing = [tool for tool in tools if not shutil.which(tool)]
        if missing:
            print(f"{missing[0]} is not installed: not compared")
            continue
        result = compare(decoded)
        result.report(options)
        is_bad = is_bad or bool(result.differences)
    return 1 if is_bad else 0


if __name__ == "__main__":
    sys.exit(main())
