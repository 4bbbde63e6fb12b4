"""Every component alone under its scenario, half of them in containers, the others as processes.

What a launcher is to do is asked of every component in tests/stacks, what a scenario is to find in
tests/scenarios; here is the way through all of it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.contract import ComponentScenario
from harness.records import Status
from harness.registry import scenarios
from harness.store import Store

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = {
    component
    for way in scenarios().values()
    if isinstance(way, ComponentScenario)
    for component in way.components
}
CONTAINED = {"postgresql", "memcached", "rabbitmq", "elasticsearch"}
PLAN = """
scenarios = ["database", "cache", "queue", "search", "blank"]
verify = "smoke"

[load]
users = 4
slices = 2
slice_s = 1.0
warmup_s = 1.0
drain_s = 20.0
"""


@pytest.mark.parametrize(
    ("launcher", "chosen"),
    [
        ("processes", COMPONENTS - CONTAINED),
        pytest.param("containers", CONTAINED, marks=pytest.mark.engine),
    ],
)
def test_every_component_is_loaded_alone(
    launcher: str, chosen: set[str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Each is verified, measured at one tier and audited by what its own server counts."""
    if launcher == "containers":
        request.getfixturevalue("engine")
    shutil.copy(ROOT / "tests/images/bakeoff.toml", tmp_path)
    (tmp_path / "alone.toml").write_text(f"components = {json.dumps(sorted(chosen))}\n{PLAN}")
    done = subprocess.run(
        [sys.executable, "-m", "harness", "run", "--plan", "alone.toml", "--launcher", launcher],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=590,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    with Store.open(f"sqlite:///{tmp_path / 'runs/results.db'}") as store:
        records = store.records(store.runs()[0].id)
    expected = {
        (name, component)
        for name, way in scenarios().items()
        if isinstance(way, ComponentScenario) and "-" not in name
        for component in way.components
        if component in chosen
    }
    assert {(r.key.scenario, r.key.stack) for r in records} == expected
    assert {(Status.OK, True)} == {(r.status, bool(r.audited and r.counted)) for r in records}
    tiers = {r.tier for r in records if r.key.scenario not in {"cache", "blank"}}
    assert {"process"} == tiers
