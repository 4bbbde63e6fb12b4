"""Keeps every request as a packed row, under a microsecond each, and writes them at the end."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from struct import Struct
from typing import Any

import numpy as np

from harness.drive.gates import Ticket
from harness.drive.results import COLUMNS, GAPS, SAMPLES, UNSENT_ENDPOINT, Outcome

CODES = {"u1": "B", "u2": "H", "u4": "I", "f4": "f", "f8": "d"}
ROW = Struct("<" + "".join(CODES[kind] for _, kind in COLUMNS))
NAMES = [name for name, _ in COLUMNS]
# What is known of a request only at its end, which is the end of its row.
ENDING = Struct("<" + "".join(CODES[kind] for _, kind in COLUMNS[NAMES.index("endpoint") :]))
LAST = ROW.size - ENDING.size
MOST_TEXTS = 1_000
OTHER_ENDPOINT = "(further endpoints)"
OTHER_ERROR = "(further error texts)"
LONGEST_ERROR = 160


@dataclass(slots=True, kw_only=True)
class Ending:
    """How a sent request ended; `first` and `end` on the worker's clock, `first` nan for none."""

    endpoint: str
    outcome: Outcome
    status: int
    first: float
    end: float
    size: int = 0
    tokens: int = 0
    error: str = ""


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Rows of requests. `zero` is the worker's clock at the drive's begin."""

    zero: float
    rows: bytearray = field(default_factory=bytearray)
    endpoints: dict[str, int] = field(default_factory=lambda: {UNSENT_ENDPOINT: 0})
    errors: dict[str, int] = field(default_factory=lambda: {"": 0})
    gap_rows: Any = field(default_factory=lambda: array("I"))
    gap_seconds: Any = field(default_factory=lambda: array("f"))

    def __len__(self) -> int:
        return len(self.rows) // ROW.size

    def begin(self, stack: int, user: int, endpoint: str, ticket: Ticket, sent: float) -> int:
        """Note that a request is sent now; it stays OPEN until `finish`. Return its row."""
        slice_, due, ready, _ = ticket
        zero, number, row = self.zero, self._endpoint(endpoint), len(self.rows) // ROW.size
        self.rows += ROW.pack(
            *(stack, slice_, user, due - zero, sent - zero, sent - ready),
            *(number, Outcome.OPEN, 0, nan, nan, 0, 0, 0),
        )
        return row

    def finish(self, row: int, ending: Ending) -> None:
        """Note how the request of `row` ended."""
        ENDING.pack_into(
            self.rows,
            row * ROW.size + LAST,
            self._endpoint(ending.endpoint),
            ending.outcome,
            ending.status,
            ending.first - self.zero,
            ending.end - self.zero,
            ending.size,
            ending.tokens,
            self._error(ending.error),
        )

    def unsent(self, stack: int, slice_index: int, moments: Iterable[float]) -> None:
        """Note requests that were due and never sent."""
        for due in moments:
            self.rows += ROW.pack(
                *(stack, slice_index, 0, due - self.zero, nan, 0.0),
                *(0, Outcome.UNSENT, 0, nan, nan, 0, 0, 0),
            )

    def gaps(self, row: int, seconds: Iterable[float]) -> None:
        """Note the pauses between the tokens of the request of `row`."""
        for gap in seconds:
            self.gap_rows.append(row)
            self.gap_seconds.append(gap)

    def outcomes(self, first_row: int) -> dict[Outcome, int]:
        """Count the rows from `first_row` on by outcome."""
        counts = np.bincount(self.samples(first_row)["outcome"], minlength=len(Outcome))
        return {outcome: int(counts[outcome]) for outcome in Outcome}

    def service_p99(self, first_row: int) -> float:
        """Return p99 of the time from sending to the end, over the rows from `first_row` on that
        have one, in seconds; 0.0 for none.
        """
        rows = self.samples(first_row)
        took = rows["end"] - rows["sent"]
        known = took[~np.isnan(took)]
        return float(np.percentile(known, 99)) if len(known) else 0.0

    def samples(self, first_row: int = 0) -> np.ndarray[Any, np.dtype[Any]]:
        """Return a copy of the rows from `first_row` on, of dtype SAMPLES."""
        return np.frombuffer(self.rows[first_row * ROW.size :], SAMPLES)

    def save(self, folder: Path) -> None:
        """Write samples.npy and gaps.npy."""
        np.save(folder / "samples.npy", self.samples())
        gaps = np.empty(len(self.gap_rows), GAPS)
        gaps["sample"], gaps["gap"] = self.gap_rows, self.gap_seconds
        np.save(folder / "gaps.npy", gaps)

    def _endpoint(self, name: str) -> int:
        known = self.endpoints.get(name)
        return _number(self.endpoints, name, OTHER_ENDPOINT) if known is None else known

    def _error(self, text: str) -> int:
        return _number(self.errors, text[:LONGEST_ERROR], OTHER_ERROR) if text else 0


def _number(known: dict[str, int], text: str, other: str) -> int:
    """Return the number of a text, which is that of `other` when there are too many."""
    if text not in known and len(known) >= MOST_TEXTS:
        text = other
    return known.setdefault(text, len(known))
