"""Stacks in a round: what is noted about each before the load begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from harness import entries
from harness.contract import (
    KINDS,
    Acknowledged,
    Capability,
    Effects,
    Ledger,
    Scenario,
    Stack,
)
from harness.entries import Entry, prepare
from harness.launch import Budget, PlacedStack, launched
from harness.launch.processes import Processes
from stacks.components.postgresql import PostgreSQL

RESTLESS, AT_REST = "SELECT (random() * 1e9)::int", "SELECT 7"
Placing = Callable[[str], PlacedStack]


class Nothing(Scenario):
    """A scenario that loads nothing and does nothing."""

    name: ClassVar[str] = "nothing"
    title: ClassVar[str] = "Nothing"
    needs: ClassVar[frozenset[Capability]] = frozenset()
    effects: ClassVar[tuple[Effects, ...]] = ()
    locustfile: ClassVar[Path] = Path("nowhere")

    def prepare(self, url: str, seed: int) -> Mapping[str, object]:
        """Load nothing."""
        return {"url": url, "seed": seed}

    def verify(self, url: str, data: Mapping[str, object]) -> None:
        """Find nothing wrong."""

    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Find nothing wrong."""
        del acknowledged
        return ()


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[Placing]:
    """Return a function that brings up a database whose books say what a statement says."""
    monkeypatch.setattr(entries, "SETTLE_S", 3.0)
    monkeypatch.setattr(entries, "LOOK_S", 0.1)
    placing = []

    def up(statement: str) -> PlacedStack:
        books = Ledger(component="postgresql", statements=dict.fromkeys(KINDS, statement))
        stack = Stack(
            name="books", title="Books", components=(PostgreSQL(),), entry="postgresql",
            capabilities=frozenset(), ledger=books,
        )  # fmt: skip
        placing.append(launched(stack, Processes(), Budget()))
        return placing[-1].__enter__()

    yield up
    for one in placing:
        one.__exit__(None, None, None)


@pytest.mark.parametrize(("statement", "doubts"), [(AT_REST, []), (RESTLESS, ["BOOKS_UNSETTLED"])])
def test_books_that_do_not_come_to_rest_leave_a_doubt(
    keeping: Placing, statement: str, doubts: list[str]
) -> None:
    """The load begins all the same; what it is compared with may be too old."""
    entry = Entry(placed=keeping(statement))
    prepare([entry], Nothing(), 1)

    assert entry.reason == ""
    assert set(entry.before or {}) == set(KINDS)
    assert [doubt.code for doubt in entry.doubts] == doubts
