"""The files that put the gate into CI: what they name exists, their scripts do what they say."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cli import bakeoff

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "reports/gating/templates"
FILES = (ROOT / "action.yml", TEMPLATES / "gitlab.yml", TEMPLATES / "github.yml")
ACTION: dict[str, Any] = yaml.safe_load(FILES[0].read_text("utf-8"))
GITLAB: dict[str, Any] = yaml.safe_load(FILES[1].read_text("utf-8"))[".bakeoff-gate"]
GITHUB: dict[str, Any] = yaml.safe_load(FILES[2].read_text("utf-8"))
SETUP, GATE = ACTION["runs"]["steps"]
SCRIPTS = [SETUP["run"], GATE["run"], *GITLAB["script"]]
KNOWN = {flag for option in bakeoff.commands["gate"].params for flag in option.opts}


def test_every_input_is_declared_and_used():
    """None is forgotten and none is misspelt."""
    used = set(re.findall(r"inputs\.([\w-]+)", FILES[0].read_text("utf-8")))
    assert used == set(ACTION["inputs"])


def test_inputs_reach_scripts_as_variables_only():
    """An expression within a script would run whatever its value holds."""
    assert [script for script in SCRIPTS if "${{" in script] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=["setup", "gate", "gitlab"])
def test_every_script_is_bash(script):
    """As bash reads it."""
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


@pytest.mark.parametrize("script", [GATE["run"], *GITLAB["script"]], ids=["action", "gitlab"])
def test_every_flag_exists(script):
    """The gate knows what it is called with."""
    begin = re.search(r"chosen=|/bakeoff\" gate", script)
    flags = set(re.findall(r"(?<![\w-])--[a-z-]+", script[begin.start() :]))
    assert {"--base", "--stack", "--summary", "--junit"} <= flags
    assert flags - KNOWN == set()


def test_the_setup_that_scripts_call_exists():
    """With the variables that it is given."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^setup:", makefile, re.MULTILINE)
    assert re.search(r"^VENV :?=", makefile, re.MULTILINE)
    assert re.search(r"^PYTHON \?=", makefile, re.MULTILINE)


def test_actions_of_others_are_pinned_by_their_hash():
    """The action itself uses none; the example names a version beside each hash."""
    text = "".join(path.read_text("utf-8") for path in FILES)
    used = re.findall(r"uses: (actions/.*)", text)
    assert [u for u in used if not re.search(r"@[0-9a-f]{40} # v\d", u)] == []
    assert [step for step in ACTION["runs"]["steps"] if "uses" in step] == []


def test_the_example_gives_only_inputs_that_exist():
    """And it fetches the parent that the action compares with."""
    steps = GITHUB["jobs"]["gate"]["steps"]
    ours = next(step for step in steps if "/bakeoff@" in step["uses"])
    assert set(ours["with"]) <= set(ACTION["inputs"])
    assert ACTION["inputs"]["base"]["default"] == "HEAD^1"
    assert steps[0]["with"]["fetch-depth"] == 2


def test_gitlab_shows_the_cases_even_of_a_failed_job():
    """The report is taken in from where the gate writes it."""
    artifacts = GITLAB["artifacts"]
    assert artifacts["when"] == "always"
    assert f"--junit {artifacts['reports']['junit']}" in GITLAB["script"][0]


@pytest.fixture
def runner(tmp_path):
    """Run a step of the action where `bakeoff` writes down its arguments and ends as told."""
    command = tmp_path / "bakeoff/bin/bakeoff"
    command.parent.mkdir(parents=True)
    said = tmp_path / "said"
    inputs = {
        "BASE": "HEAD^1",
        "CONFIG": ".",
        "JUNIT": "bakeoff-gate.xml",
        "LAUNCHER": "",
        "PLAN": "gate",
        "SCENARIO": "",
        "STACK": "a b; exit 7",
    }
    files = {"RUNNER_TEMP": tmp_path, "GITHUB_OUTPUT": tmp_path / "out"}

    def run(step, code, **variables):
        command.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{said}"\nexit {code}\n', "utf-8")
        command.chmod(0o755)
        env = os.environ | inputs | {k: str(v) for k, v in files.items()} | variables
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            env=env | {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")},
            capture_output=True,
            text=True,
            check=False,
        )
        told = said.read_text("utf-8").splitlines() if said.exists() else []
        return done, told, (tmp_path / "out")

    return run


@pytest.mark.parametrize(
    ("code", "inconclusive", "ends"),
    [
        (0, "fail", 0),
        (1, "warn", 1),
        (4, "fail", 4),
        (4, "warn", 0),
        (5, "warn", 5),
        (3, "warn", 3),
    ],
)
def test_only_what_cannot_be_told_may_pass_with_a_warning(code, inconclusive, ends, runner):
    """A regression, a broken contract and a broken runner always fail."""
    done, _, out = runner(GATE, code, INCONCLUSIVE=inconclusive)
    assert done.returncode == ends
    assert out.read_text("utf-8") == f"exit-code={code}\n"
    assert ("::warning" in done.stdout) == (code != ends)


def test_inputs_are_passed_whole(runner):
    """Blanks and semicolons in them do nothing; what is empty is left to the plan."""
    _, told, _ = runner(GATE, 0, INCONCLUSIVE="fail", LAUNCHER="processes")
    assert told[:3] == ["gate", "--stack", "a b; exit 7"]
    assert told[told.index("--launcher") + 1] == "processes"
    assert "--scenario" not in told


def test_a_misspelt_input_is_refused_before_anything_runs(runner):
    """Its name and what is allowed are told."""
    done, _, _ = runner(SETUP, 0, INCONCLUSIVE="ignore", PACKAGE="", WITH_PYTHON="python3")
    assert done.returncode == 2
    assert "inconclusive must be fail or warn" in done.stdout
