"""All stacks end to end through both launchers, as a user runs it; PostgreSQL as the store."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.contract import Durability, Stack
from harness.launch import Budget, launched
from harness.launch.processes import Processes
from harness.records import Record, Status
from harness.registry import components
from harness.store import Store

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = {"browse", "chat", "stream"}
STACKS = {"primary", "cost-optimized", "developer-experience", "scalability"}
ENGINE = pytest.mark.engine


def bakeoff(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with the test images as its configuration."""
    shutil.copy(ROOT / "tests/images/bakeoff.toml", folder)
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def stored(url: str) -> tuple[Record, ...]:
    """Return the records of the latest run in a store."""
    with Store.open(url) as store:
        return store.records(store.runs()[0].id)


def test_the_stacks_are_compared_on_all_scenarios(tmp_path: Path) -> None:
    """One command: verified, loaded, audited, stored, reported, exit 0. CPU, memory, version and
    source of each component are in the records.
    """
    done = bakeoff(tmp_path, "run", "--plan", "smoke", "--launcher", "processes", "--json")

    assert done.returncode == 0, done.stderr
    records = stored(f"sqlite:///{tmp_path / 'runs/results.db'}")
    assert {(r.key.stack, r.key.scenario) for r in records} == {
        *((stack, scenario) for stack in STACKS for scenario in SCENARIOS),
        ("blank", "blank"),
    }
    assert {Status.OK} == {r.status for r in records}
    assert all(r.audited and (r.verified or r.key.stack == "blank") for r in records)
    page = Path(json.loads(done.stdout)["report"]).read_text("utf-8")
    assert all(name in page for name in STACKS | SCENARIOS)
    assert "Load generator" in page

    [record] = [r for r in records if (r.key.stack, r.key.scenario) == ("primary", "chat")]
    assert record.measurement is not None
    uses = {use.name: use for use in record.measurement.components}
    assert {"nginx", "app", "worker", "postgresql", "redis", "rabbitmq", "llm"} == set(uses)
    assert all(use.version and use.source and use.memory_peak > 0 for use in uses.values())
    assert all(uses[name].cpu_s > 0 for name in ("nginx", "app", "worker", "postgresql"))
    assert uses["postgresql"].written > 0


def test_results_can_be_kept_in_postgresql(tmp_path: Path, primary: Stack) -> None:
    """`--store postgresql+psycopg://...` holds what SQLite would, and reports from it."""
    alone = replace(
        primary.component("postgresql"),
        needs=(),
    )
    keeper = replace(
        primary,
        name="keeper",
        components=(alone,),
        entry="postgresql",
    )
    with launched(keeper, Processes(), Budget()) as placed:
        url = placed.components["postgresql"].url.replace("postgresql://", "postgresql+psycopg://")
        chosen = ("--stack", "cost-optimized", "--scenario", "browse", "--store", url)
        done = bakeoff(tmp_path, "run", "--plan", "smoke", "--launcher", "processes", *chosen)

        assert done.returncode == 0, done.stderr
        assert {Status.OK} == {r.status for r in stored(url)}
        again = bakeoff(tmp_path, "report", "--store", url, "--out", "again.html")
        assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.html").stat().st_size > 50_000
    assert url.rpartition("@")[0].rpartition(":")[2] not in (tmp_path / "again.html").read_text()


@pytest.mark.parametrize(
    ("tier", "launcher", "verify"),
    [("none", "processes", "smoke"), pytest.param("machine", "containers", "full", marks=ENGINE)],
)
def test_all_stacks_run_at_every_tier_of_durability(
    tier: str, launcher: str, verify: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The whole plan is at one tier, and its records say so, with the setting that does it. In
    containers all stacks keep the whole contract first.
    """
    if launcher == "containers":
        request.getfixturevalue("engine")
    (tmp_path / "tier.toml").write_text(
        f'durability = "{tier}"\nscenarios = ["chat"]\nverify = "{verify}"\n'
        "[load]\nusers = 4\nslices = 2\nslice_s = 1.0\nwarmup_s = 1.0\n"
    )
    done = bakeoff(tmp_path, "run", "--plan", "tier.toml", "--launcher", launcher)

    assert done.returncode == 0, done.stderr
    records = stored(f"sqlite:///{tmp_path / 'runs/results.db'}")
    expected = {*((stack, tier) for stack in STACKS), ("blank", "none")}
    assert expected == {(r.key.stack, r.tier) for r in records}
    assert all(r.verified.startswith(verify) for r in records if r.key.stack != "blank")
    texts = {r.key.stack: r.durability for r in records}
    promise = components()["postgresql"].promises[Durability(tier)]  # type: ignore[attr-defined]
    assert promise in texts["primary"]
