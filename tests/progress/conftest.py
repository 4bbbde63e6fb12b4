"""Trials with chosen numbers, a console in memory, and what a terminal would show of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import pytest
from rich.console import Console

from harness.records import (
    ComponentUse,
    Counts,
    Doubt,
    Fault,
    GeneratorHealth,
    Latency,
    Measurement,
    Record,
    Status,
    TrialKey,
)


def _measurement(rate: float, p50: float, p95: float, cpu_s: float, failed: int) -> Measurement:
    counts = Counts(
        scheduled=1_000, sent=1_000, answered=1_000 - failed, failed=failed, wrong=0, open=0,
        unsent=0,
    )  # fmt: skip
    took = Latency(count=1_000, mean=p50, p50=p50, p90=p95, p95=p95, p99=p95, max=p95, histogram="")
    use = ComponentUse(
        name="app", role="app", version="1", source="path", stand_in="", size=1, size_of="file",
        ready_s=0.1, idle_cpu=0.0, cpu_s=cpu_s * (1_000 - failed), memory_mean=1, memory_peak=1,
        memory_idle=1, written=0, operations=None, operations_of="",
    )  # fmt: skip
    return Measurement(
        counts=counts, loaded_s=1_000 / rate, throughput=rate, response=took, service=took,
        first_token=None, between_tokens=None, endpoints=(), components=(use,), slices=(),
        generator=GeneratorHealth(
            cpu_share=0.2, send_lag_p99=0.0, hub_lag_p99=0.0, achieved=1.0
        ),
        steady=True, warmup_s=1.0, answered_all=1_000, seconds=(),
    )  # fmt: skip


def make_trial(
    stack: str = "primary",
    scenario: str = "chat",
    session: int = 1,
    *,
    load: str = "8 users",
    rate: float = 240.0,
    p50: float = 0.0082,
    p95: float = 0.0214,
    cpu_s: float = 0.0031,
    failed: int = 0,
    doubts: tuple[str, ...] = (),
    status: Status = Status.OK,
    reason: str = "",
) -> Record:
    """Return a trial with these numbers, or one without numbers for a reason."""
    good = status is Status.OK
    return Record(
        key=TrialKey(session=session, scenario=scenario, load=load, stack=stack),
        status=status,
        fault=Fault.LAUNCH if status is Status.FAILED else Fault.NONE,
        reason=reason,
        started_at="2026-01-01T00:00:00",
        model="closed", users=8, rate=0.0, tier="process", durability="", verified="", audited="",
        doubts=tuple(Doubt(code=code, detail="seen") for code in doubts),
        measurement=_measurement(rate, p50, p95, cpu_s, failed) if good else None,
    )  # fmt: skip


@pytest.fixture
def trial() -> Callable[..., Record]:
    """Return a builder of trials."""
    return make_trial


@pytest.fixture
def failing() -> Callable[..., Record]:
    """Return a builder of trials that failed for a reason."""

    def build(reason: str, **changes: str | int) -> Record:
        return make_trial(status=Status.FAILED, reason=reason, **changes)  # type: ignore[arg-type]

    return build


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Console]:
    """Return a builder of consoles that take what is in memory for a terminal of a given size."""
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    def build(width: int = 100, height: int = 30) -> Console:
        return Console(
            file=io.StringIO(), force_terminal=True, width=width, height=height, highlight=False
        )

    return build


CODE = re.compile(r"\x1b\[(\??)([\d;]*)([A-Za-z])|(\r\n|\n|\r)|([^\x1b\r\n]+)")


@dataclass(slots=True, kw_only=True)
class Screen:
    """What a terminal of a given width shows after some output: the few codes that rich writes."""

    width: int = 100
    rows: list[str] = field(default_factory=lambda: [""])
    row: int = 0
    column: int = 0
    cursor: bool = True

    def feed(self, output: str) -> Self:
        """Show more output; raises ValueError for a code that nobody expected."""
        at = 0
        while at < len(output):
            found = CODE.match(output, at)
            if found is None:
                raise ValueError(repr(output[at : at + 20]))
            private, number, letter, end, text = found.groups()
            if letter:
                self._obey(private + letter, number)
            elif end:
                self._end(end)
            else:
                self._write(text)
            at = found.end()
        return self

    @property
    def lines(self) -> list[str]:
        """Return all lines that are not empty, those that scrolled away too."""
        return [row.rstrip() for row in self.rows if row.strip()]

    def _obey(self, code: str, number: str) -> None:
        match code, number:
            case "?l" | "?h", "25":
                self.cursor = code == "?h"
            case "A", _:
                self.row = max(0, self.row - int(number or 1))
            case "K", "2":
                self.rows[self.row] = ""
            case "m", _:
                pass
            case _:
                raise ValueError(f"{code} {number}")

    def _end(self, end: str) -> None:
        self.column = 0
        if "\n" in end:
            self.row += 1
            self.rows += [""] * (self.row + 1 - len(self.rows))

    def _write(self, text: str) -> None:
        for sign in text:
            if self.column == self.width:
                self._end("\n")
            old = self.rows[self.row].ljust(self.column)
            self.rows[self.row] = old[: self.column] + sign + old[self.column + 1 :]
            self.column += 1


@pytest.fixture
def screen() -> Callable[..., Screen]:
    """Return a builder of screens."""
    return Screen


@dataclass(slots=True, kw_only=True)
class Clock:
    """Seconds, moved by hand."""

    at: float = 0.0

    def __call__(self) -> float:
        """Return where it stands."""
        return self.at


@pytest.fixture
def now() -> Clock:
    """Return a clock that stands until it is moved."""
    return Clock()
