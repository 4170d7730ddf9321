"""Object stores of others on the loopback, the agent that delivers to them, and what is in between."""
import contextlib
import os
import shutil
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.environ.get("CATCHMENT_TEST_VENV", os.path.join(ROOT, ".build", "object-stores"))
KEY, SECRET = "catchment-test", "catchment-secret-of-the-test"


def enter():
    """Goes on in the environment that has boto3; `False` when there is none."""
    if not os.path.exists(os.path.join(VENV, "complete")):
        print(f"left out: {VENV} is not there; scripts/install-stores.sh makes it")
        return False
    if os.path.realpath(sys.prefix) != os.path.realpath(VENV):
        python = os.path.join(VENV, "bin", "python3")
        os.execv(python, [python] + sys.argv)
    return True


class Work:
    """A folder for one run of a script, and what became of the run."""

    def __init__(self, path):
        self.path = path
        self.is_good = True


@contextlib.contextmanager
def workspace(name, keep):
    """A folder that goes away unless something went wrong; ends the program with the status."""
    work = Work(tempfile.mkdtemp(prefix=f"catchment-{name}-"))
    ended = False
    try:
        yield work
        ended = True
    finally:
        if keep or not (ended and work.is_good):
            print(f"files: {work.path}")
        else:
            shutil.rmtree(work.path)
    sys.exit(0 if work.is_good else 1)
