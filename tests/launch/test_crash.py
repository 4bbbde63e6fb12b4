"""A component that is killed on purpose comes back, with its data, its address and its meter."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager

import psycopg
import pytest

from harness.errors import LaunchFailed, UsageError
from harness.launch import Budget, launched
from harness.launch.containers import Containers
from harness.launch.embedded import placed_in
from harness.launch.identity import identity
from harness.launch.processes import Processes
from harness.measure.usage import Meter, exact_memory, read
from stacks.components.postgresql import PostgreSQL
from stacks.components.sqlite import SQLite

SERVE = "exec python3 {data}/server.py {host} {port}"
LATE = "test -e {data}/once && sleep 1; touch {data}/once; " + SERVE
ONCE = "test -e {data}/once && exit 4; touch {data}/once; " + SERVE
SLEEP = ("/bin/sleep", "300")


@pytest.fixture(params=["processes", pytest.param("containers", marks=pytest.mark.engine)])
def launcher(request):
    """Return each launcher in turn."""
    if request.param == "processes":
        return Processes(ready_s=30)
    return Containers(images=request.getfixturevalue("images"), ready_s=30)


@contextmanager
def crashing(component):
    """Crash a component in a thread of its own, and wait for its end."""
    thread = threading.Thread(target=component.crash)
    thread.start()
    yield thread
    thread.join()


def pids(placed, name="tiny"):
    """Return the pids that the meter reads now, as text."""
    return placed.components[name].meter.now().ref.partition(":")[0].split(",")


def test_what_was_written_is_there_and_the_address_is_the_same(tiny, stack_of, launcher):
    """Another process answers at the same URL, over the same file."""
    with launched(stack_of(tiny()), launcher, Budget()) as placed:
        component = placed.components["tiny"]
        component.connect().keep("before")
        first = pids(placed)
        assert 0 < component.crash() < 30
        assert component.connect().said()["KEPT"] == "/before"
        assert pids(placed) != first
        assert placed.fault() is None


def test_the_files_and_the_environment_are_the_same(tiny, stack_of, launcher):
    """The secret and the links do not change."""
    pair = stack_of(tiny(name="one"), tiny(name="two", needs=("one",), env={"KEY": "{secret}"}))
    with launched(pair, launcher, Budget()) as placed:
        component = placed.components["two"]
        before = component.connect().said()
        component.crash()
        after = component.connect().said()
    assert {k: before[k] for k in ("KEY", "LINK_one")} == {k: after[k] for k in ("KEY", "LINK_one")}


def test_a_database_recovers_what_it_acknowledged(stack_of, launcher):
    """PostgreSQL with all its processes, some of them in sessions of their own."""
    with launched(stack_of(PostgreSQL()), launcher, Budget()) as placed:
        component = placed.components["postgresql"]
        with psycopg.connect(component.url, autocommit=True) as link:
            link.execute("CREATE TABLE t AS SELECT 7 AS n")
        component.crash()
        with psycopg.connect(component.url) as link:
            assert link.execute("SELECT n FROM t").fetchone() == (7,)


def test_the_meter_goes_on(tiny, stack_of, launcher):
    """What was used before is kept, also for who has the meter as JSON from before the crash."""
    with launched(stack_of(tiny()), launcher, Budget()) as placed:
        component = placed.components["tiny"]
        meter = Meter.from_json(json.loads(json.dumps(component.meter.to_json())))
        before = read(meter)
        component.crash()
        after = read(meter)
        assert exact_memory(meter) > 1_000_000
    assert after.cpu_s > before.cpu_s > 0.02
    assert after.written >= before.written


def test_it_may_crash_again(tiny, stack_of, launcher):
    """The second crash is like the first."""
    with launched(stack_of(tiny()), launcher, Budget()) as placed:
        component = placed.components["tiny"]
        used = []
        for _ in range(2):
            component.crash()
            used.append(read(component.meter).cpu_s)
        assert used[1] > used[0]


def test_it_is_not_dead_while_it_is_down_on_purpose(tiny, stack_of, launcher):
    """Nobody takes the crash for a fault, and its meter can be read all the time."""
    late = tiny(command=("sh", "-c", LATE))
    with launched(stack_of(late), launcher, Budget()) as placed:
        component = placed.components["tiny"]
        used = read(component.meter).cpu_s
        with crashing(component) as thread:
            while thread.is_alive():
                assert (placed.fault(), component.alive()) == (None, True)
                time.sleep(0.05)
        assert read(component.meter).cpu_s >= used


def test_nothing_is_left_after_a_crash(tiny, stack_of, launcher, own_state):
    """What was started anew is stopped at the end like everything else."""
    with launched(stack_of(tiny()), launcher, Budget()) as placed:
        placed.components["tiny"].crash()
        (pid,) = pids(placed)
        assert identity(int(pid))
    assert identity(int(pid)) is None
    assert list(own_state.iterdir()) == []


def test_one_that_does_not_come_back_says_why(tiny, stack_of, launcher):
    """With the end of its log, and it counts as dead from then on."""
    once = tiny(command=("sh", "-c", ONCE))
    with launched(stack_of(once), launcher, Budget()) as placed:
        with pytest.raises(LaunchFailed, match="tiny ended before it was ready: exit code 4"):
            placed.components["tiny"].crash()
        assert "tiny ended: exit code 4" in placed.fault()


def test_stopping_ends_a_crash_under_way(tiny, stack_of, launcher):
    """A Ctrl-C in the middle neither waits for the component nor leaves it."""
    never = tiny(command=("sh", "-c", LATE.replace("sleep 1", "sleep 300")))
    failed = []

    def crash(component):
        try:
            component.crash()
        except LaunchFailed as error:
            failed.append(str(error))

    with launched(stack_of(never), launcher, Budget()) as placed:
        thread = threading.Thread(target=crash, args=(placed.components["tiny"],))
        thread.start()
        placed.components["tiny"].crashing.wait(5)
    thread.join(20)
    assert len(failed) == 1
    assert "it was stopped" in failed[0]


def test_companions_crash_with_their_server(tiny, stack_of):
    """All processes of the component are new."""
    with launched(stack_of(tiny(companions=(SLEEP,))), Processes(), Budget()) as placed:
        before = pids(placed)
        placed.components["tiny"].crash()
        after = pids(placed)
        assert [identity(int(pid)) for pid in before] == [None, None]
        assert all(identity(int(pid)) for pid in after)


def test_a_library_cannot_crash(tmp_path):
    """It has no process; the app that uses it has."""
    embedded = placed_in(SQLite(), tmp_path, "").placed("", 0.0)
    with pytest.raises(UsageError, match="sqlite has no process that could crash"):
        embedded.crash()
