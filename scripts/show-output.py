#!/usr/bin/env python3
"""Prints a table of the NDJSON files below a directory and two records of each kind.

usage: show-output.py DIRECTORY [EXPECTED.json]

A kind is a directory below DIRECTORY: the tag. With EXPECTED.json, what was sent is printed too. Exits
with 1 if there is no file, an empty one, or a line that is not JSON.
"""

import gzip
import json
import os
import sys

WIDTH = 100


def heading(text):
    print(f"\n== {text}")


def lines(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rb") as file:
        return [line for line in file.read().split(b"\n") if line]


def shown(line):
    """A record on a few lines of WIDTH columns, fields kept whole."""
    out, row = [], "  "
    for name, value in json.loads(line).items():
        text = json.dumps(value, ensure_ascii=False)
        field = f"{name}={text if len(text) <= 72 else text[:69] + '...'}  "
        if len(row) + len(field) > WIDTH and row.strip():
            out.append(row.rstrip())
            row = "    "
        row += field
    return "\n".join(out + [row.rstrip()])


def main():
    directory = sys.argv[1]
    files = sorted(os.path.join(at, name) for at, _, names in os.walk(directory) for name in names
                   if name.endswith((".ndjson", ".ndjson.gz")))
    if not files:
        sys.exit(f"no NDJSON files in {directory}")
    heading("Files written")
    print(f"{'records':>9}  {'bytes':>10}  file")
    kinds, wrong = {}, []
    for path in files:
        records = lines(path)
        for number, line in enumerate(records, 1):
            try:
                json.loads(line)
            except ValueError:
                wrong.append(f"{path}:{number}: not JSON")
        if not records:
            wrong.append(f"{path}: empty")
        print(f"{len(records):9,}  {os.path.getsize(path):10,}  {path}")
        below = os.path.relpath(path, directory).split(os.sep)
        kinds.setdefault(below[0] if len(below) > 1 else "records", []).extend(records)
    print(f"{sum(map(len, kinds.values())):9,}  {'':10}  in all")
    if len(sys.argv) > 2:
        sent = {}
        with open(sys.argv[2], encoding="utf-8") as file:
            for name, counts in json.load(file).items():
                if not name.endswith(".gz"):  # the same lines as the file beside it; not sent
                    records = counts.get("messages", counts.get("records"))
                    sent[counts["port"]] = sent.get(counts["port"], 0) + records
        print("Sent: " + ", ".join(f"{count:,} to port {port}" for port, count in sorted(sent.items()))
              + ". Options records of flow exporters are not counted, and RouterOS messages that are pieces"
              " of one entry are one record.")
    for kind, records in kinds.items():
        heading(f"Two of {len(records):,} records: {kind}")
        for line in [records[0], records[len(records) // 2]] if len(records) > 1 else records:
            try:
                print(shown(line))
            except (ValueError, AttributeError):
                print("  " + line[:WIDTH].decode(errors="replace"))
    for text in wrong:
        print(text, file=sys.stderr)
    sys.exit(1 if wrong else 0)


main()
