"""The bar for honesty: a server that stalls must show in response times and failures.

Field: other generators report a p99 of 4 to 11 ms for the first case with room for 10 requests in
flight, and no failure at all for the second.
"""

import signal
import threading
import time

import numpy as np
import psutil
import pytest

from harness.drive import drive
from harness.drive.results import Outcome

RATE, RUN_S, STALL_S = 200.0, 20.0, 2.0


def _thaw(server):
    """Wait until the server has frozen itself, and let it go on STALL_S later."""
    frozen = psutil.Process(server.process.pid)
    while frozen.status() != psutil.STATUS_STOPPED:
        time.sleep(0.001)
    time.sleep(STALL_S)
    server.signal(signal.SIGCONT)


def _open(job, server, users, seconds, **other):
    return job(
        server.url, model="open", rate=RATE, arrivals="constant", users=users,
        slices=[(0, seconds)], request_timeout_s=30.0, **other,
    )  # fmt: skip


def _percentiles(samples):
    response = samples["end"] - samples["due"]
    assert len(samples) == RATE * RUN_S
    assert set(samples["outcome"]) == {Outcome.ANSWERED}
    return np.percentile(response, [95, 99])


@pytest.mark.parametrize("room", [10, 50])
def test_a_stall_of_two_seconds_shows_in_the_percentiles(serve, job, room):
    """A tenth of the requests waits 0 to 2 s: p95 is 1.0 s and p99 1.8 s, within 10 %.

    What had to wait must be caught up within 0.2 s for that, which a machine that is busy with
    other things may not manage; it gets a second and a third chance.
    """
    for attempt in range(3):
        server = serve(freeze_at=1_600)
        threading.Thread(target=_thaw, args=(server,)).start()
        seen = _percentiles(drive(_open(job, server, room, RUN_S)).read_samples())
        if seen == pytest.approx([1.0, 1.8], rel=0.1) or attempt == 2:
            break
    assert seen == pytest.approx([1.0, 1.8], rel=0.1)


@pytest.mark.parametrize("room", [10, 50])
def test_a_stall_to_the_end_makes_everything_unanswered_a_failure(serve, job, room):
    """Room for 10: 10 are open and the rest unsent; the sum is what was scheduled, exactly."""
    server = serve(freeze_at=500)
    done = drive(_open(job, server, room, 5.0, drain_s=1.0))
    samples = done.read_samples()
    count = {o: int((samples["outcome"] == o).sum()) for o in Outcome}
    assert sum(count.values()) == RATE * 5
    assert count[Outcome.FAILED] == count[Outcome.WRONG] == 0
    assert count[Outcome.OPEN] == room
    assert count[Outcome.UNSENT] > 300
    assert done.health["stack0"].achieved < 0.8
