"""Things that go wrong in the middle of a run: finished trials stay, nothing is left running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from harness.records import Fault, Record, Status
from harness.store import Store

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bakeoff:
    """The command in a folder of its own, with its own note of what it started."""

    folder: Path
    environment: Mapping[str, str]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command; its output goes to files in the folder."""
        (self.folder / "own.toml").write_text(PLAN, "utf-8")
        with (self.folder / "out").open("w") as out, (self.folder / "err").open("w") as err:
            return subprocess.Popen(
                [sys.executable, "-m", "harness", *arguments],
                cwd=self.folder,
                env=self.environment,
                text=True,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def run(self, *arguments: str, timeout: float = 240.0) -> int:
        """Run a command to its end and return its exit code."""
        return self.start(*arguments).wait(timeout)

    @property
    def said(self) -> str:
        """What the last command printed, on both streams."""
        return (self.folder / "out").read_text("utf-8") + (self.folder / "err").read_text("utf-8")

    def wait_for(self, words: str, timeout: float = 120.0) -> None:
        """Wait until the running command has said something."""
        deadline = time.monotonic() + timeout
        while words not in self.said:
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def records(self) -> tuple[Record, ...]:
        """Return the trials of the latest run."""
        with Store.open(f"sqlite:///{self.folder / 'runs/results.db'}") as store:
            return store.records(store.runs()[0].id)

    def started(self) -> list[psutil.Process]:
        """Return every living process that was started below this folder's scratch."""
        mine, scratch = [], self.environment["TMPDIR"]
        for process in psutil.process_iter():
            try:
                words = [process.environ().get("TMPDIR", ""), *process.cmdline()]
            except psutil.Error:
                continue
            if any(scratch in word for word in words):
                mine.append(process)
        return mine


@pytest.fixture
def bakeoff(tmp_path: Path) -> Iterator[Bakeoff]:
    """The command line, and the end of whatever a failed test left running."""
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o755)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.stat().st_uid == os.getuid() and folder != Path("/tmp"):  # noqa: S108
            folder.chmod(0o755)  # servers that run as nobody must reach their folders
    environment = os.environ | {
        "TMPDIR": str(scratch),
        "BAKEOFF_STATE": str(tmp_path / "state"),
        "PYTHONPATH": str(ROOT),
    }
    made = Bakeoff(folder=tmp_path, environment=environment)
    yield made
    for process in made.started():
        process.kill()
        process.wait(10)


def postgres(bakeoff: Bakeoff) -> psutil.Process:
    """Return the first process of the run's PostgreSQL."""
    servers = [p for p in bakeoff.started() if p.name() == "postgres"]
    assert servers, bakeoff.said
    return min(servers, key=lambda p: p.create_time())


def test_a_database_killed_in_a_trial_fails_that_trial_and_the_run_goes_on(
    bakeoff: Bakeoff,
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


def test_ctrl_c_keeps_what_was_finished_and_resume_ends_the_run(bakeoff: Bakeoff) -> None:
    """Exit code 130, nothing left running; --resume runs what is missing and no more."""
    command = bakeoff.start(
        "run", "--plan", "own.toml", "--scenario", "chat", "--scenario", "browse"
    )
    bakeoff.wait_for(" measured primary")
    os.kill(command.pid, signal.SIGINT)

    assert command.wait(60) == 130, bakeoff.said
    assert bakeoff.started() == []
    before = {r.key: r.started_at for r in bakeoff.records()}
    assert len(before) < 4 + BLANK

    resumed = ("run", "--plan", "own.toml", "--scenario", "chat", "--scenario", "browse")
    assert bakeoff.run(*resumed, "--resume") == 0, bakeoff.said
    after = {r.key: r.started_at for r in bakeoff.records()}
    assert len(after) == 4 + BLANK


def test_after_kill_9_clean_removes_what_was_left(bakeoff: Bakeoff) -> None:
    """Whatever outlives a killed bakeoff, `bakeoff clean` removes."""
    command = bakeoff.start("run", "--plan", "own.toml", "--scenario", "chat")
    bakeoff.wait_for(" in turn on primary")
    os.kill(command.pid, signal.SIGKILL)
    command.wait(10)

    assert bakeoff.run("clean") == 0
    time.sleep(0.5)
    assert bakeoff.started() == []
    assert list((bakeoff.folder / "scratch").iterdir()) == []


def test_nothing_listens_beyond_loopback(bakeoff: Bakeoff) -> None:
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


def test_up_prints_one_json_document(bakeoff: Bakeoff) -> None:
    """`bakeoff up --json` is one document with the URL, versions and log places."""
    command = bakeoff.start("up", "cost-optimized", "--json", "--launcher", "processes")
    bakeoff.wait_for('"url"')
    time.sleep(0.2)
    document = json.loads((bakeoff.folder / "out").read_text("utf-8"))
    os.kill(command.pid, signal.SIGINT)
    command.wait(60)

    assert document["url"].startswith("http://127.0.0.1:")
    assert {"app", "memcached", "nginx", "sqlite", "llm"} == set(document["components"])
