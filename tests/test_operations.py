"""What servers did for a load, by their own counts."""

from __future__ import annotations

import pytest

from harness.operations import Tally, grown


def tally(count: int | None, of: str = "commands") -> Tally:
    """Return what a server said."""
    return Tally(count=count, of=of)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (tally(10), tally(25), tally(15)),
        (tally(10), tally(10), tally(0)),
        (tally(10), tally(3), tally(None, "its count began anew")),
        (tally(None, "late"), tally(None, "late"), tally(None, "late")),
        (tally(10), tally(None, "gone"), tally(None, "gone")),
    ],
    ids=["more", "none", "restarted", "never told", "gone"],
)
def test_growth_is_what_was_done_in_between(before: Tally, after: Tally, expected: Tally) -> None:
    """Where that cannot be known, the reason stands in its place."""
    assert expected == grown({"redis": before}, {"redis": after})["redis"]


def test_what_was_asked_once_has_not_grown() -> None:
    """A server that could not be asked before the load."""
    assert grown({}, {"redis": tally(5)}) == {}
