"""What `bakeoff history` says; its change points are given, so that Otava is not needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.history.change_points import Point, searched
from harness.history.trend import History
from harness.history.trends import Wanted, stack_history
from harness.serial import to_json
from reports.several.history import in_json, text

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def stepped(make_digest):
    """Fourteen runs of which two are left out; the app is 10 % slower from the eleventh on."""
    digests = [
        make_digest(n, app=1.1 if n > 10 else 1.0, version="2" if n > 10 else "1")
        for n in range(1, 13)
    ]
    digests += [make_digest(n, {"launcher": "containers"}) for n in (13, 14)]
    of = stack_history(
        [replace(d, run=replace(d.run, started_at=f"2025{d.run.started_at[4:]}"))
         if d.run.launcher == "containers" else d for d in digests], "primary", Wanted(),
    )  # fmt: skip
    point = Point(index=10, before=20.0, after=22.0, pvalue=0.0001)
    slower = {("p50", ""), ("p50", "list"), ("cpu", "api")}
    trends = (
        searched(t, [point] if (t.metric.name, t.metric.part) in slower else []) for t in of.trends
    )
    return History(stacks=(replace(of, trends=tuple(trends)),))


def test_the_text_is_as_it_was(stepped):
    """Trends, what is left out and why, change points with what changed then."""
    shown, beside = text(stepped, parts=False), GOLDEN / "stepped.txt.actual"
    beside.write_text(shown, "utf-8")
    assert (GOLDEN / "stepped.txt").read_text("utf-8") == shown
    beside.unlink()


def test_all_parts_are_shown_where_asked_for(stepped):
    """Also those that did not change."""
    assert "CPU per request of db" in text(stepped, parts=True)
    assert "CPU per request of db" not in text(stepped, parts=False)


def test_wandering_makes_change_points_doubtful(stepped):
    """It is told with each trend that has any."""
    (of,) = stepped.stacks
    wandering = tuple(replace(trend, persistence=0.45) for trend in of.trends)
    shown = text(History(stacks=(replace(of, trends=wandering),)), parts=False)
    assert (
        shown.count("doubtful: neighbouring runs hang together (lag-1 autocorrelation 0.45)") == 3
    )
    assert "doubtful" not in text(stepped, parts=False)


def test_why_there_are_no_change_points_is_the_last_word(make_history):
    """With all its lines."""
    history = replace(make_history(3), unsearched="no index:\n  refused\nMend it with: this")
    last = "\nno change points: no index:\n    refused\n  Mend it with: this\n"
    assert text(history, parts=False).endswith(last)


def test_json_holds_every_value_and_doubt(stepped):
    """With its schema, and whether change points are doubtful."""
    found = in_json(stepped)
    trend = found["stacks"][0]["trends"][0]
    assert found["schema"] == 1
    assert trend["doubtful"] is False
    assert trend["values"] == to_json(stepped.stacks[0].trends[0].values)


def test_a_foreign_name_cannot_steer_the_terminal(stepped):
    """Names of stacks, revisions and versions come from elsewhere."""
    (of,) = stepped.stacks
    shown = text(History(stacks=(replace(of, stack="a\x1b[2J"),)), parts=False)
    assert "\x1b" not in shown
