"""What a killed bakeoff leaves is found and removed, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from harness.launch import clean, launched, leftovers
from harness.launch.cleanup import LABEL, MARK, begin
from harness.launch.identity import boot, identity
from harness.launch.placed import Budget
from harness.launch.processes import Processes

ROOT = Path(__file__).parents[2]
UP = """
import json, sys, time
from harness.contract import Ledger, Stack
from harness.launch import Budget
from harness.launch.containers import Containers
from harness.launch.processes import Processes
from stacks.components.{module} import {name} as Part
kinds = ("users", "conversations", "messages", "usage_events")
part = Part()
ledger = Ledger(component=part.name, statements=dict.fromkeys(kinds, ""))
stack = Stack(name="victim", title="", components=(part,), entry=part.name,
    capabilities=frozenset(), ledger=ledger)
placed = {launcher}.up(stack, Budget())
print(json.dumps([c.meter.ref for c in placed.components.values()]), flush=True)
time.sleep(600)
"""


def killed_while_up(module, name, launcher, path="/usr/bin:/bin"):
    """Bring a component up in a bakeoff of its own, kill that with -9, return the meter's ref."""
    code = UP.format(module=module, name=name, launcher=launcher)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        ref = json.loads(process.stdout.readline())[0]
        process.kill()
    return ref


@pytest.mark.parametrize(("module", "name"), [("redis", "Redis"), ("postgresql", "PostgreSQL")])
def test_processes_are_found_and_ended_after_a_kill(module, name, own_state):
    """Without the kernel's help (no setpriv on PATH) the servers live on, until clean."""
    pid = int(killed_while_up(module, name, "Processes()", path="/nowhere"))
    assert identity(pid)
    children = [child.pid for child in psutil.Process(pid).children(recursive=True)]
    assert [launch.stack for launch in leftovers()] == ["victim"]
    scratch = leftovers()[0].scratch
    assert clean()[0].startswith("victim (")
    assert [identity(p) for p in (pid, *children)] == [None] * (1 + len(children))
    assert not scratch.exists()
    assert (list(own_state.iterdir()), leftovers()) == ([], ())


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is missing (util-linux)")
def test_servers_end_with_bakeoff_where_the_kernel_helps():
    """A kill -9 of bakeoff takes its servers along."""
    pid = int(killed_while_up("memcached", "Memcached", "Processes()"))
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=5)
    assert identity(pid) is None
    clean()


@pytest.mark.engine
def test_containers_are_found_and_removed_after_a_kill(images):
    """With their network."""
    from harness.launch import engine  # noqa: PLC0415 - loads the engine's library

    killed_while_up("redis", "Redis", f"Containers(images={images!r})")
    label = {"label": f"{LABEL}={leftovers()[0].id}"}
    assert len(engine.client().containers.list(filters=label)) == 1
    clean()
    assert engine.client().containers.list(all=True, filters=label) == []
    assert engine.client().networks.list(filters=label) == []


def test_a_launch_whose_bakeoff_lives_is_not_a_leftover(tiny, stack_of):
    """Cleaning up beside a run does it no harm."""
    with launched(stack_of(tiny()), Processes(), Budget()) as placed:
        assert clean() == ()
        assert placed.components["tiny"].alive()


def test_a_stranger_with_a_used_pid_is_left_alone(own_state):
    """A process that got a number from the note, but started at another time, is not ours."""
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        note = {"id": "x", "owner": [1, "0"], "boot": boot(), "stack": "old", "engine": False}
        note |= {"scratch": "/nonexistent/bakeoff-x", "processes": [[stranger.pid, "1"]]}
        own_state.mkdir()
        (own_state / "x.json").write_text(json.dumps(note))
        clean()
        assert stranger.poll() is None
        stranger.kill()


def test_a_process_that_was_not_noted_in_time_is_found_by_its_mark(own_state):
    """A bakeoff that was killed between starting and noting a process leaves a marked one."""
    launch = begin("tiny", engine=False)
    note = json.loads((own_state / f"{launch.id}.json").read_text())
    (own_state / f"{launch.id}.json").write_text(json.dumps(note | {"owner": [1, "0"]}))
    env = {MARK: launch.id, "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(["sleep", "60"], start_new_session=True, env=env) as orphan:
        clean()
        assert orphan.wait(5) == -9


def test_a_scratch_folder_that_is_not_ours_is_not_removed(own_state, tmp_path):
    """Only folders with our prefix are removed, whatever a note says."""
    precious = tmp_path / "precious"
    precious.mkdir()
    note = {"id": "x", "owner": [1, "0"], "boot": boot(), "stack": "old", "engine": False}
    own_state.mkdir()
    (own_state / "x.json").write_text(
        json.dumps(note | {"scratch": str(precious), "processes": []})
    )
    clean()
    assert precious.is_dir()
