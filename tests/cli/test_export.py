"""`bakeoff export`: one run in every format, for other programs."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from xml.etree import ElementTree as ET

import pytest

from harness.records import Fault, Record, Run, Status
from harness.serial import from_json
from harness.store import Store

BUILDERS = Path(__file__).resolve().parents[1] / "reports/conftest.py"
TRIALS = 3
Command = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def builders():
    """The module that builds runs and records of known numbers."""
    spec = importlib.util.spec_from_file_location("report_builders", BUILDERS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stored(builders, tmp_path: Path) -> tuple[Run, tuple[Record, ...]]:
    """A run of three trials in the folder's default store; a reason has what UTF-8 lacks."""
    run = builders.run()
    lone = builders.record("x", status=Status.FAILED, fault=Fault.DIED, reason="lone \ud800")
    records = (builders.record("primary"), builders.record("scalability"), lone)
    (tmp_path / "runs").mkdir()
    with Store.open(f"sqlite:///{tmp_path / 'runs/results.db'}") as store:
        store.begin(run)
        for record in records:
            store.add(run.id, record)
    return run, records


def test_without_a_format_everything_is_written(bakeoff: Command, stored, tmp_path: Path) -> None:
    """What comes out reads back as what went in, with the histogram of every second."""
    done = bakeoff("export", "--out", "run.json")

    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "run.json").read_text("utf-8"))
    read = [from_json(Record, record) for record in document["records"]]
    assert stored == (from_json(Run, document["run"]), tuple(read))
    assert read[0].measurement.endpoints[0].seconds[0].response


def test_the_report_is_the_document_of_the_page(bakeoff: Command, stored) -> None:
    """On one line, by version."""
    done = bakeoff("export", stored[0].id, "--format", "report")

    document = json.loads(done.stdout)
    assert (document["kind"], document["schema"]) == ("bakeoff report", 1)
    assert len(document["trials"]["rows"]) == TRIALS
    assert done.stdout.count("\n") == 1


@pytest.mark.usefixtures("stored")
def test_csv_is_a_line_per_trial_by_either_name(bakeoff: Command) -> None:
    """`--csv` was there first."""
    done = bakeoff("export", "--csv")

    assert done.stdout == bakeoff("export", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    told = [(row["stack"], row["reason"]) for row in rows]
    assert told == [("primary", ""), ("scalability", ""), ("x", "lone \\ud800")]


@pytest.mark.usefixtures("stored")
def test_two_formats_are_wrong_use(bakeoff: Command) -> None:
    """Exit 2, and which two."""
    done = bakeoff("export", "--csv", "--format", "junit")

    assert done.returncode == 2
    assert "--csv means --format csv, and --format junit was given too" in done.stderr


@pytest.mark.usefixtures("stored")
def test_values_are_a_line_per_number(bakeoff: Command) -> None:
    """Of every stack, whole and by component."""
    rows = list(csv.DictReader(io.StringIO(bakeoff("export", "--format", "values").stdout)))

    assert {row["stack"] for row in rows} == {"primary", "scalability", "x"}
    assert {"", "api", "postgresql"} <= {row["component"] for row in rows}


@pytest.mark.usefixtures("stored")
def test_openmetrics_ends_as_it_must(bakeoff: Command) -> None:
    """Else a reader takes it for cut off."""
    done = bakeoff("export", "--format", "openmetrics")

    assert done.stdout.startswith("# TYPE bakeoff_run info\n")
    assert done.stdout.endswith("\n# EOF\n")


@pytest.mark.usefixtures("stored")
def test_junit_is_a_case_per_trial(bakeoff: Command) -> None:
    """Names that XML lacks are spelled out."""
    root = ET.fromstring(bakeoff("export", "--format", "junit").stdout)  # noqa: S314 - we made it

    assert [c.get("classname") for c in root.iter("testcase")] == ["primary", "scalability", "x"]
    assert [error.text for error in root.iter("error")] == ["lone [U+D800]"]


@pytest.mark.usefixtures("stored")
def test_markdown_is_the_summary(bakeoff: Command) -> None:
    """The one that `bakeoff report --markdown` prints."""
    done = bakeoff("export", "--format", "markdown")

    assert done.stdout.startswith("# ")
    assert "primary" in done.stdout


def test_the_schema_needs_no_run(bakeoff: Command, tmp_path: Path) -> None:
    """Nor a store."""
    done = bakeoff("export", "--schema")

    assert json.loads(done.stdout)["title"] == "bakeoff report"
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("form", ["parquet", "parquet-trials"])
@pytest.mark.usefixtures("stored")
def test_parquet_wants_a_file(bakeoff: Command, form: str) -> None:
    """It is not text; the message says what to add."""
    done = bakeoff("export", "--format", form)

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{form} is not text and not for a terminal: name a file with --out" in done.stderr


@pytest.mark.usefixtures("stored")
def test_parquet_without_its_library_says_what_to_install(bakeoff: Command, tmp_path: Path) -> None:
    """And writes no file; a module in the working folder hides the library where it is there."""
    (tmp_path / "arro3.py").write_text("raise ModuleNotFoundError(__name__)\n")
    done = bakeoff("export", "--format", "parquet", "--out", "run.parquet")

    assert done.returncode == 2
    assert "pip install 'bakeoff[parquet]'" in done.stderr
    assert not (tmp_path / "run.parquet").exists()


@pytest.mark.parametrize("form", ["parquet", "parquet-trials"])
@pytest.mark.usefixtures("stored")
def test_a_parquet_file_is_one(bakeoff: Command, tmp_path: Path, form: str) -> None:
    """By its first and last bytes."""
    done = bakeoff("export", "--format", form, "--out", "run.parquet")

    assert done.returncode == 0, done.stderr
    written = (tmp_path / "run.parquet").read_bytes()
    assert (written[:4], written[-4:]) == (b"PAR1", b"PAR1")


@pytest.mark.usefixtures("stored")
def test_a_full_disk_is_exit_3(bakeoff: Command) -> None:
    """The message says which file, and why."""
    done = bakeoff("export", "--format", "values", "--out", "/dev/full")

    assert done.returncode == 3
    assert "/dev/full cannot be written: No space left on device" in done.stderr


@pytest.mark.usefixtures("stored")
def test_an_unknown_format_lists_those_that_are_known(bakeoff: Command) -> None:
    """Exit 2."""
    done = bakeoff("export", "--format", "yaml")

    assert done.returncode == 2
    assert "'openmetrics'" in done.stderr
