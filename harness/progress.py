"""What a run tells while it runs: one bar on a terminal, plain lines elsewhere, always on stderr.

Time left is the plan's own estimate of what remains, scaled by how well it held until the last
stage was over.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape

from harness.records import Record, Status
from harness.stats.summary import generator_limited

TRUST = 0.1
"""How much of the plan counts as having held at first, so that one stage does not set the pace."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """A narrator: `stage` says what begins, `advance` that planned seconds are over."""

    expected_s: float
    quiet: bool = False
    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    started: float = field(default_factory=time.monotonic)
    done_s: float = 0.0
    advanced: float = 0.0

    def begin(self, expected_s: float) -> None:
        """Count from now: what came before was fetching, which says nothing about the pace."""
        self.expected_s, self.started = expected_s, time.monotonic()
        self.done_s = self.advanced = 0.0

    def stage(self, name: str, text: str) -> None:
        """Say that a stage begins: its word, and on what."""
        if self.quiet:
            return
        clock = f"{_clock(time.monotonic() - self.started)}, {_clock(self.left_s)} left"
        line = f"[dim]\\[{clock}][/dim] [bold]{escape(name)}[/bold] {escape(text)}"
        self.console.print(line, soft_wrap=True)

    def advance(self, planned_s: float) -> None:
        """Count planned seconds as over."""
        self.done_s = min(self.expected_s, self.done_s + planned_s)
        self.advanced = time.monotonic() - self.started

    def trial(self, record: Record) -> None:
        """Say how a trial ended; its throughput only when it is the stack's own."""
        key = record.key
        what = f"{key.stack} on {key.scenario} ({key.load})"
        if record.status is Status.OK and record.measurement is not None:
            m = record.measurement
            rate = "generator-limited" if generator_limited(record) else f"{m.throughput:.0f}/s"
            self.stage(
                "measured",
                f"{what}: {rate}, response p50 {m.response.p50 * 1e3:.1f} ms, "
                f"p95 {m.response.p95 * 1e3:.1f} ms (interim)",
            )
        else:
            self.stage(record.status.value, f"{what}: {record.reason}")

    @property
    def left_s(self) -> float:
        """Estimate of the seconds that remain."""
        if self.done_s >= self.expected_s:
            return 0.0
        head_start = TRUST * self.expected_s
        pace = (self.advanced + head_start) / (self.done_s + head_start)
        since = time.monotonic() - self.started - self.advanced
        return max(0.0, (self.expected_s - self.done_s) * pace - since)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
