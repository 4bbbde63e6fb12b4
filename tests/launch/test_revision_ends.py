"""How a stack of another revision ends: by itself, with its bakeoff, and with this one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from harness.errors import LaunchFailed
from harness.launch import Budget, launched
from harness.launch.identity import identity
from harness.measure.usage import read
from own_revision import CPU, HERE, ONE, leaders

ROOT = Path(__file__).parents[2]
KILLED = """
import json, time
from pathlib import Path
from harness.contract import Capability, Ledger, Stack
from harness.launch import Budget
from harness.launch.revision import Revision
from stacks.components.memcached import Memcached
kinds = ("users", "conversations", "messages", "usage_events")
stack = Stack(name="own-base", title="", components=(Memcached(),), entry="memcached",
    capabilities=frozenset(Capability),
    ledger=Ledger(component="memcached", statements=dict.fromkeys(kinds, "")))
placed = Revision(folder=Path("{folder}"), stack="own", label="base").up(stack, Budget())
meters = [part.meter.ref for part in placed.components.values()]
print(json.dumps([placed.child.process.pid, *map(int, meters)]), flush=True)
time.sleep(600)
"""


def test_nothing_is_left_at_the_end(own, own_state):
    """Neither its servers, nor the other bakeoff, nor notes."""
    with launched(HERE, own(), Budget()) as placed:
        pids = [placed.child.process.pid, *leaders(placed, "redis")]
        assert all(identity(pid) for pid in pids)
        placed.down()
    assert [identity(pid) for pid in pids] == [None, None]
    assert list(own_state.iterdir()) == []


def test_a_component_that_died_is_reported_with_how(own):
    """By the one who started it."""
    with launched(HERE, own(), Budget()) as placed:
        assert placed.fault() is None
        os.kill(leaders(placed, "redis")[0], signal.SIGKILL)
        deadline = time.monotonic() + 5
        while placed.fault() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert "redis ended: killed by SIGKILL" in placed.fault()
        assert placed.components["redis"].fault().startswith("killed by SIGKILL")
        assert placed.components["memcached"].alive()


def test_the_end_of_the_other_bakeoff_is_a_fault(own, own_state):
    """Even a kill -9; what it leaves is removed."""
    with launched(HERE, own(), Budget()) as placed:
        pids = leaders(placed, "redis")
        placed.child.process.kill()
        placed.child.process.wait()
        assert "own-base of base ended (exit code -9)" in placed.fault()
        with pytest.raises(LaunchFailed, match="own-base of base ended"):
            placed.pin()
    assert [identity(pid) for pid in pids] == [None]
    assert list(own_state.iterdir()) == []


def test_a_launch_under_way_can_be_given_up(own, own_state):
    """Long before the server's time is over."""
    budget = Budget()
    threading.Timer(3, budget.cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(LaunchFailed, match="own-base of base: given up"):
        own("Never(),").up(HERE, budget)
    assert time.monotonic() - began < 15
    assert list(own_state.iterdir()) == []


def test_it_ends_with_the_bakeoff_that_asked_for_it(own, own_state):
    """A kill -9 of that one closes the pipe."""
    own()
    with subprocess.Popen(
        [sys.executable, "-c", KILLED.format(folder=own_state.parent / "own")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    ) as parent:
        pids = json.loads(parent.stdout.readline())
        parent.kill()
    _, alive = psutil.wait_procs(map(psutil.Process, filter(psutil.pid_exists, pids)), timeout=20)
    assert alive == []
    assert list(own_state.iterdir()) == []


@pytest.mark.engine
def test_containers_of_a_revision_are_removed_with_it(own, images, own_state):
    """By its own launcher of containers; also after a kill -9 of the other bakeoff."""
    from harness.launch import engine  # noqa: PLC0415 - loads the engine's library

    base = own("Redis(), Memcached()", name="containers", images=dict(images))
    label = {"label": "bakeoff.stack=own-base"}
    with launched(HERE, base, ONE) as placed:
        placed.pin()
        running = engine.client().containers.list(filters=label)
        assert [one.attrs["HostConfig"]["CpusetCpus"] for one in running] == [str(CPU)] * 2
        assert read(placed.components["redis"].meter).memory > 0
        placed.child.process.kill()
    assert engine.client().containers.list(all=True, filters=label) == []
    assert list(own_state.iterdir()) == []
