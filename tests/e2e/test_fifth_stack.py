"""A stack from outside: a package of its own, installed, found, run beside bakeoff's own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from harness.records import Status
from harness.store import Store

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
OURS = ("harness", "stacks", "scenarios", "reports", "tests")
CONTAINERS = pytest.param("containers", marks=pytest.mark.engine)
FIFTH = "brought-along"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def outside(tmp_path: Path) -> Run:
    """Return a function that runs a module of Python where the package of FIFTH is installed.

    The package is a composition of its own: the app without a gateway.
    """

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join((str(ROOT), str(tmp_path / "site")))
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )

    made = run("harness", "new", "stack", FIFTH, "--like", "cost-optimized")
    assert made.returncode == 0, made.stderr
    (stack,) = (tmp_path / FIFTH).glob("bakeoff_*/stack.py")
    text = re.sub("from .* import Nginx\n", "", stack.read_text("utf-8"))
    text = text.replace(", Nginx()", "").replace('entry="nginx"', 'entry="app"')
    stack.write_text(text, "utf-8")
    install = ("pip", "install", "--no-deps", "--no-build-isolation", "--target", "site")
    installed = run(*install, f"./{FIFTH}")
    assert installed.returncode == 0, installed.stderr
    return run


@pytest.mark.parametrize("launcher", ["processes", CONTAINERS])
def test_a_stack_from_outside_is_compared_with_our_own(
    launcher: str, outside: Run, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Verified, loaded, measured and audited like any other, and in the report."""
    if launcher == "containers":
        request.getfixturevalue("engine")
        (tmp_path / "bakeoff.toml").symlink_to(ROOT / "tests/images/bakeoff.toml")
    done = outside(
        *("harness", "run", "--plan", "smoke", "--launcher", launcher, "--scenario", "chat"),
        *("--stack", FIFTH, "--stack", "cost-optimized", "--out", "page.html"),
    )

    assert done.returncode == 0, done.stderr
    with Store.open(f"sqlite:///{tmp_path / 'runs/results.db'}") as store:
        records = {r.key.stack: r for r in store.records(store.runs()[0].id)}
    assert set(records) == {FIFTH, "cost-optimized", "blank"}
    assert all(r.status is Status.OK and r.audited for r in records.values())
    assert all(r.verified for name, r in records.items() if name != "blank")
    measured = records[FIFTH].measurement
    assert measured is not None
    assert {use.name for use in measured.components} == {"app", "memcached", "llm", "sqlite"}
    assert FIFTH in (tmp_path / "page.html").read_text("utf-8")


def test_nothing_of_it_is_in_this_repository(outside: Run) -> None:
    """It is found where it is installed; here are no file and no entry point of it."""
    listed = outside("harness", "stacks")
    here = (path.name for part in OURS for path in (ROOT / part).rglob("*"))

    assert f"{FIFTH}: " in listed.stdout, listed.stderr
    assert [name for name in here if FIFTH in name.replace("_", "-")] == []
    assert FIFTH not in {point.name for point in entry_points(group="bakeoff.stacks")}


def test_a_stack_from_outside_can_be_copied_too(outside: Run, tmp_path: Path) -> None:
    """`--like` takes whatever is registered, and its licence goes with it."""
    done = outside("harness", "new", "stack", "sixth", "--like", FIFTH)

    assert done.returncode == 0, done.stderr
    stack = (tmp_path / "sixth/bakeoff_sixth/stack.py").read_text("utf-8")
    assert "from bakeoff_sixth.app import App" in stack
    assert 'entry="app"' in stack
    assert (tmp_path / "sixth/LICENSE").is_file()
