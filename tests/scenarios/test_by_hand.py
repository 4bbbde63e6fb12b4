"""The locustfiles under the plain Locust command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("scenario", ["chat", "browse", "stream"])
def test_a_locustfile_runs_by_hand(chat, scenario):
    """Two users prepare themselves and fill Locust's statistics without a failure."""
    command = [
        sys.executable, "-m", "locust", "-f", f"scenarios/{scenario}/locustfile.py",
        "--host", chat().url, "--headless", "--users", "2", "--spawn-rate", "2",
        "--run-time", "4s", "--json",
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    entries = json.loads(ran.stdout)
    assert (ran.returncode, sum(entry["num_failures"] for entry in entries)) == (0, 0)
    assert sum(entry["num_requests"] for entry in entries) >= 1
