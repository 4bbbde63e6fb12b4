"""Locustfiles under the plain Locust command."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def test_a_locustfile_runs_by_hand(serve):
    """Without bakeoff's worker users prepare themselves and fill Locust's own statistics."""
    command = [
        sys.executable, "-m", "locust", "-f", str(HERE / "locustfile.py"), "--host", serve().url,
        "--headless", "--users", "2", "--spawn-rate", "2", "--run-time", "3s", "--json",
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    (entry,) = json.loads(ran.stdout)
    assert (entry["name"], entry["num_failures"]) == ("visit", 0)
    assert entry["num_requests"] >= 2
