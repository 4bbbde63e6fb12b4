"""Keeps every request as a row of arrays, about a microsecond each, and writes them at the end."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from harness.drive.gates import Ticket
from harness.drive.results import COLUMNS, GAPS, SAMPLES, UNSENT_ENDPOINT, Outcome

TYPECODES = {"u1": "B", "u2": "H", "u4": "I", "f4": "f", "f8": "d"}
MOST_ERRORS = 1_000
OTHER_ERROR = "(further error texts)"
LONGEST_ERROR = 160


@dataclass(slots=True, kw_only=True)
class Ending:
    """How a sent request ended; `first` and `end` on the worker's clock, `first` nan for none.

    `endpoint` renames it, for what is known only afterwards.
    """

    outcome: Outcome
    status: int
    first: float
    end: float
    size: int = 0
    tokens: int = 0
    error: str = ""
    endpoint: str = ""


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Rows of requests by column. `zero` is the worker's clock at the drive's begin."""

    zero: float
    columns: dict[str, Any] = field(
        default_factory=lambda: {name: array(TYPECODES[kind]) for name, kind in COLUMNS}
    )
    endpoints: dict[str, int] = field(default_factory=lambda: {UNSENT_ENDPOINT: 0})
    errors: dict[str, int] = field(default_factory=lambda: {"": 0})
    gap_rows: Any = field(default_factory=lambda: array("I"))
    gap_seconds: Any = field(default_factory=lambda: array("f"))

    def __len__(self) -> int:
        return len(self.columns["due"])

    def begin(self, stack: int, user: int, endpoint: str, ticket: Ticket, sent: float) -> int:
        """Note that a request is sent now; it stays OPEN until `finish`. Return its row."""
        number = self._endpoint(endpoint)
        row = self._scheduled(stack, ticket.slice, number, Outcome.OPEN, ticket.due)
        self.columns["sent"][row] = sent - self.zero
        self.columns["user"][row] = user
        self.columns["late"][row] = sent - ticket.ready
        return row

    def finish(self, row: int, ending: Ending) -> None:
        """Note how the request of `row` ended."""
        columns = self.columns
        columns["outcome"][row] = ending.outcome
        columns["status"][row] = ending.status
        columns["first"][row] = ending.first - self.zero
        columns["end"][row] = ending.end - self.zero
        columns["bytes"][row] = ending.size
        columns["tokens"][row] = ending.tokens
        if ending.error:
            columns["error"][row] = self._error(ending.error)
        if ending.endpoint:
            columns["endpoint"][row] = self._endpoint(ending.endpoint)

    def unsent(self, stack: int, slice_index: int, moments: Iterable[float]) -> None:
        """Note requests that were due and never sent."""
        for due in moments:
            self._scheduled(stack, slice_index, 0, Outcome.UNSENT, due)

    def gaps(self, row: int, seconds: Iterable[float]) -> None:
        """Note the pauses between the tokens of the request of `row`."""
        for gap in seconds:
            self.gap_rows.append(row)
            self.gap_seconds.append(gap)

    def outcomes(self, first_row: int) -> dict[Outcome, int]:
        """Count the rows from `first_row` on by outcome."""
        codes = self.columns["outcome"][first_row:].tobytes()
        return {outcome: codes.count(outcome.value) for outcome in Outcome}

    def service_p99(self, first_row: int) -> float:
        """Return p99 of the time from sending to the end, over the rows from `first_row` on that
        have one, in seconds; 0.0 for none.
        """
        took = np.array(self.columns["end"][first_row:]) - np.array(
            self.columns["sent"][first_row:]
        )
        known = took[~np.isnan(took)]
        return float(np.percentile(known, 99)) if len(known) else 0.0

    def samples(self) -> np.ndarray[Any, np.dtype[Any]]:
        """Return all rows, of dtype SAMPLES."""
        table = np.empty(len(self), SAMPLES)
        for name, _ in COLUMNS:
            table[name] = self.columns[name]
        return table

    def save(self, folder: Path) -> None:
        """Write samples.npy and gaps.npy."""
        np.save(folder / "samples.npy", self.samples())
        gaps = np.empty(len(self.gap_rows), GAPS)
        gaps["sample"], gaps["gap"] = self.gap_rows, self.gap_seconds
        np.save(folder / "gaps.npy", gaps)

    def _scheduled(
        self, stack: int, slice_: int, endpoint: int, outcome: Outcome, due: float
    ) -> int:
        columns = self.columns
        for name in ("status", "bytes", "tokens", "user", "error", "late"):
            columns[name].append(0)
        for name in ("sent", "first", "end"):
            columns[name].append(nan)
        columns["stack"].append(stack)
        columns["slice"].append(slice_)
        columns["endpoint"].append(endpoint)
        columns["outcome"].append(outcome)
        columns["due"].append(due - self.zero)
        return len(self) - 1

    def _endpoint(self, name: str) -> int:
        return self.endpoints.setdefault(name, len(self.endpoints))

    def _error(self, text: str) -> int:
        text = text[:LONGEST_ERROR]
        if text not in self.errors and len(self.errors) >= MOST_ERRORS:
            text = OTHER_ERROR
        return self.errors.setdefault(text, len(self.errors))
