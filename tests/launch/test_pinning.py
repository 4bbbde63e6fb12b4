"""Servers start on all processors, sized for theirs, and are bound to theirs when asked."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from harness.errors import LaunchFailed
from harness.launch import Budget, launched
from harness.launch.affinity import affinity, threads
from harness.launch.containers import Containers
from harness.launch.processes import Processes
from stacks.components.cassandra import Cassandra
from stacks.components.elasticsearch import Elasticsearch
from stacks.components.kafka import Kafka
from stacks.components.rabbitmq import RabbitMQ

ALL = os.sched_getaffinity(0)
CPU = max(ALL)
ONE = Budget(cpus=(CPU,))
MANY = """
import subprocess, sys, threading, time
for _ in range(8): threading.Thread(target=time.sleep, args=(300,), daemon=True).start()
subprocess.Popen(["setsid", "sleep", "300"])
sys.argv = ["{data}/server.py", "{host}", "{port}"]
exec(open(sys.argv[0]).read())
"""


@pytest.fixture(params=["processes", pytest.param("containers", marks=pytest.mark.engine)])
def launcher(request):
    """Return each launcher in turn."""
    if request.param == "processes":
        return Processes(ready_s=60)
    return Containers(images=request.getfixturevalue("images"), ready_s=60)


@pytest.fixture
def many(tiny):
    """Return a server with nine threads, and a child in a session of its own."""
    return tiny(command=("python3", "-c", MANY))


def pids(placed, name):
    """Return the pids of a component's processes as this machine sees them."""
    running = placed.components[name].running
    if placed.launcher == "processes":
        return running.pids
    return [int(process[1]) for process in running.container.top()["Processes"]]


def bound_to(placed, name="tiny"):
    """Return the affinity of each thread of a component."""
    return [affinity(thread) for thread in threads(pids(placed, name))]


def names(placed, name):
    """Return what the threads of a component are called."""
    folders = (Path(f"/proc/{pid}/task") for pid in pids(placed, name))
    return [file.read_text().strip() for folder in folders for file in folder.glob("*/comm")]


def test_a_component_starts_on_all_processors(tiny, stack_of, launcher):
    """Nobody waits for one processor while the others idle."""
    with launched(stack_of(tiny()), launcher, ONE) as placed:
        assert set(map(frozenset, bound_to(placed))) == {frozenset(ALL)}


def test_every_thread_of_every_process_is_bound(many, stack_of, launcher):
    """Those of children in sessions of their own too, and once more changes nothing."""
    with launched(stack_of(many), launcher, ONE) as placed:
        for _ in range(2):
            placed.pin()
            found = bound_to(placed)
            assert len(found) >= 10
            assert found == [{CPU}] * len(found)


def test_a_component_that_crashed_comes_back_bound(many, stack_of, launcher):
    """From its first process on."""
    with launched(stack_of(many), launcher, ONE) as placed:
        placed.pin()
        placed.components["tiny"].crash()
        found = bound_to(placed)
        assert found == [{CPU}] * len(found)


def test_a_component_that_crashed_before_is_as_wide_as_before(tiny, stack_of, launcher):
    """Nothing is bound until somebody asks for it."""
    with launched(stack_of(tiny()), launcher, ONE) as placed:
        placed.components["tiny"].crash()
        assert set(map(frozenset, bound_to(placed))) == {frozenset(ALL)}


def test_without_a_budget_nothing_is_bound(tiny, stack_of, launcher):
    """No processors named means all of them."""
    with launched(stack_of(tiny()), launcher, Budget()) as placed:
        placed.pin()
        assert set(map(frozenset, bound_to(placed))) == {frozenset(ALL)}


def test_a_component_is_told_the_number_of_its_processors(tiny, stack_of, launcher):
    """By a mark in its spec, and by the variables that runtimes know."""
    with launched(stack_of(tiny(env={"SIZE": "{cpus}"})), launcher, ONE) as placed:
        told = placed.components["tiny"].connect().said()
    assert (told["SIZE"], told["GOMAXPROCS"]) == ("1", "1")


def test_the_parts_of_a_stack_are_bound_each_to_its_own(tiny, stack_of):
    """All of them by one call."""
    pair = stack_of(tiny(name="one"), tiny(name="two", needs=("one",)))
    with launched(pair, Processes(), ONE) as placed:
        placed.pin()
        assert bound_to(placed, "one") == bound_to(placed, "two") == [{CPU}]


def test_a_processor_that_is_not_there_is_refused(tiny, stack_of):
    """The message has the part, the number and the setting."""
    with (
        launched(stack_of(tiny()), Processes(), Budget(cpus=(4095,))) as placed,
        pytest.raises(LaunchFailed, match=r"tiny: .*processors 4095 \(machine\.stack_cpus"),
    ):
        placed.pin()


@pytest.mark.parametrize("component", [Cassandra(), Elasticsearch(), Kafka()])
def test_java_is_told_how_many_processors_there_are(component):
    """As a process and as a container."""
    process, container = component.process({}), component.container({})
    flag = "-XX:ActiveProcessorCount={cpus}"
    assert flag in " ".join(process.command)
    assert flag in " ".join((*container.command, *container.env.values()))


def test_java_is_sized_and_bound(stack_of, launcher):
    """Kafka, by the command line that it runs with."""
    with launched(stack_of(Kafka()), launcher, ONE) as placed:
        lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in pids(placed, "kafka")]
        assert sum("-XX:ActiveProcessorCount=1\0" in line for line in lines) == 1
        placed.pin()
        found = bound_to(placed, "kafka")
        assert len(found) > 20
        assert found == [{CPU}] * len(found)


def test_erlang_is_sized_and_bound(stack_of, launcher):
    """RabbitMQ, by the schedulers that it has: one of each kind."""
    with launched(stack_of(RabbitMQ()), launcher, ONE) as placed:
        placed.pin()
        called = names(placed, "rabbitmq")
        found = bound_to(placed, "rabbitmq")
    for kind in (r"\d+_scheduler|erts_sched_\d+", r"\d+_dirty_cpu.*|erts_dcpus_\d+"):
        assert len([name for name in called if re.fullmatch(kind, name)]) == 1
    assert found == [{CPU}] * len(found)


@pytest.mark.engine
def test_an_engine_that_cannot_bind_later_binds_from_the_start(tiny, stack_of, images, monkeypatch):
    """The record says so."""
    from harness.launch import engine  # noqa: PLC0415 - loads the engine's library

    monkeypatch.setattr(engine, "binding_obstacle", lambda: "it lacks that")
    with launched(stack_of(tiny()), Containers(images=images), ONE) as placed:
        assert bound_to(placed) == [{CPU}]
        assert placed.facts["cpu affinity"] == "from the start: it lacks that"
