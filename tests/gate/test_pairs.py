"""Records of two sides become paired log-ratios."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from harness.pairs import Metric, Series, series
from harness.records import Fault, Record
from harness.stats.comparison import session_estimates

Build = Callable[..., list[Record]]
WHOLE = {"throughput", "p50", "p95", "cpu"}


def _found(records: list[Record], candidate: str = "head") -> dict[tuple[str, str], Series]:
    return {(s.metric.name, s.metric.part): s for s in series(records, "base", candidate)}


def test_every_metric_has_a_series(three_sides: Build) -> None:
    """The whole, its busy components and its endpoints; never the model server."""
    found = _found(three_sides(2))

    assert {name for name, part in found if not part} == WHOLE
    assert {part for name, part in found if name == "cpu"} == {"", "app", "db"}
    assert {part for name, part in found if name == "p50"} == {"", "list", "send"}


def test_blocks_are_pairs_and_sessions_stay_apart(three_sides: Build) -> None:
    """Sixteen blocks in each of three sessions, and one longer slice that confirms."""
    found = _found(three_sides(3))["cpu", ""]

    assert [len(blocks) for blocks in found.sessions] == [16, 16, 16]
    assert [len(blocks) for blocks in found.confirming] == [1, 1, 1]


def test_a_slower_app_shows_as_what_it_is(three_sides: Build) -> None:
    """An app that costs a fifth more costs a fifth more, the database nothing."""
    found = _found(three_sides(30, app=1.2))
    app = session_estimates(found["cpu", "app"].sessions).mean()
    database = session_estimates(found["cpu", "db"].sessions).mean()

    assert app == pytest.approx(math.log(1.2), abs=0.02)
    assert database == pytest.approx(0.0, abs=0.02)


def test_weighing_takes_the_mix_out(three_sides: Build) -> None:
    """Slices differ in what was asked for by a quarter; what is left is little more than noise."""
    found = _found(three_sides(1))["cpu", "db"].sessions[0]
    spread = (sum(x * x for x in found) / len(found)) ** 0.5

    assert spread < 0.15


def test_a_trial_may_be_fit_for_one_metric_only(three_sides: Build) -> None:
    """What a slow load generator spoiled still tells of CPU."""
    records = three_sides(3)

    def wanted(record: Record, metric: Metric) -> bool:
        return not metric.part and (metric.name == "cpu" or record.key.session > 1)

    found = {s.metric.name: s for s in series(records, "base", "head", wanted)}
    assert {name: len(one.sessions) for name, one in found.items()} == {
        "throughput": 2,
        "p50": 2,
        "p95": 2,
        "cpu": 3,
    }
    whole = {s.metric.name: s for s in series(records, "base", "head") if not s.metric.part}
    assert found["cpu"] == whole["cpu"]


def test_a_session_in_which_a_side_failed_is_left_out(
    three_sides: Build, failing: Callable[[Record, Fault], Record]
) -> None:
    """Nothing is compared with nothing."""
    records = three_sides(3)
    broken = [
        failing(r, Fault.DIED) if r.key.stack == "head" and r.key.session == 2 else r
        for r in records
    ]
    assert len(_found(broken)["cpu", ""].sessions) == 2


def test_the_direction_of_good_is_known() -> None:
    """More throughput is better, more of anything else is worse."""
    told = {
        name: Metric(scenario="chat", load="8 users", name=name).higher_is_better for name in WHOLE
    }
    assert told == {"throughput": True, "p50": False, "p95": False, "cpu": False}
