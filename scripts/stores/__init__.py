"""Object stores of others on the loopback, the agent that delivers to them, and what is in between."""
import os
import sys

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
