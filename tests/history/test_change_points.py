"""Change points of trends, found by the real Apache Otava in its own environment."""

from __future__ import annotations

from statistics import mean

import pytest

from harness.config import MARGINS
from harness.contract import Virtualenv
from harness.errors import EnvironmentFault, LaunchFailed
from harness.history import change_points
from harness.history.change_points import OTAVA, Point, searched, with_changes
from harness.history.trend import Part
from harness.launch.provision import provide

LEAST = dict(MARGINS)
AWAY = {
    "PIP_INDEX_URL": "http://127.0.0.1:9",
    "PIP_RETRIES": "0",
    "PIP_FIND_LINKS": "",
    "PIP_CONFIG_FILE": "/dev/null",
}


@pytest.fixture(scope="module")
def otava():
    """Have its environment, or skip with why not."""
    try:
        return provide("Apache Otava", (OTAVA,))
    except LaunchFailed as error:
        pytest.skip(f"Apache Otava cannot be fetched: {error}")


def trend(history, name, part=""):
    """Return one trend of the only stack."""
    (of,) = history.stacks
    return next(t for t in of.trends if (t.metric.name, t.metric.part) == (name, part))


@pytest.mark.usefixtures("otava")
def test_a_step_of_ten_per_cent_is_found_where_it_was(make_history):
    """After twelve runs, at 2 % scatter: by time and by throughput, with what changed then."""
    found = with_changes(make_history(12, 8), LEAST)
    (slower,) = trend(found, "p50").changes
    assert (slower.run, slower.index, slower.runs_before, slower.runs_after) == (
        "run-13",
        12,
        12,
        8,
    )
    assert slower.size == pytest.approx(0.1, abs=0.03)
    assert slower.pvalue < 0.001
    assert slower.parts == {"api": (Part(version="1", source="image api:1"),
                                    Part(version="2", source="image api:2"))}  # fmt: skip
    (fewer,) = trend(found, "throughput").changes
    assert fewer.size == pytest.approx(-0.1, abs=0.03)


@pytest.mark.usefixtures("otava")
def test_what_did_not_change_has_none(make_history):
    """Neither the flat runs nor the component that stayed as it was."""
    flat = with_changes(make_history(20), LEAST)
    assert [t.changes for t in flat.stacks[0].trends] == [()] * 7
    stepped = with_changes(make_history(12, 8), LEAST)
    assert trend(stepped, "cpu", "db").changes == ()
    assert trend(stepped, "cpu", "api").changes != ()


@pytest.mark.usefixtures("otava")
def test_changes_too_small_to_matter_are_not_reported(make_history):
    """The least size is that of the metric."""
    assert trend(with_changes(make_history(12, 8), {**LEAST, "p50": 0.2}), "p50").changes == ()


@pytest.mark.usefixtures("otava")
def test_a_size_is_that_of_the_whole_levels(make_history):
    """Also where a weaker point beside it was dropped, after which Otava's own figures are stale:
    here it would take the first run of the new level, 13.9 % above, for all of it.
    """
    slower = trend(with_changes(make_history(12, 8), LEAST), "p50")
    (change,) = slower.changes
    assert change.before == pytest.approx(mean(slower.ratios[:12]))
    assert change.after == pytest.approx(mean(slower.ratios[12:]))


@pytest.mark.parametrize(
    ("levels", "steps"), [((1.0,), []), ((1.0, 2.0), [10]), ((1.0, 2.0, 1.0), [10, 20])]
)
def test_series_without_scatter_are_read(otava, levels, steps):
    """Their variance is 0, and a t-test divides by it."""
    series = [level for level in levels for _ in range(10)]
    (points,) = change_points._detected(otava.binary, [(series, 0.05)])
    assert [point.index for point in points] == steps


def test_few_runs_are_not_searched(make_history):
    """It is said, and the environment is not asked for."""
    found = with_changes(make_history(9), LEAST)
    assert found.unsearched == "change points need at least 10 runs"
    assert not any(t.searched for t in found.stacks[0].trends)


def test_levels_reach_to_the_neighbouring_change_points(make_history):
    """Two change points make three levels."""
    points = [Point(index=i, before=b, after=a, pvalue=0.0) for i, b, a in ((4, 1, 2), (9, 2, 1))]
    changes = searched(trend(make_history(12), "p50"), points).changes
    assert [(c.runs_before, c.runs_after, c.size) for c in changes] == [(4, 5, 1.0), (5, 3, -0.5)]


def test_an_environment_that_cannot_be_made_names_the_command(make_history, tmp_path, monkeypatch):
    """As on a machine without a package index: pip is sent to a port where nobody listens."""
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path))
    for name, value in AWAY.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(LaunchFailed, match=r"(?s)Apache Otava cannot be had .*bin/pip install -r "):
        with_changes(make_history(10), LEAST)


def test_an_environment_that_is_broken_is_told(make_history, tmp_path, monkeypatch):
    """With the end of what Python said; this one's Python lacks the package."""
    empty = tmp_path / "empty.lock"
    empty.write_text("", "utf-8")
    monkeypatch.setattr(change_points, "OTAVA", Virtualenv(lock=empty))
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path / "cache"))
    with pytest.raises(EnvironmentFault, match="No module named 'otava'"):
        with_changes(make_history(10), LEAST)
