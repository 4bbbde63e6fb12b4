"""What is said of the published calibrations is what their files hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.calibration import Arm, Calibration
from harness.calibrations import read

PUBLISHED = Path(__file__).resolve().parents[2] / "reports/published"
SAID = (PUBLISHED / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def primary() -> Calibration:
    """Return the calibration of the primary stack."""
    return read(PUBLISHED / "calibration-primary-2026-11-23.json")


def arm(found: Calibration, injected: float) -> Arm:
    """Return the arm that was slowed by so much."""
    return next(one for one in found.arms if one.injected == injected)


def test_every_file_is_read_and_described() -> None:
    """By this version, in the table."""
    files = sorted(PUBLISHED.glob("*.json"))
    assert files
    for path in files:
        assert f"`{path.name}`" in SAID
        assert read(path).sessions > 0


def test_unchanged_stacks_alarm_in_less_than_one_gate_of_a_hundred(primary: Calibration) -> None:
    """Resampled for every number of sessions, and never in independent groups."""
    powers = arm(primary, 0.0).powers
    assert max(power.alarms for power in powers) <= 0.01
    assert {power.sessions: power.groups for power in powers}[8] >= 7
    assert sum(power.alarmed for power in powers) == 0


@pytest.mark.parametrize(
    ("injected", "sessions", "seconds", "power"), [(0.1, 12, 120, 0.95), (0.05, 24, 240, 0.8)]
)
def test_slowdowns_are_found_in_time(
    primary: Calibration, injected: float, sessions: int, seconds: float, power: float
) -> None:
    """A tenth within two minutes of load, a twentieth within four."""
    found = next(p for p in arm(primary, injected).powers if p.sessions == sessions)
    assert found.load_s <= seconds
    assert found.alarms >= power


def test_the_words_are_those_of_the_file(primary: Calibration) -> None:
    """Each figure in the text, rounded as it is there."""
    unchanged = {power.sessions: power.equivalent for power in arm(primary, 0.0).powers}
    shown = (
        next(s.ratio for s in arm(primary, injected).shifts if (s.metric, s.part) == ("cpu", "app"))
        for injected in (0.05, 0.1, 0.2)
    )
    app = [f"{100 * (ratio - 1):.1f}" for ratio in shown]
    assert f"{unchanged[14]:.0%}".replace("%", " % of gates of 14 sessions") in SAID
    assert f"{unchanged[24]:.0%}".replace("%", " % of those of 24") in SAID
    assert f"{app[0]}, {app[1]} and {app[2]} %" in SAID
