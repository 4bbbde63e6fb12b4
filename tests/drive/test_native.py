"""Users that speak a protocol of their own, against a small real server."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from harness.drive import drive
from harness.drive.results import Outcome
from harness.measure.samples import Samples

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


class Lines:
    """The server of lines, which can be started again at the same port."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"lines://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        """Start and wait until it listens."""
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "line_target.py"), str(self.port)]
        )
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server of lines did not start")

    def kill(self):
        """End it at once."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Start a server of lines; it is gone after the test."""
    server = Lines()
    yield server
    server.kill()


@pytest.fixture
def driven(lines, job) -> Callable[..., Samples]:
    """Drive the server of lines; `path` is what all users say."""

    def go(path: str, **other: object) -> Samples:
        locustfile = HERE / "line_locustfile.py"
        return Samples.read(drive(job(lines.url, path=path, locustfile=locustfile, **other)))

    return go


def _outcomes(samples):
    return {Outcome(code) for code in np.unique(samples.rows["outcome"])}


def _errors(samples):
    return {samples.drive.errors[number] for number in samples.rows["error"]} - {""}


def test_calls_are_answered_and_weighed(driven):
    """Four users, each with one connection, and four bytes for each answer."""
    samples = driven("say four")
    assert _outcomes(samples) == {Outcome.ANSWERED}
    assert set(samples.rows["user"]) == {0, 1, 2, 3}
    assert set(samples.rows["bytes"]) == {4}


def test_a_call_is_timed_from_the_moment_it_was_due(driven):
    """One user and twenty arrivals a second at a server that takes a quarter second: they queue."""
    samples = driven("slow", users=1, model="open", rate=20.0, slices=[(0, 0.5)], drain_s=10.0)
    part = samples.measured("stack0")
    assert part.service.max() < 0.5
    assert part.response.max() > 0.75


def test_what_the_server_refuses_is_a_failure_and_its_text(driven):
    """The library's errors are the server's."""
    samples = driven("refuse", users=1, slices=[(0, 0.2)])
    assert _outcomes(samples) == {Outcome.FAILED}
    assert _errors(samples) == {"RefusedError: not now"}
    assert samples.acknowledged("stack0").unsure == {"speak": len(samples.rows)}


def test_a_user_connects_anew_after_a_fault(driven):
    """The server hangs up after each line, and hears from the same users again."""
    samples = driven("drop")
    assert _outcomes(samples) == {Outcome.FAILED}
    assert len(samples.rows) > 8
    assert samples.drive.faults == {}


def test_a_call_that_takes_too_long_is_a_failure(driven):
    """Even where the client library goes on after whatever is an Exception."""
    samples = driven("hang", request_timeout_s=0.1)
    assert _errors(samples) == {"Overdue: over 0.1 s"}
    assert len(samples.rows) > 4


def test_what_is_unanswered_when_its_slice_has_drained_is_open(driven):
    """And its user connects anew and goes on in the next slice."""
    samples = driven("hang", drain_s=0.1, slices=[(0, 0.2), (0, 0.2)])
    assert _outcomes(samples) == {Outcome.OPEN}
    assert [int((samples.rows["slice"] == n).sum()) for n in (0, 1)] == [4, 4]


@pytest.mark.parametrize(
    ("path", "error"),
    [("say wrong", "heard wrong"), ("say nothing", "IndexError: string index out of range")],
)
def test_a_value_that_is_not_right_is_wrong(driven, path, error):
    """So is one over which the check stumbles."""
    samples = driven(path, slices=[(0, 0.2)])
    assert _outcomes(samples) == {Outcome.WRONG}
    assert _errors(samples) == {error}


def test_a_call_may_be_named_by_what_came_of_it(driven):
    """Four users are told the numbers of their connections; one was the fixture's own."""
    samples = driven("seen", slices=[(0, 0.2)])
    assert set(samples.acknowledged("stack0").answered) == {f"said-{n}" for n in (1, 2, 3, 4)}


def test_another_error_is_a_fault_of_the_generator(driven):
    """What the library does not count among its server's faults fails the trial."""
    samples = driven("raise", slices=[(0, 0.2)])
    assert list(samples.drive.faults) == ["KeyError: 'no such key'"]


def test_users_outlive_their_server(lines, job):
    """It is killed and started again at the same port; calls are answered afterwards."""
    thread = threading.Thread(target=lambda: (lines.kill(), lines.start()))
    slices, locustfile = [(0, 0.3), (0, 8.0)], HERE / "line_locustfile.py"
    plan = job(lines.url, path="say x", locustfile=locustfile, slices=slices)
    done = drive(plan, progress=lambda told: told.slice or thread.start())
    thread.join()
    rows = done.read_samples()
    failed = rows["outcome"] == Outcome.FAILED
    assert 4 <= failed.sum() <= 8
    assert rows["due"][~failed].max() > rows["end"][failed].max() + 0.5


def test_by_hand_one_user_prepares_for_all(lines):
    """The second time would be an error; Locust's statistics show none."""
    command = [
        sys.executable, "-m", "locust", "-f", str(HERE / "line_locustfile.py"), "--host", lines.url,
        "--headless", "--users", "3", "--spawn-rate", "3", "--run-time", "4s", "--json",
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    (entry,) = json.loads(ran.stdout)
    assert (ran.returncode, entry["name"], entry["num_failures"]) == (0, "speak", 0)
    assert entry["num_requests"] >= 3
