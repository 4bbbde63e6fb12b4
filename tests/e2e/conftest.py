"""Whole runs in a test: a small plan, real stacks, a results database of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.config import Load, Plan
from harness.contract import Stack
from harness.drive import drive
from harness.drive.job import Job, PlannedSlice, Target
from harness.launch.processes import Processes
from harness.progress import Progress
from harness.records import (
    SCHEMA,
    Record,
    Run,
)
from harness.registry import scenarios, stacks
from harness.run import Setting, run
from harness.session import Conformance
from harness.store import Store
from loads import LOCUSTFILE, STACK, TARGET, Loaded

ROOT = Path(__file__).resolve().parents[2]
SMALL = Plan(
    name="test",
    verify="smoke",
    load=Load(users=4, slices=2, slice_s=1.0, warmup_s=0.5, drain_s=3.0, request_timeout_s=3.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bakeoff:
    """The command in a folder of its own, with its own note of what it started."""

    folder: Path
    environment: Mapping[str, str]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command; its output goes to files in the folder."""
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

    def run(self, *arguments: str, timeout: float = 300.0) -> int:
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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A results database of this test's own."""
    with Store.open(f"sqlite:///{tmp_path / 'results.db'}") as opened:
        yield opened


@pytest.fixture
def small() -> Plan:
    """A plan of some seconds."""
    return SMALL


@pytest.fixture
def carry_out(store: Store, tmp_path: Path) -> Callable[..., tuple[Record, ...]]:
    """Return a function that runs a plan and returns its records."""

    def carry_out(
        *found: Stack,
        scenario: str = "chat",
        plan: Plan = SMALL,
        check: Conformance = lambda _url, _full: "not checked",
        progress: Progress | None = None,
    ) -> tuple[Record, ...]:
        begun = Run(
            id="test",
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            finished_at="",
            schema=SCHEMA,
            version="0",
            launcher="processes",
            plan={},
            facts={},
            fingerprint="",
            llm_capacity=0.0,
        )
        setting = Setting(
            stacks={stack.name: stack for stack in found},
            scenarios={scenario: scenarios()[scenario]},
            launcher=Processes(),
            conformance=check,
            store=store,
            scratch=tmp_path,
            progress=progress or Progress(expected_s=60.0),
        )
        store.begin(begun)
        run(plan, setting, begun)
        return store.records("test")

    return carry_out


@pytest.fixture
def primary() -> Stack:
    """The primary stack as registered."""
    return stacks()["primary"]


@pytest.fixture
def cost_optimized() -> Stack:
    """The cost-optimized stack as registered."""
    return stacks()["cost-optimized"]


@pytest.fixture
def engine() -> None:
    """Skip where there is no engine or no test image."""
    from harness.launch.engine import obstacle  # noqa: PLC0415 - loads the engine's library
    from harness.launch.images import present  # noqa: PLC0415

    if fault := obstacle():
        pytest.skip(f"{fault.partition(';')[0]}; start one with: sudo sh .ci/engine.sh")
    if present("bakeoff-test/python:1") is None:
        pytest.skip("no test images; make them with: sudo sh tests/images/build.sh")


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Loaded]:
    """Return a function that loads a URL for a second, unless told otherwise."""

    def load(url: str, *visits: tuple[str, int], seconds: float = 1.0, **other: Any) -> Loaded:
        locustfile = tmp_path / "locustfile.py"
        locustfile.write_text(LOCUSTFILE, "utf-8")
        one = PlannedSlice(index=0, block=0, stack=STACK, duration_s=seconds, warmup=False, seed=1)
        data = {"visits": [list(visit) for visit in visits or (("/", 200),)]}
        members: dict[str, Any] = {
            "scenario": "test", "locustfile": locustfile, "slices": (one,), "model": "closed",
            "users": 4, "rate": 0.0, "request_timeout_s": 10.0, "drain_s": 3.0, "seed": 1,
            "cpus": (), "folder": tmp_path / "drive",
            "targets": (Target(stack=STACK, url=url, data=data, meters=()),),
        }  # fmt: skip
        job = Job(**members | other)
        drive(job)
        return Loaded(job=job)

    return load


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[subprocess.Popen[bytes], str]]]:
    """Start small real servers that may freeze after so many requests; all are gone afterwards."""
    started = list[subprocess.Popen[bytes]]()

    def start(freeze_at: int = 0) -> tuple[subprocess.Popen[bytes], str]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        started.append(subprocess.Popen([sys.executable, str(TARGET), str(port), str(freeze_at)]))
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return started[-1], f"http://127.0.0.1:{port}"
        raise AssertionError("the server did not start")

    yield start
    for process in started:
        process.kill()
        process.wait()
