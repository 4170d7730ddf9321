"""Our own reading of captures, with every element of every record."""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIGURATION = """
pipeline:
  inputs:
    - name: netflow
      tag: flows
      ie_all: true
      emit_options: true
  outputs:
    - name: stdout
      match: flows
"""


def find_binary(given):
    """The program named on the command line, else the one built last."""
    if given:
        return given
    built = [ROOT / ".build" / kind / "catchment" for kind in ("release", "debug")]
    built = [path for path in built if path.exists()]
    if not built:
        sys.exit("no built catchment: run swift build, or give --binary")
    return str(max(built, key=lambda path: path.stat().st_mtime))


def decode(binary, captures):
    """The exit status, negative for a signal, and the records of captures read in order."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as configuration:
        configuration.write(CONFIGURATION)
        configuration.flush()
        made = subprocess.run(
            [binary, "parse", "-c", configuration.name, "--as", "netflow", "--format", "json", "--quiet",
             *map(str, captures)], capture_output=True, timeout=120)
    return made.returncode, [json.loads(line)["record"] for line in made.stdout.splitlines()]
