"""Drive: Job -> samples. The load generator is a process of its own; this side never sees Locust.

Locust replaces blocking calls of everything in its process, which the rest of bakeoff would not
survive, and a process of its own can have its own processors.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.drive.job import Job
from harness.drive.results import Drive, read_drive
from harness.errors import EnvironmentFault

ROOT = Path(__file__).parents[2]
POLL_S = 0.25
STARTUP_S = 60.0
ORDERLY_END_S = 15.0
LOG_TAIL = 2_000
# libev's select waits to the microsecond, its epoll to the millisecond: late sends fell from
# 0.7 to 0.2 ms (p50, 200/s). Select's cost grows with the connections, so not for many.
MOST_FOR_SELECT = 500

Alive = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A slice that is over: its number and how many there are, and how its requests ended."""

    slice: int
    slices: int
    stack: str
    warmup: bool
    answered: int
    failed: int


def drive(
    job: Job,
    *,
    alive: Alive | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Drive:
    """Run `job` in a process of its own and return what it left in `job.folder`.

    `alive(stack)` is asked four times a second for each target; when it returns a reason, further
    slices of that stack are left out (`Drive.skipped`) while the others go on. Raises
    EnvironmentFault when the load generator ends or stops moving, with the end of its log. On
    KeyboardInterrupt it is told to end, what was finished is in the folder (`read_drive`), and
    the interrupt goes on.
    """
    path = job.save()
    log = job.folder / "worker.log"
    with log.open("wb") as errors:
        worker = subprocess.Popen(
            [sys.executable, "-m", "harness.drive.worker", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(job),
            start_new_session=True,
        )
    try:
        _follow(worker, job, alive, progress)
    finally:
        _end(worker)
    if worker.returncode != 0:
        raise EnvironmentFault(_ended(worker.returncode, log))
    return read_drive(job.folder)


def _environment(job: Job) -> dict[str, str]:
    found = os.environ | {"PYTHONUNBUFFERED": "1"}
    found["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), found.get("PYTHONPATH")]))
    if job.users * len(job.targets) <= MOST_FOR_SELECT:
        found["GEVENT_BACKEND"] = "select"
    return found


def _follow(
    worker: subprocess.Popen[bytes],
    job: Job,
    alive: Alive | None,
    progress: Callable[[Progress], None] | None,
) -> None:
    """Relay what the worker tells and what `alive` says, until the worker closes its output."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_relay, args=(worker.stdout, lines), daemon=True).start()
    dead = set[str]()
    patience = STARTUP_S + job.drain_s + max(planned.duration_s for planned in job.slices)
    heard = time.monotonic()
    while True:
        for stack in [t.stack for t in job.targets if alive and t.stack not in dead]:
            if alive and (reason := alive(stack)):
                dead.add(stack)
                _order(worker, stack, reason)
        try:
            line = lines.get(timeout=POLL_S)
        except queue.Empty:
            if time.monotonic() - heard > patience:
                worker.kill()
                raise EnvironmentFault(
                    f"the load generator said nothing for {patience:.0f} s and was ended; "
                    f"see {job.folder / 'worker.log'}"
                ) from None
            continue
        if not line:
            return
        heard = time.monotonic()
        if progress is not None:
            progress(_progress(json.loads(line), len(job.slices)))


def _relay(output: IO[bytes] | None, lines: queue.SimpleQueue[bytes]) -> None:
    for line in output or ():
        lines.put(line)
    lines.put(b"")


def _progress(said: dict[str, int | str | bool], slices: int) -> Progress:
    failed = sum(int(said[name]) for name in ("failed", "wrong", "open", "unsent"))
    return Progress(
        slice=int(said["slice"]),
        slices=slices,
        stack=str(said["stack"]),
        warmup=bool(said["warmup"]),
        answered=int(said["answered"]),
        failed=failed,
    )


def _order(worker: subprocess.Popen[bytes], stack: str, reason: str) -> None:
    if worker.stdin is not None and worker.poll() is None:
        try:
            worker.stdin.write(json.dumps({"skip": stack, "reason": reason}).encode() + b"\n")
            worker.stdin.flush()
        except BrokenPipeError:
            return  # it ended meanwhile, which _follow sees


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Make sure that the worker is gone: asked first, then killed with all it started."""
    if worker.poll() is None and sys.exc_info()[0] is not None:
        worker.send_signal(signal.SIGTERM)
    try:
        worker.wait(ORDERLY_END_S)
    except subprocess.TimeoutExpired:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            pipe.close()


def _ended(code: int, log: Path) -> str:
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with status {code}"
    tail = log.read_text("utf-8", "replace")[-LOG_TAIL:].strip()
    return f"the load generator ended {how}; the end of its log ({log}):\n{tail or '(empty)'}"
