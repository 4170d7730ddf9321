#!/usr/bin/env python3
"""Writes plugins/in_netflow/Sources/ElementTable.swift from the CSV files in plugins/in_netflow/data.

The table is one text that the agent parses at first use: a large Swift array literal would take
the compiler minutes. Usage: scripts/generate-elements.py [--check]
"""
import csv
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "plugins" / "in_netflow"
DATA = ROOT / "data"
TARGET = ROOT / "Sources" / "ElementTable.swift"

# One letter per abstract data type, read by ElementType.
TYPES = {
    "unsigned8": "u", "unsigned16": "u", "unsigned32": "u", "unsigned64": "u", "unsigned256": "u",
    "signed8": "i", "signed16": "i", "signed32": "i", "signed64": "i",
    "float32": "f", "float64": "f", "boolean": "b", "macAddress": "m",
    "ipv4Address": "a", "ipv6Address": "a", "string": "s", "octetArray": "o",
    "dateTimeSeconds": "S", "dateTimeMilliseconds": "M", "dateTimeMicroseconds": "U",
    "dateTimeNanoseconds": "N", "basicList": "L", "subTemplateList": "T",
    "subTemplateMultiList": "X",
}
PRIVATE_VENDORS = {"Cisco": "cisco", "Palo": "paloalto"}
REVERSE = 29305


def rows(name):
    with open(DATA / name, encoding="utf-8") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def table():
    vendors = {int(row["pen"]): row["vendor"] for row in rows("vendors.csv")}
    entries = {}
    for row in rows("ipfix-elements.csv"):
        entries[0, int(row["id"])] = (TYPES[row["type"]], row["name"])
    for row in rows("enterprise-elements.csv"):
        pen = int(row["pen"])
        if pen == REVERSE:
            continue
        vendor = vendors[pen] if pen else PRIVATE_VENDORS[row["vendor"].split()[0]]
        entries[pen, int(row["id"])] = (TYPES[row["type"]], f"{vendor}.{row['name']}")
    lines, last = [], None
    for (pen, number), (kind, name) in sorted(entries.items()):
        if pen != last:
            lines.append(f"@{pen}")
            last = pen
        lines.append(f"{number}{kind}{name}")
    return lines, len(entries)


def source():
    lines, count = table()
    text = "\n".join("        " + line for line in lines)
    return f'''// Written by scripts/generate-elements.py from plugins/in_netflow/data. Do not edit.

/// The known information elements as text, sorted by enterprise and number.
///
/// `@9` starts the elements of enterprise 9; `4315ucisco.tcpWindowSizeMin` is number, type letter
/// (see `ElementType`) and the name below `ie`.
enum ElementTable {{
    static let count = {count}

    static let text: StaticString = """
{text}

        """
}}
'''


def main():
    text = source()
    if "--check" in sys.argv[1:]:
        if TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET} is stale: run scripts/generate-elements.py")
        return
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
