"""The whole gate: a slowdown is committed, and the gate finds it and names where it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
QUIET, SLOWER = 'environment.number("BURN_US", 0)', "3000"
PLAN = """
name = "gate"
verify = "smoke"
scenarios = ["chat"]
blank_s = 0

[load]
users = 8
slice_s = 0.25
slices = 8
warmup_s = 2.0

[settings.llm]
first_token_s = 0.002
sigma = 0.1
tokens_per_s = 20000.0

[gate]
looks = [6]
alpha = 0.1
margins = { throughput = 0.1, cpu = 0.1 }
"""
Gate = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of its own with the working tree's files in its one commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
    files = b"\0".join(n for n in names.split(b"\0") if n and (ROOT / os.fsdecode(n)).is_file())
    pack = ("tar", "--null", "-T", "-", "-cf", "-")
    packed = subprocess.run(pack, cwd=ROOT, input=files, capture_output=True, check=True).stdout
    subprocess.run(("tar", "-xf", "-"), cwd=folder, input=packed, check=True)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "All of it")
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody."""
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    subprocess.run(("git", *who, *arguments), cwd=folder, check=True, capture_output=True)


def commit(folder: Path, message: str) -> None:
    """Commit everything."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


@pytest.fixture
def gate(repository: Path, tmp_path: Path) -> Gate:
    """Return what runs `bakeoff gate` in the repository."""
    (tmp_path / "plan.toml").write_text(PLAN, "utf-8")

    def run(*flags: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (
                *(sys.executable, "-m", "harness", "gate", "--stack", "cost-optimized"),
                *("--plan", str(tmp_path / "plan.toml"), "--launcher", "processes"),
                *("--store", f"sqlite:///{tmp_path / 'results.db'}", *flags),
            ),
            cwd=repository,
            env=os.environ | {"BAKEOFF_STATE": str(tmp_path / "state")},
            capture_output=True,
            text=True,
            timeout=1_200,
            check=False,
        )

    return run


def test_a_committed_slowdown_is_found_and_named(
    gate: Gate, repository: Path, tmp_path: Path
) -> None:
    """Exit code 1, the app's name in the first lines, and files for CI."""
    source = repository / "stacks/cost_optimized/backend/config/settings.py"
    source.write_text(source.read_text("utf-8").replace(QUIET, SLOWER), "utf-8")
    commit(repository, "Burn three milliseconds more")
    summary, cases = tmp_path / "summary.md", tmp_path / "gate.xml"

    done = gate("--base", "HEAD^", "--summary", str(summary), "--junit", str(cases), "--json")

    assert done.returncode == 1, done.stderr + done.stdout
    told = json.loads(done.stdout)
    worse = {
        (f["metric"]["name"], f["metric"]["component"])
        for f in told["judgement"]["findings"]
        if f["verdict"]["answer"] == "different" and f["verdict"]["direction"] == "worse"
    }
    assert ("cpu", "app") in worse
    assert "worse" in summary.read_text("utf-8")
    assert "<failure" in cases.read_text("utf-8")


def test_an_unknown_revision_is_told_before_anything_starts(gate: Gate) -> None:
    """Exit code 2, with how to fetch it."""
    done = gate("--base", "no-such-branch")

    assert done.returncode == 2
    assert "git fetch" in done.stderr


def test_a_gate_needs_one_stack(gate: Gate) -> None:
    """Two stacks at a time would be two gates: exit code 2."""
    done = gate("--base", "HEAD", "--stack", "primary")

    assert done.returncode == 2
    assert "one stack" in done.stderr
