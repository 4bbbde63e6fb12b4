"""`bakeoff report`: pages from the store, and what happens when they cannot be written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from harness.records import SCHEMA, Run
from harness.serial import from_json
from harness.store import Store

Command = Callable[..., CompletedProcess[str]]


@pytest.fixture
def stored(tmp_path: Path) -> Run:
    """A run without trials in the folder's default store."""
    run = Run(
        id="20260101-000000-abcd",
        started_at="2026-01-01T00:00:00+00:00",
        finished_at="",
        schema=SCHEMA,
        version="0",
        launcher="processes",
        plan={},
        facts={},
        fingerprint="",
        llm_capacity=0.0,
        skips={"scalability": "no Java here"},
    )
    (tmp_path / "runs").mkdir()
    with Store.open(f"sqlite:///{tmp_path / 'runs/results.db'}") as store:
        store.begin(run)
    return run


def test_a_page_is_built_for_a_run_that_was_cut_short(
    bakeoff: Command, stored: Run, tmp_path: Path
) -> None:
    """Nothing measured is no error, and what was not run is on the page with its reason."""
    done = bakeoff("report", stored.id)

    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == (tmp_path / f"runs/{stored.id}.html").resolve()
    assert "no Java here" in (tmp_path / f"runs/{stored.id}.html").read_text("utf-8")


def test_json_is_one_document(bakeoff: Command, stored: Run) -> None:
    """--json prints where the page is and of which run."""
    done = bakeoff("report", "--json")

    assert stored.id == json.loads(done.stdout)["run"]


def test_the_list_shows_what_was_not_finished(bakeoff: Command, stored: Run) -> None:
    """Each run is a line."""
    done = bakeoff("report", "--list")

    assert f"{stored.id}  {stored.started_at}  not finished\n" == done.stdout


def test_a_full_disk_is_exit_3_and_loses_nothing(bakeoff: Command, stored: Run) -> None:
    """The message says what failed and that the results are kept."""
    done = bakeoff("report", stored.id, "--out", "/dev/full")

    assert done.returncode == 3
    assert "No space left" in done.stderr
    assert f"bakeoff report {stored.id}" in done.stderr


def test_a_run_is_exported_whole_as_json(bakeoff: Command, stored: Run, tmp_path: Path) -> None:
    """What comes out reads back as what went in."""
    done = bakeoff("export", "--out", "run.json")

    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert stored == from_json(Run, document["run"])
    assert document["records"] == []


def test_a_run_is_exported_as_csv(bakeoff: Command, stored: Run) -> None:
    """A head and a line for each trial, here none."""
    done = bakeoff("export", stored.id, "--csv")

    assert done.stdout.startswith("session,")
    assert len(done.stdout.strip().splitlines()) == 1


def test_an_unknown_run_says_how_to_list_them(bakeoff: Command, stored: Run) -> None:
    """Exit 2, and the command."""
    del stored
    done = bakeoff("report", "nothing")

    assert done.returncode == 2
    assert "bakeoff report --list" in done.stderr
