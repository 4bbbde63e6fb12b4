"""What a run tells while it runs, always on stderr: plain lines, and below them on a terminal a
live area with the time left and interim numbers.

Both say the same lines; on a terminal a stage's own line waits until it is over, or something else
is said, because until then the area shows it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.text import Text

from harness.progress.area import Area, Snapshot, Stage
from harness.progress.display import Display
from harness.progress.interim import Interim
from harness.progress.pace import Pace, clock, span
from harness.records import Record, Status
from harness.stats.summary import generator_limited
from reports.terms.numbers import SPACE, duration
from reports.terms.text import plain

WORTH_TELLING_S = 3.0


@dataclass(slots=True, kw_only=True)
class Progress:
    """A narrator: `stage` says what begins, `event` what happened, `trial` how a trial ended,
    `advance` that planned seconds are over.

    As a context manager it shows the live area where there is a terminal for it, and takes it away
    on every way out. It may be entered again. All but entering may be called from any thread.
    """

    expected_s: float
    sessions: int = 0
    quiet: bool = False
    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    now: Callable[[], float] = time.monotonic
    interim: Interim = field(init=False, default_factory=Interim)
    display: Display = field(init=False)
    waiting: Text | None = field(init=False, default=None)
    lock: threading.RLock = field(init=False, default_factory=threading.RLock)

    def __post_init__(self) -> None:
        pace = Pace(expected_s=self.expected_s, began=self.now())
        self.display = Display(console=self.console, area=Area(now=self.now, pace=pace))

    def __enter__(self) -> Self:
        if not self.quiet:
            self.display.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say what waits, and take the area away, whatever happened."""
        try:
            with self.lock:
                self._say_waiting()
        finally:
            self.display.close()

    def begin(self, expected_s: float, sessions: int) -> None:
        """Count from now: what came before was fetching, which says nothing about the pace."""
        with self.lock:
            self.expected_s, self.sessions, self.interim = expected_s, sessions, Interim()
            self.display.area.pace = Pace(expected_s=expected_s, began=self.now())
            self.display.area.told = Snapshot()

    def stage(self, name: str, text: str, planned_s: float | None = None) -> None:
        """Say that a stage begins: its word, on what, and how many seconds it should take."""
        if self.quiet:
            return
        with self.lock:
            self._say_waiting()
            line = self._line(name, text, planned_s)
            began = self.now()
            self.display.area.stage = Stage(name=name, text=text, planned_s=planned_s, began=began)
            if self.display.live is None:
                self._print(line)
            else:
                self.waiting = line
                self.display.refresh()

    def event(self, name: str, text: str) -> None:
        """Say what happened; the stage under way goes on."""
        if self.quiet:
            return
        with self.lock:
            self._say_waiting()
            self._print(self._line(name, text))

    def advance(self, planned_s: float) -> None:
        """Count planned seconds as over."""
        area = self.display.area
        area.pace = area.pace.after(planned_s, self.now())

    def spare(self, planned_s: float) -> None:
        """Count planned seconds as not needed: what they were for is there already."""
        area = self.display.area
        area.pace = area.pace.without(planned_s)

    def known(self, record: Record) -> None:
        """Take a trial into the interim numbers without a word: it ended before this call."""
        with self.lock:
            self.interim.note(record)
            self.display.area.told = Snapshot(
                cases=tuple(self.interim.cases.values()),
                so_far=len(self.interim.sessions),
                sessions=self.sessions,
            )

    def trial(self, record: Record) -> None:
        """Say how a trial ended, and take it into the interim numbers."""
        self.known(record)
        self.event(*_ended(record))

    @property
    def left_s(self) -> float:
        """Estimate of the seconds that remain."""
        return self.display.area.pace.left_s(self.now())

    def _line(self, name: str, text: str, planned_s: float | None = None) -> Text:
        now, pace = self.now(), self.display.area.pace
        left = f", {clock(pace.left_s(now))} left" if pace.expected_s else ""
        expected = ""
        if planned_s is not None and planned_s >= WORTH_TELLING_S:
            expected = f" (about {span(planned_s)})"
        return Text.assemble(
            (f"[{clock(pace.elapsed_s(now))}{left}]", "dim"),
            " ",
            (name, "bold"),
            f" {plain(text)}",
            (expected, "dim"),
        )

    def _say_waiting(self) -> None:
        if self.waiting is not None:
            line, self.waiting = self.waiting, None
            self._print(line)

    def _print(self, line: Text) -> None:
        self.console.print(line, soft_wrap=True)


def _ended(record: Record) -> tuple[str, str]:
    """Return the word for how a trial ended, and its numbers or the reason why it has none; its
    throughput only when it is the stack's own.
    """
    key = record.key
    what = f"{key.stack} on {key.scenario} ({key.load})"
    found = record.measurement
    if record.status is not Status.OK or found is None:
        return record.status.value, f"{what}: {record.reason}"
    rate = "generator-limited" if generator_limited(record) else f"{found.throughput:.0f}/s"
    p50, p95 = duration(found.response.p50), duration(found.response.p95)
    text = f"{what}: {rate}, response p50 {p50}, p95 {p95} (interim)"
    return "measured", text.replace(SPACE, " ")
