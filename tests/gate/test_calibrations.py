"""Which of the kept calibrations speaks of a machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.calibration import SCHEMA, Arm, Calibration, Power, Shift
from harness.calibrations import matching, read
from harness.errors import SchemaError
from harness.records import SCHEMA as RECORDS
from harness.records import Run
from harness.serial import to_json
from reports.tables.calibration import fact, told

FACTS = {"cpu": "a processor", "cores": "2 usable of 2"}
CALM = Power(
    sessions=14, scale=1.0, load_s=112.0, alarms=0.001, equivalent=0.9, groups=4, alarmed=0
)
KEEN = Power(
    sessions=14, scale=1.0, load_s=112.0, alarms=0.985, equivalent=0.0, groups=4, alarmed=4
)
FOUND = Calibration(
    schema=SCHEMA,
    run="20261123-120000-abcd",
    made_at="2026-11-23T12:00:00+00:00",
    stack="primary",
    launcher="processes",
    facts=FACTS,
    fingerprint="f",
    sessions=60,
    app_cpu_s=0.0037,
    alpha=0.01,
    margins={"cpu": 0.05},
    arms=(
        Arm(name="primary-again", injected=0.0, burn_us=0.0, shifts=(), powers=(CALM,)),
        Arm(
            name="primary-slower-10",
            injected=0.1,
            burn_us=370.0,
            shifts=(
                Shift(metric="cpu", part="app", ratio=1.1, low=1.08, high=1.12, spread=0.03),
                Shift(metric="p50", part="", ratio=1.05, low=0.0, high=None, spread=0.1),
            ),
            powers=(KEEN,),
        ),
    ),
)


@pytest.fixture
def run() -> Run:
    """A run on the machine that was calibrated."""
    return Run(
        id="r", started_at="", finished_at="", schema=RECORDS, version="0", launcher="processes",
        plan={}, facts={**FACTS, "load_at_start": "0.1"}, fingerprint="", llm_capacity=0.0,
    )  # fmt: skip


@pytest.fixture
def keep(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a calibration, with other members, into the folder."""

    def keep(name: str, **members: object) -> Path:
        path = tmp_path / f"calibration-{name}.json"
        path.write_text(json.dumps(to_json(replace(FOUND, **members))), "utf-8")  # type: ignore[arg-type]
        return path

    return keep


def test_what_was_written_is_read(keep: Callable[..., Path]) -> None:
    """There and back."""
    assert read(keep("a")) == FOUND


def test_the_latest_of_this_machine_speaks(
    keep: Callable[..., Path], run: Run, tmp_path: Path
) -> None:
    """Not that of another machine or launcher, and not an older one."""
    keep("old", made_at="2026-01-01T00:00:00+00:00")
    keep("now", sessions=61)
    keep("containers", launcher="containers", made_at="2027-01-01T00:00:00+00:00")
    keep("elsewhere", facts={**FACTS, "cores": "64"}, made_at="2027-01-01T00:00:00+00:00")
    (tmp_path / "calibration-broken.json").write_text("{")

    found = matching(tmp_path, run)

    assert found is not None
    assert found.sessions == 61


def test_without_any_nothing_is_claimed(run: Run, tmp_path: Path) -> None:
    """A report then says that nobody knows."""
    assert matching(tmp_path, run) is None
    assert "not calibrated" in fact(None).text


def test_another_file_is_refused_by_name(tmp_path: Path) -> None:
    """With the path in the message."""
    path = tmp_path / "calibration-x.json"
    path.write_text('{"schema": 1}')

    with pytest.raises(SchemaError, match=r"calibration-x\.json"):
        read(path)


def test_a_report_says_what_gates_are_worth_here() -> None:
    """False alarms and power of the longest gate, resampled and seen."""
    said = fact(FOUND).text

    assert "gates of 14 sessions, resampled, 0.1 % alarm for nothing, and in 0 of 4" in said
    assert "98.5 % find an app slowed by 10 %" in said


def test_the_terminal_shows_every_arm() -> None:
    """A row for each length of gate, then what each metric moved by; unbounded is not a number."""
    lines = told(FOUND).splitlines()

    assert "3.70 ms of CPU" in lines[0]
    assert any(line.startswith("unchanged") and "0.10%" in line for line in lines)
    assert any("cpu app" in line and "+10.0%" in line for line in lines)
    assert any("p50" in line and "?]" in line for line in lines)
