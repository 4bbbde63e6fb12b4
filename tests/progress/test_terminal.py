"""What stands on a real terminal while a run goes on, and after it ended in whatever way."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.records import Record
from harness.serial import to_json

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WIDTH, HEIGHT = 90, 24
CLEAN = ("CI", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES")


@dataclass(slots=True, kw_only=True)
class Played:
    """A run on a terminal of its own, and all that it wrote there."""

    process: subprocess.Popen[bytes]
    terminal: int
    output: bytearray = field(default_factory=bytearray)

    @property
    def text(self) -> str:
        """Return what was written so far."""
        return self.output.decode("utf-8", "replace")

    def _after(self, words: str) -> str:
        return self.text.partition(words)[2] if words else self.text

    def read_until(self, words: str, *, after: str = "", timeout: float = 60.0) -> None:
        """Read until these words were written after others, or to its end if they are empty."""
        deadline = time.monotonic() + timeout
        while not words or words not in self._after(after):
            ready, _, _ = select.select([self.terminal], [], [], deadline - time.monotonic())
            assert ready, self.text
            try:
                self.output += os.read(self.terminal, 65536)
            except OSError:  # the other side is closed
                assert not words, self.text
                return


Play = Callable[..., Played]
Builder = Callable[..., Record]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    """Return what plays a run on a terminal; what still plays afterwards is ended."""
    played = list[Played]()

    def start(*records: Record, end: str = "", **environment: str) -> Played:
        path = tmp_path / "records.json"
        path.write_text(json.dumps([to_json(record) for record in records]), "utf-8")
        terminal, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        clean = {name: value for name, value in os.environ.items() if name not in CLEAN}
        process = subprocess.Popen(
            [sys.executable, str(HERE / "driven.py"), str(path), *filter(None, [end])],
            stdin=other,
            stdout=other,
            stderr=other,
            env=clean | {"TERM": "xterm", "PYTHONPATH": str(ROOT)} | environment,
            start_new_session=True,
        )
        os.close(other)
        played.append(Played(process=process, terminal=terminal))
        return played[-1]

    yield start
    for one in played:
        one.process.kill()
        one.process.wait(10)
        os.close(one.terminal)


STAGE = "chat with 8 users, in turn on primary"
TABLE = [
    "Interim numbers, not a result: sessions so far 1 of 4",
    "  stack        sessions  requests/s  response p50      p95  CPU/request  errors  doubts",
    "chat, 8 users",
    "  primary             1         240       8.20 ms  21.4 ms      3.10 ms     0\u00a0%       0",
    "  scalability  failed: mongodb: not found",
]


def test_a_run_under_way_shows_bar_stage_and_numbers(
    play: Play, trial: Builder, failing: Builder, screen: Any
) -> None:
    """The cursor is away, and so is nothing that others said meanwhile."""
    run = play(trial(), failing("mongodb: not found", stack="scalability"))
    run.read_until("mongodb: not found", after=STAGE)
    shown = screen(width=WIDTH).feed(run.text)

    assert not shown.cursor
    assert shown.lines[-5:] == TABLE
    assert re.fullmatch(rf"drive, about \d s left: {STAGE}", shown.lines[-6])
    assert re.fullmatch(r"[━─]+  \d %  0:0\d elapsed, about \d:\d\d left", shown.lines[-7])
    assert shown.lines[-9:-7] == ["a word of click's", "a word of print's"]


def test_a_run_that_is_interrupted_leaves_the_numbers_and_the_cursor(
    play: Play, trial: Builder, failing: Builder, screen: Any
) -> None:
    """After Ctrl-C bar and stage are gone, the table stands, and the cursor is seen again."""
    run = play(trial(), failing("mongodb: not found", stack="scalability"))
    run.read_until("mongodb: not found", after=STAGE)
    run.process.send_signal(signal.SIGINT)
    run.read_until("")
    left = screen(width=WIDTH).feed(run.text)

    assert run.process.wait(10) == 130
    assert left.cursor
    assert left.lines[-6:] == [*TABLE, "bakeoff: KeyboardInterrupt()"]
    assert left.lines[-7].endswith(f"drive {STAGE} (about 9 s)")
    assert not any("elapsed" in line for line in left.lines)


def test_a_run_that_breaks_off_leaves_the_numbers_and_the_cursor(
    play: Play, trial: Builder, failing: Builder, screen: Any
) -> None:
    """The error stands below, where the next words go."""
    run = play(trial(), failing("mongodb: not found", stack="scalability"), end="fail")
    run.read_until("")
    left = screen(width=WIDTH).feed(run.text)

    assert left.cursor
    assert left.lines[-6:-1] == TABLE
    assert "the load generator ended" in left.lines[-1]


def test_a_ci_job_with_a_terminal_gets_lines_only(play: Play, trial: Builder) -> None:
    """Its log would keep every movement of the cursor."""
    run = play(trial(), end="fail", CI="true", NO_COLOR="1", TERM="dumb")
    run.read_until("")

    assert "\x1b" not in run.text
    assert "(about 9 s)" in run.text
