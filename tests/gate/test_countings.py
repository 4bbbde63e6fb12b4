"""What is counted of two sides, and when a count has grown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

import pytest

from harness.config import Count
from harness.countings import Counting, countings
from harness.records import Record

Build = Callable[..., list[Record]]
LIMITS: dict[Count, float] = {"operations": 0.02, "errors": 0.01, "size": 0.1, "bytes": 0.05}


def asking(records: Sequence[Record], per_request: dict[str, Sequence[float]]) -> list[Record]:
    """Return the records with so many operations of the database per request, by side and session;
    the last number goes on for ever.
    """

    def one(record: Record) -> Record:
        numbers = per_request[record.key.stack]
        number = numbers[min(record.key.session, len(numbers)) - 1]
        found = record.measurement
        assert found is not None
        parts = tuple(
            replace(use, operations=int(number * found.answered_all), operations_of="queries")
            if use.name == "db"
            else use
            for use in found.components
        )
        return replace(record, measurement=replace(found, components=parts))

    return [one(record) for record in records]


def operations(records: Sequence[Record]) -> Counting:
    """Return how many operations the database had."""
    found = countings(records, "base", "head", LIMITS)
    return next(c for c in found if (c.name, c.part) == ("operations", "db"))


@pytest.mark.parametrize(
    ("before", "after", "growth", "exceeded"),
    [
        ((4.0,), (4.0,), 0.0, False),
        ((4.0,), (5.0,), 0.25, True),
        ((4.0,), (3.0,), -0.25, False),
        ((0.0,), (0.0,), 0.0, False),
        ((0.0,), (1.0,), inf, True),
        ((4.0,), (5.0, 5.0, 4.0), 0.0, False),
    ],
)
def test_a_count_has_grown_when_it_nearly_always_did(
    three_sides: Build,
    before: Sequence[float],
    after: Sequence[float],
    growth: float,
    *,
    exceeded: bool,
) -> None:
    """Also from nothing; two sessions of many are not enough."""
    told = {"base": before, "base-again": before, "head": after}
    found = operations(asking(three_sides(10), told))

    assert found.growth == pytest.approx(growth, abs=0.01)
    assert found.exceeded is exceeded


def test_a_component_has_one_size_whatever_the_scenario(three_sides: Build) -> None:
    """It is compared once."""
    grown = {"base": 1_000, "head": 1_200}
    found = countings(
        [
            replace(record, measurement=replace(record.measurement, components=tuple(
                replace(use, size=grown.get(record.key.stack, 1_000)) if use.name == "app" else use
                for use in record.measurement.components
            )))
            for record in three_sides(3)
            if record.measurement
        ],
        "base", "head", LIMITS,
    )  # fmt: skip
    sizes = {c.part: (c.scenario, c.exceeded) for c in found if c.name == "size"}

    assert sizes == {"app": ("", True), "db": ("", False), "llm": ("", False)}


def test_what_has_no_limit_is_not_compared(three_sides: Build) -> None:
    """Limits say what gates."""
    found = countings(three_sides(2), "base", "head", {"errors": 0.01})

    assert {one.name for one in found} == {"errors"}
