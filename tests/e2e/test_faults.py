"""Things that go wrong in the middle of a run: finished trials stay, nothing is left running."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.records import Fault, Status

pytestmark = pytest.mark.e2e
BLANK = 1  # the trial with which every session begins
PLAN = """
sessions = 1
verify = "smoke"
launcher = "processes"
stacks = ["primary", "cost-optimized"]
[load]
users = 4
slice_s = 1.0
slices = 4
warmup_s = 0.5
drain_s = 2.0
request_timeout_s = 2.0
"""


@pytest.fixture(autouse=True)
def plan(tmp_path: Path) -> None:
    """Put the plan where the command is run."""
    (tmp_path / "own.toml").write_text(PLAN, "utf-8")


def postgres(bakeoff: Any) -> psutil.Process:
    """Return the first process of the run's PostgreSQL."""
    servers = [p for p in bakeoff.started() if p.name() == "postgres"]
    assert servers, bakeoff.said
    return min(servers, key=lambda p: p.create_time())


def test_a_database_killed_in_a_trial_fails_that_trial_and_the_run_goes_on(
    bakeoff: Any,
) -> None:
    """The record has the reason, the other stack and the next round are unharmed, nothing stays."""
    command = bakeoff.start(
        "run", "--plan", "own.toml", "--scenario", "chat", "--scenario", "browse"
    )
    bakeoff.wait_for(" in turn on primary")
    time.sleep(2)
    postgres(bakeoff).kill()

    assert command.wait(240) == 3, bakeoff.said
    records = bakeoff.records()
    failed = [r for r in records if r.status is Status.FAILED]
    assert [("primary", Fault.DIED)] == [(r.key.stack, r.fault) for r in failed]
    assert "postgresql" in failed[0].reason
    assert len(records) == 4 + BLANK
    assert bakeoff.started() == []


def test_ctrl_c_keeps_what_was_finished_and_resume_ends_the_run(bakeoff: Any) -> None:
    """Exit code 130, nothing left running; --resume runs what is missing and no more."""
    asked = (
        *("run", "--plan", "own.toml", "--stack", "cost-optimized"),
        *("--scenario", "chat", "--scenario", "browse"),
    )
    command = bakeoff.start(*asked)
    bakeoff.wait_for(" measured cost-optimized")
    os.kill(command.pid, signal.SIGINT)

    assert command.wait(60) == 130, bakeoff.said
    assert bakeoff.started() == []
    before = {r.key: r.started_at for r in bakeoff.records()}
    assert len(before) < 2 + BLANK

    assert bakeoff.run(*asked, "--resume") == 0, bakeoff.said
    after = {r.key: r.started_at for r in bakeoff.records()}
    assert len(after) == 2 + BLANK


def test_after_kill_9_clean_removes_what_was_left(bakeoff: Any) -> None:
    """Whatever outlives a killed bakeoff, `bakeoff clean` removes."""
    command = bakeoff.start("run", "--plan", "own.toml", "--scenario", "chat")
    bakeoff.wait_for(" in turn on primary")
    os.kill(command.pid, signal.SIGKILL)
    command.wait(10)

    assert bakeoff.run("clean") == 0
    time.sleep(0.5)
    assert bakeoff.started() == []
    assert list((bakeoff.folder / "scratch").iterdir()) == []


def test_nothing_listens_beyond_loopback(bakeoff: Any) -> None:
    """While a stack is up, every listening socket of ours is on 127.0.0.0/8 or ::1."""
    command = bakeoff.start("up", "primary", "--json", "--launcher", "processes")
    bakeoff.wait_for('"url"')
    listening = {
        c.laddr.ip
        for process in bakeoff.started()
        for c in process.net_connections("inet")
        if c.status == psutil.CONN_LISTEN
    }
    os.kill(command.pid, signal.SIGTERM)

    assert command.wait(60) == 130
    assert listening <= {"127.0.0.1", "::1"}
    assert listening
    assert bakeoff.started() == []


def test_up_prints_one_json_document(bakeoff: Any) -> None:
    """`bakeoff up --json` is one document with the URL, versions and log places."""
    command = bakeoff.start("up", "cost-optimized", "--json", "--launcher", "processes")
    bakeoff.wait_for('"url"')
    time.sleep(0.2)
    document = json.loads((bakeoff.folder / "out").read_text("utf-8"))
    os.kill(command.pid, signal.SIGINT)
    command.wait(60)

    assert document["url"].startswith("http://127.0.0.1:")
    assert {"app", "memcached", "nginx", "sqlite", "llm"} == set(document["components"])
