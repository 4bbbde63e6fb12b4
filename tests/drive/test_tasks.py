"""What Locust promises of tasks holds for our users too, whose loop is our own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture
def did(serve):
    """Run the users for two seconds by hand and return what they did."""
    command = [
        sys.executable, "-m", "locust", "-f", str(HERE / "tasks_locustfile.py"), "--host",
        serve().url, "--headless", "--users", "3", "--spawn-rate", "3", "--run-time", "2s",
        "--stop-timeout", "2",
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return json.loads(ran.stdout.splitlines()[-1])


def test_tasks_are_what_locust_says(did):
    """Weights, tasks within tasks, asking for another one, faults, the ends of users."""
    assert did["often"] / did["seldom"] == pytest.approx(4, rel=0.4)
    assert did["often"] / did["idle"] == pytest.approx(8, rel=0.6)
    assert did["rescheduled"] > 10
    assert 0 <= did["inner entered"] - did["inner left"] <= 2
    assert did["inner task"] == pytest.approx(2 * did["inner entered"], abs=4)
    assert did["told of KeyError"] == did["stumbled"] > 10
    assert did["last"] == 1
    assert did["users stopped"] == 3
