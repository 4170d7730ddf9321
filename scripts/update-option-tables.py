#!/usr/bin/env python3
"""Writes the option tables of the plugins' READMEs anew, from what `catchment describe` says.

Usage: update-option-tables.py [PLUGIN ...]        PLUGIN is a folder's name, as in_syslog; all unless given

The program is $CATCHMENT or .build/debug/catchment. A test compares the tables with the declarations.
"""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("CATCHMENT", str(ROOT / ".build/debug/catchment"))
TABLE = re.compile(r"^\| option \| type \| default \| help \|\n(?:\|.*\n)+", re.MULTILINE)


def rows(plugin):
    """Option, type, default and help of each option."""
    text = subprocess.run([PROGRAM, "describe", plugin], check=True, capture_output=True).stdout
    own = text.decode().split("\nShared by all")[0]
    lines = iter(own.splitlines())
    header = next((line for line in lines if line.startswith("OPTION")), None)
    if header is None:
        return
    words = list(re.finditer(r"\S+", header))
    ends = [word.start() for word in words[1:]] + [None]
    for line in lines:
        if not line.strip():
            return
        cells = {word[0]: line[word.start():end].strip() for word, end in zip(words, ends)}
        # A column that is empty for all options is left out.
        yield [cells.get(name, "") for name in ("OPTION", "TYPE", "DEFAULT", "HELP")]


def table(plugin):
    result = "| option | type | default | help |\n|---|---|---|---|\n"
    for option, kind, default, text in rows(plugin):
        default = f"`{default}`" if default else ""
        result += f"| `{option}` | {kind} | {default} | {text} |\n"
    return result


def main():
    for folder in sys.argv[1:] or sorted(path.name for path in (ROOT / "plugins").iterdir()):
        page = ROOT / "plugins" / folder / "README.md"
        old = page.read_text()
        if TABLE.search(old):
            page.write_text(TABLE.sub(lambda _: table(folder), old, count=1))


main()
